import type { EventColumns } from './columns.ts'
import { type Program, testRow } from './program.ts'

/** Rows looked at for each part. */
const sampleRows = 256

/**
 * The same program with its parts in the order in which they leave least to the next: of parts that must all match those first which few rows
 * do, of alternatives those which many do. Parts that look at rows one by one stay last.
 */
export function bySelectivity(program: Program, columns: EventColumns): Program {
  switch (program.op) {
    case 'and':
    case 'or': {
      const sign = program.op === 'and' ? 1 : -1
      const parts = program.parts
        .map((part) => ({ part: bySelectivity(part, columns), isDear: isDear(part), hits: isDear(part) ? 0 : hitsOf(part, columns) }))
        .sort((a, b) => Number(a.isDear) - Number(b.isDear) || sign * (a.hits - b.hits))
      return { op: program.op, parts: parts.map(({ part }) => part) }
    }
    case 'not':
      return { op: 'not', part: bySelectivity(program.part, columns) }
    default:
      return program
  }
}

function isDear(program: Program): boolean {
  switch (program.op) {
    case 'confirm':
      return true
    case 'and':
    case 'or':
      return program.parts.some(isDear)
    case 'not':
      return isDear(program.part)
    default:
      return false
  }
}

function hitsOf(program: Program, columns: EventColumns): number {
  const step = Math.max(1, Math.floor(columns.count / sampleRows))
  let hits = 0
  for (let row = 0; row < columns.count; row += step) if (testRow(program, columns, row)) hits++
  return hits
}

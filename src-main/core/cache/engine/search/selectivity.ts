import { emptyBits, popcountWords } from '../columns/bitmap.ts'
import type { EventColumns } from '../columns/columns.ts'
import { type Program, runSlice, testRow } from './program.ts'

/** Rows looked at for each part. */
const sampleRows = 256
/** Rows looked at to tell a share, so many of them in a row, as neighbours lie near each other in memory. */
const lookedAtRows = 16_384
const lookedAtRun = 64

/** What it costs to test a row: next to nothing, a look at a column, or more than that. */
const costs = { bits: 0, column: 1, row: 2 } as const
type Cost = (typeof costs)[keyof typeof costs]

/**
 * The same program with its parts in the order in which they leave least to the next: the cheap before the dear, and of equals, where all must
 * match, those first which few rows do, of alternatives those which many do.
 */
export function bySelectivity(program: Program, columns: EventColumns): Program {
  switch (program.op) {
    case 'and':
    case 'or': {
      const sign = program.op === 'and' ? 1 : -1
      const parts = program.parts
        .map((part) => ({ part: bySelectivity(part, columns), cost: costOf(part), hits: hitsOf(part, columns) }))
        .sort((a, b) => a.cost - b.cost || sign * (a.hits - b.hits))
      return { op: program.op, parts: parts.map(({ part }) => part) }
    }
    case 'not':
      return { op: 'not', part: bySelectivity(program.part, columns) }
    default:
      return program
  }
}

/** The share of all rows that match, as far as some taken here and there can tell: only for choosing the way. */
export function shareOf(program: Program, columns: EventColumns): number {
  const step = Math.ceil(columns.count / lookedAtRows) * lookedAtRun
  const words = emptyBits(lookedAtRun)
  let hits = 0
  let lookedAt = 0
  for (let from = 0; from < columns.count; from += step) {
    const to = Math.min(from + lookedAtRun, columns.count)
    runSlice(program, columns, from, to, words)
    hits += popcountWords(words, 0, (to - from + 31) >>> 5)
    lookedAt += to - from
  }
  return lookedAt === 0 ? 0 : hits / lookedAt
}

function costOf(program: Program): Cost {
  switch (program.op) {
    case 'all':
    case 'none':
    case 'bits':
    case 'rows':
      return costs.bits
    case 'table':
    case 'slots':
      return costs.column
    case 'confirm':
      return costs.row
    case 'not':
      return costOf(program.part)
    case 'and':
    case 'or':
      return program.parts.reduce<Cost>((most, part) => (costOf(part) > most ? costOf(part) : most), costs.bits)
  }
}

function hitsOf(program: Program, columns: EventColumns): number {
  if (costOf(program) === costs.row) return 0
  const step = Math.max(1, Math.floor(columns.count / sampleRows))
  let hits = 0
  for (let row = 0; row < columns.count; row += step) if (testRow(program, columns, row)) hits++
  return hits
}

import { isEmpty, popcountWords } from '../columns/bitmap.ts'
import type { Program, TableColumn } from './program.ts'

/** Joins programs; those of one column become one table. */
export function both(op: 'and' | 'or', parts: readonly Program[]): Program {
  const stop = op === 'and' ? 'none' : 'all'
  const skip = op === 'and' ? 'all' : 'none'
  const flat = parts.flatMap((part) => (part.op === op ? part.parts : [part])).filter((part) => part.op !== skip)
  if (flat.some((part) => part.op === stop)) return { op: stop }
  const tables = new Map<TableColumn, Uint32Array>()
  const rest: Program[] = []
  for (const part of flat) {
    if (part.op !== 'table') {
      rest.push(part)
      continue
    }
    const known = tables.get(part.column)
    tables.set(
      part.column,
      known === undefined ? part.table : part.table.map((word, i) => (op === 'and' ? word & (known[i] ?? 0) : word | (known[i] ?? 0))),
    )
  }
  const merged = [...[...tables].map(([column, table]) => tableProgram(column, table)), ...rest]
  if (merged.some((part) => part.op === stop)) return { op: stop }
  const useful = merged.filter((part) => part.op !== skip).toSorted((a, b) => weight(a) - weight(b))
  const [only] = useful
  return only === undefined ? { op: skip } : useful.length === 1 ? only : { op, parts: useful }
}

/** Cheap parts first: what they leave out need not be looked at by the dear ones. */
function weight(program: Program): number {
  switch (program.op) {
    case 'all':
    case 'none':
    case 'rows':
    case 'bits':
      return 0
    case 'table':
      return program.column === 'flags' ? 1 : program.column === 'context' ? 2 : 3
    case 'not':
      return weight(program.part)
    case 'and':
    case 'or':
      return 4 + Math.max(...program.parts.map(weight))
    case 'slots':
      return 20
    case 'confirm':
      return program.isSlow ? 1_000 : 100
  }
}

/** The exact complement. */
export function negate(program: Program): Program {
  switch (program.op) {
    case 'all':
      return { op: 'none' }
    case 'none':
      return { op: 'all' }
    case 'not':
      return program.part
    case 'table':
      return tableProgram(
        program.column,
        program.table.map((word) => ~word),
      )
    default:
      return { op: 'not', part: program }
  }
}

/** A table's program; a table without a yes is `none`. */
export function tableProgram(column: TableColumn, table: Uint32Array): Program {
  return isEmpty(table) ? { op: 'none' } : { op: 'table', column, table }
}

/** A program for a list of rows. */
export function rowsProgram(rows: Iterable<number>): Program {
  const sorted = Uint32Array.from(rows).sort()
  return sorted.length === 0 ? { op: 'none' } : { op: 'rows', rows: sorted }
}

/** How many entries a table says yes to. */
export const sum = (table: Uint32Array): number => popcountWords(table, 0, table.length)

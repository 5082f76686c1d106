import { hasBit, setBit } from './bitmap.ts'
import type { EventColumns } from './columns.ts'
import { flag } from './columns.ts'

/** Columns that hold dictionary numbers (or flags) and can be tested against a table of yes and no. */
export type TableColumn = 'actor' | 'object' | 'context' | 'template' | 'flags'

/** One way in which a phrase may lie across a summary: every named column's number must be in its table. */
export type SlotChoice = Readonly<Partial<Record<'actor' | 'object' | 'context', Uint32Array>>>

/**
 * A query ready to run over the columns: what the words mean has become tables over the dictionaries, so that
 * an event is tested by looking its numbers up. Bit n of a table is set where dictionary number n matches.
 */
export type Program =
  | { readonly op: 'all' }
  | { readonly op: 'none' }
  | { readonly op: 'and'; readonly parts: readonly Program[] }
  | { readonly op: 'or'; readonly parts: readonly Program[] }
  | { readonly op: 'not'; readonly part: Program }
  | { readonly op: 'table'; readonly column: TableColumn; readonly table: Uint32Array }
  /** A bit for each row. */
  | { readonly op: 'bits'; readonly words: Uint32Array }
  /** Rows, ascending. */
  | { readonly op: 'rows'; readonly rows: Uint32Array }
  /** By template: the choices of which one must hold; choice list 0 is empty. */
  | { readonly op: 'slots'; readonly listOfTemplate: Uint32Array; readonly lists: readonly (readonly SlotChoice[])[] }
  /** Candidates to be looked at one by one. */
  | { readonly op: 'confirm'; readonly candidates: Program; readonly isMatch: (row: number) => boolean; readonly isSlow: boolean }

/** True when testing an event may read its payload, so that slices must be small. */
export function isSlow(program: Program): boolean {
  switch (program.op) {
    case 'and':
    case 'or':
      return program.parts.some(isSlow)
    case 'not':
      return isSlow(program.part)
    case 'confirm':
      return program.isSlow || isSlow(program.candidates)
    default:
      return false
  }
}

/** Whether one row matches. Removed rows match nothing; the caller need not look. */
export function testRow(program: Program, columns: EventColumns, row: number): boolean {
  return ((columns.flags[row] ?? 0) & flag.removed) === 0 && test(program, columns, row)
}

function test(program: Program, columns: EventColumns, row: number): boolean {
  switch (program.op) {
    case 'all':
      return true
    case 'none':
      return false
    case 'and':
      for (const part of program.parts) if (!test(part, columns, row)) return false
      return true
    case 'or':
      for (const part of program.parts) if (test(part, columns, row)) return true
      return false
    case 'not':
      return !test(program.part, columns, row)
    case 'table':
      return hasBit(program.table, columns[program.column][row] ?? 0)
    case 'bits':
      return hasBit(program.words, row)
    case 'rows': {
      const at = lowerBound(program.rows, row)
      return at < program.rows.length && program.rows[at] === row
    }
    case 'slots':
      return (program.lists[program.listOfTemplate[columns.template[row] ?? 0] ?? 0] ?? []).some((choice) => holds(choice, columns, row))
    case 'confirm':
      return test(program.candidates, columns, row) && program.isMatch(row)
  }
}

function holds(choice: SlotChoice, columns: EventColumns, row: number): boolean {
  return (
    (choice.actor === undefined || hasBit(choice.actor, columns.actor[row] ?? 0)) &&
    (choice.object === undefined || hasBit(choice.object, columns.object[row] ?? 0)) &&
    (choice.context === undefined || hasBit(choice.context, columns.context[row] ?? 0))
  )
}

/**
 * Runs a program over rows `from` (a multiple of 32) to `to` and writes one bit a row into `out`, bit 0 being row `from`.
 * Words are written whole; bits past `to` and of removed rows are 0.
 */
export function runSlice(program: Program, columns: EventColumns, from: number, to: number, out: Uint32Array): void {
  fill(program, columns, from, to, out)
  const words = (to - from + 31) >>> 5
  const rest = (to - from) & 31
  if (rest !== 0) out[words - 1] = (out[words - 1] ?? 0) & ((1 << rest) - 1)
  if (columns.removedCount > 0) dropRemoved(columns, from, to, out)
}

function dropRemoved(columns: EventColumns, from: number, to: number, out: Uint32Array): void {
  const flags = columns.flags
  for (let row = from; row < to; row++) {
    if (((flags[row] ?? 0) & flag.removed) !== 0) out[(row - from) >>> 5] = (out[(row - from) >>> 5] ?? 0) & ~(1 << ((row - from) & 31))
  }
}

function fill(program: Program, columns: EventColumns, from: number, to: number, out: Uint32Array): void {
  const words = (to - from + 31) >>> 5
  switch (program.op) {
    case 'all':
      out.fill(0xffffffff, 0, words)
      return
    case 'none':
      out.fill(0, 0, words)
      return
    case 'and':
      fillAnd(program.parts, columns, from, to, out)
      return
    case 'or':
      fillOr(program.parts, columns, from, to, out)
      return
    case 'not':
      fill(program.part, columns, from, to, out)
      for (let i = 0; i < words; i++) out[i] = ~(out[i] ?? 0)
      return
    case 'table':
      if (program.column === 'flags') fillFromBytes(columns.flags, program.table, from, to, out)
      else fillFromTable(columns[program.column], program.table, from, to, out)
      return
    case 'bits':
      for (let i = 0; i < words; i++) out[i] = program.words[(from >>> 5) + i] ?? 0
      return
    case 'rows': {
      out.fill(0, 0, words)
      const rows = program.rows
      for (let i = lowerBound(rows, from); i < rows.length && (rows[i] ?? 0) < to; i++) setBit(out, (rows[i] ?? 0) - from)
      return
    }
    case 'slots': {
      out.fill(0, 0, words)
      const { listOfTemplate, lists } = program
      for (let row = from; row < to; row++) {
        const list = listOfTemplate[columns.template[row] ?? 0] ?? 0
        if (list !== 0 && (lists[list] ?? []).some((choice) => holds(choice, columns, row))) setBit(out, row - from)
      }
      return
    }
    case 'confirm':
      fill(program.candidates, columns, from, to, out)
      for (let row = from; row < to; row++) {
        const word = (row - from) >>> 5
        const bit = 1 << ((row - from) & 31)
        if (((out[word] ?? 0) & bit) !== 0 && !program.isMatch(row)) out[word] = (out[word] ?? 0) & ~bit
      }
      return
  }
}

function fillAnd(parts: readonly Program[], columns: EventColumns, from: number, to: number, out: Uint32Array): void {
  const words = (to - from + 31) >>> 5
  out.fill(0xffffffff, 0, words)
  const scratch = borrow(words)
  for (const part of parts) {
    if (part.op === 'confirm') {
      // Candidates of an earlier part are the only ones worth looking at.
      fill(part.candidates, columns, from, to, scratch)
      for (let i = 0; i < words; i++) out[i] = (out[i] ?? 0) & (scratch[i] ?? 0)
      for (let row = from; row < to; row++) {
        const bit = 1 << ((row - from) & 31)
        if (((out[(row - from) >>> 5] ?? 0) & bit) !== 0 && !part.isMatch(row))
          out[(row - from) >>> 5] = (out[(row - from) >>> 5] ?? 0) & ~bit
      }
    } else {
      fill(part, columns, from, to, scratch)
      for (let i = 0; i < words; i++) out[i] = (out[i] ?? 0) & (scratch[i] ?? 0)
    }
    if (isZero(out, words)) break
  }
  giveBack(scratch)
}

function fillOr(parts: readonly Program[], columns: EventColumns, from: number, to: number, out: Uint32Array): void {
  const words = (to - from + 31) >>> 5
  out.fill(0, 0, words)
  const scratch = borrow(words)
  for (const part of parts) {
    fill(part, columns, from, to, scratch)
    for (let i = 0; i < words; i++) out[i] = (out[i] ?? 0) | (scratch[i] ?? 0)
  }
  giveBack(scratch)
}

function fillFromTable(column: Uint32Array, table: Uint32Array, from: number, to: number, out: Uint32Array): void {
  let word = 0
  let row = from
  for (; row + 32 <= to; row += 32) {
    let bits = 0
    for (let bit = 0; bit < 32; bit++) {
      const number = column[row + bit] as number
      bits |= (((table[number >>> 5] as number) >>> (number & 31)) & 1) << bit
    }
    out[word++] = bits
  }
  if (row < to) out[word] = 0
  for (; row < to; row++) if (hasBit(table, column[row] as number)) setBit(out, row - from)
}

function fillFromBytes(column: Uint8Array, table: Uint32Array, from: number, to: number, out: Uint32Array): void {
  let word = 0
  let row = from
  for (; row + 32 <= to; row += 32) {
    let bits = 0
    for (let bit = 0; bit < 32; bit++) {
      const number = column[row + bit] as number
      bits |= (((table[number >>> 5] as number) >>> (number & 31)) & 1) << bit
    }
    out[word++] = bits
  }
  if (row < to) out[word] = 0
  for (; row < to; row++) if (hasBit(table, column[row] as number)) setBit(out, row - from)
}

/** First index whose value is at or above the wanted one. */
export function lowerBound(sorted: Uint32Array, wanted: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return low
}

function isZero(words: Uint32Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (words[i] !== 0) return false
  return true
}

const pool: Uint32Array[] = []

function borrow(words: number): Uint32Array {
  const scratch = pool.pop()
  return scratch !== undefined && scratch.length >= words ? scratch : new Uint32Array(Math.max(words, 2048))
}

function giveBack(scratch: Uint32Array): void {
  pool.push(scratch)
}

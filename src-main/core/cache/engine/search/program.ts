import { bitOf, clearBit, forEachBit, hasBit, isEmpty, popcount } from '../columns/bitmap.ts'
import type { EventColumns } from '../columns/columns.ts'
import { flag } from '../columns/columns.ts'
import { numberAt, type SplitNumbers } from '../columns/split-column.ts'

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

/** The numbers of rows that are gone through: of all events, row by row, or of some in whatever order (`ListedRows`). */
export type RowNumbers = Readonly<Record<'actor' | 'object' | 'context', SplitNumbers>> & {
  readonly template: Uint8Array | Uint32Array
  readonly flags: Uint8Array
}

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
    case 'table': {
      const column = columns[program.column]
      return hasBit(program.table, ArrayBuffer.isView(column) ? (column[row] ?? 0) : numberAt(column, row))
    }
    case 'bits':
      return hasBit(program.words, row)
    case 'rows':
      return isAmong(program.rows, row)
    case 'slots':
      return (program.lists[program.listOfTemplate[columns.template[row] ?? 0] ?? 0] ?? []).some((choice) => holds(choice, columns, row))
    case 'confirm':
      return test(program.candidates, columns, row) && program.isMatch(row)
  }
}

function holds(choice: SlotChoice, columns: RowNumbers, row: number): boolean {
  return (
    (choice.actor === undefined || hasBit(choice.actor, numberAt(columns.actor, row))) &&
    (choice.object === undefined || hasBit(choice.object, numberAt(columns.object, row))) &&
    (choice.context === undefined || hasBit(choice.context, numberAt(columns.context, row)))
  )
}

/**
 * Runs a program over rows `from` (a multiple of 32) to `to` and writes one bit a row into `out`, bit 0 being row `from`.
 * Words are written whole; bits past `to` and of removed rows are 0.
 */
export function runSlice(program: Program, columns: EventColumns, from: number, to: number, out: Uint32Array): void {
  const words = firstBits(out, to - from)
  if (columns.removedCount > 0) clearWhere(words, from, (row) => ((columns.flags[row] as number) & flag.removed) !== 0)
  narrow(program, columns, null, from, words)
}

/** The same for rows of a list, bit 0 being the first of them. */
export function runListed(program: Program, numbers: RowNumbers, rows: Uint32Array, out: Uint32Array): void {
  const words = firstBits(out, rows.length)
  clearWhere(words, 0, (at) => ((numbers.flags[at] as number) & flag.removed) !== 0)
  narrow(program, numbers, rows, 0, words)
}

/** As many words as there are bits for, all of these set. */
function firstBits(out: Uint32Array, count: number): Uint32Array {
  const words = out.subarray(0, (count + 31) >>> 5).fill(0xffffffff)
  const rest = count & 31
  if (rest !== 0) words[words.length - 1] = (1 << rest) - 1
  return words
}

/**
 * Clears the bits of rows that do not match; rows whose bits are clear already are not looked at. Bit 0 is the one at `from` of
 * `numbers`. `rows`: which rows these are of; null: they are the rows themselves.
 */
function narrow(program: Program, numbers: RowNumbers, rows: Uint32Array | null, from: number, words: Uint32Array): void {
  switch (program.op) {
    case 'all':
      return
    case 'none':
      words.fill(0)
      return
    case 'and':
      for (const part of program.parts) {
        narrow(part, numbers, rows, from, words)
        if (isEmpty(words)) return
      }
      return
    case 'or': {
      // What one part has found the next need not look at.
      const open = borrow(words)
      const found = borrow(words)
      for (const part of program.parts) {
        found.set(open)
        narrow(part, numbers, rows, from, found)
        for (let i = 0; i < open.length; i++) open[i] = (open[i] as number) & ~(found[i] as number)
      }
      for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) & ~(open[i] as number)
      giveBack(found)
      giveBack(open)
      return
    }
    case 'not': {
      const found = borrow(words)
      narrow(program.part, numbers, rows, from, found)
      for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) & ~(found[i] as number)
      giveBack(found)
      return
    }
    case 'table': {
      const column = numbers[program.column]
      if (ArrayBuffer.isView(column)) narrowBy(column, program.table, from, words)
      else narrowBySplit(column, program.table, from, words)
      return
    }
    case 'bits':
      if (rows !== null) return clearWhere(words, from, (at) => !hasBit(program.words, rows[at] as number))
      for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) & (program.words[(from >>> 5) + i] ?? 0)
      return
    case 'rows': {
      const { rows: matches } = program
      if (rows !== null) return clearWhere(words, from, (at) => !isAmong(matches, rows[at] as number))
      let at = lowerBound(matches, from)
      for (let i = 0; i < words.length; i++) {
        let bits = 0
        for (const end = from + i * 32 + 32; at < matches.length && (matches[at] as number) < end; at++)
          bits |= 1 << (matches[at] as number)
        words[i] = (words[i] as number) & bits
      }
      return
    }
    case 'slots': {
      const { listOfTemplate, lists } = program
      clearWhere(words, from, (at) => {
        const list = lists[listOfTemplate[numbers.template[at] as number] ?? 0] ?? []
        return !list.some((choice) => holds(choice, numbers, at))
      })
      return
    }
    case 'confirm':
      narrow(program.candidates, numbers, rows, from, words)
      clearWhere(words, from, (at) => !program.isMatch(rows === null ? at : (rows[at] as number)))
      return
  }
}

/** Clears the bits of rows of which something is true. */
function clearWhere(words: Uint32Array, from: number, isTrue: (row: number) => boolean): void {
  forEachBit(words, 0, words.length, (bit) => {
    if (isTrue(from + bit)) clearBit(words, bit)
  })
}

/** Words with no more bits than this are gone through bit by bit, others row by row. */
const fewBits = 10

/** Numbers ahead of those looked at that are touched, so that memory brings them meanwhile: processors do not always foresee it. */
const touchedAhead = 512
/** Numbers whose lower parts come from memory together. */
const lineNumbers = 32
/** Where it goes: what were of no use at all would be left out. */
const touched = new Uint32Array(1)

function narrowBySplit({ low, high }: SplitNumbers, table: Uint32Array, from: number, words: Uint32Array): void {
  const lastLine = low.length - lineNumbers
  for (let i = 0, first = from; i < words.length; i++, first += 32) {
    const wanted = words[i] as number
    if (wanted === 0) continue
    let bits = 0
    if (wanted === -1 >>> 0 || popcount(wanted) > fewBits) {
      const ahead = Math.min(first + touchedAhead, lastLine)
      touched[0] = (low[ahead] as number) ^ (high[ahead] as number)
      // Past the last row there are zeros or what no bit is wanted of.
      for (let bit = 0; bit < 32; bit += 4) {
        const row = first + bit
        bits |=
          (bitOf(table, (low[row] as number) | ((high[row] as number) << 16)) |
            (bitOf(table, (low[row + 1] as number) | ((high[row + 1] as number) << 16)) << 1) |
            (bitOf(table, (low[row + 2] as number) | ((high[row + 2] as number) << 16)) << 2) |
            (bitOf(table, (low[row + 3] as number) | ((high[row + 3] as number) << 16)) << 3)) <<
          bit
      }
    } else {
      for (let left = wanted; left !== 0; left &= left - 1) {
        const bit = 31 - Math.clz32(left & -left)
        bits |= bitOf(table, (low[first + bit] as number) | ((high[first + bit] as number) << 16)) << bit
      }
    }
    words[i] = wanted & bits
  }
}

function narrowBy(column: Uint8Array | Uint32Array, table: Uint32Array, from: number, words: Uint32Array): void {
  for (let i = 0, first = from; i < words.length; i++, first += 32) {
    const wanted = words[i] as number
    if (wanted === 0) continue
    let bits = 0
    for (let bit = 0; bit < 32; bit++) bits |= bitOf(table, column[first + bit] as number) << bit
    words[i] = wanted & bits
  }
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

function isAmong(sorted: Uint32Array, row: number): boolean {
  const at = lowerBound(sorted, row)
  return at < sorted.length && sorted[at] === row
}

const pool: Uint32Array[] = []

/** A copy of words. */
function borrow(words: Uint32Array): Uint32Array {
  const free = pool.pop()
  const buffer = free !== undefined && free.length >= words.length ? free : new Uint32Array(Math.max(words.length, 2_048))
  const copy = buffer.subarray(0, words.length)
  copy.set(words)
  return copy
}

function giveBack(copy: Uint32Array): void {
  pool.push(new Uint32Array(copy.buffer))
}

import { isUtf8 } from 'node:buffer'
import type { Findings } from '../ledger/findings.ts'
import type { PackageFileName } from './package-format.ts'

const newline = 0x0a

/** A line longer than this is none that Trailview wrote: a payload has at most 64 MiB, and text of it at most four times as many. */
const longestBytes = 256 * 1024 * 1024

/**
 * Lines without their ends; `first`: the number of the first one, from 1. `isCut`: bytes were left that are no line, or too long for one.
 */
interface LineBatch {
  readonly lines: readonly Buffer[]
  readonly first: number
  readonly isCut: boolean
}

/** Takes chunks apart into lines, as many together as a chunk ends. Ends at a line that is too long. */
async function* lineBatches(chunks: AsyncIterable<Buffer>): AsyncGenerator<LineBatch> {
  let open: Buffer[] = []
  let openBytes = 0
  let first = 1
  for await (const chunk of chunks) {
    const lines: Buffer[] = []
    let from = 0
    for (let to = chunk.indexOf(newline); to >= 0; to = chunk.indexOf(newline, from)) {
      const end = chunk.subarray(from, to)
      lines.push(openBytes === 0 ? end : Buffer.concat([...open, end]))
      open = []
      openBytes = 0
      from = to + 1
    }
    if (lines.length > 0) yield { lines, first, isCut: false }
    first += lines.length
    open.push(chunk.subarray(from))
    openBytes += chunk.length - from
    if (openBytes > longestBytes) break
  }
  if (openBytes > 0) yield { lines: [], first, isCut: true }
}

/**
 * Reads a line as JSON. Undefined for one that is not written as Trailview writes: as `JSON.stringify` does, so that it can be read in one
 * way only.
 */
function readJsonLine(line: Buffer): unknown {
  try {
    const text = line.toString()
    const value: unknown = JSON.parse(text)
    return isUtf8(line) && JSON.stringify(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

/** What was read of a line, and its number from 1; null: the line is not one that Trailview writes. */
interface ReadLine<Item> {
  readonly item: Item | null
  readonly line: number
}

/**
 * Lines of a file as `read` makes something of them, chunk by chunk. Lines of which it makes nothing are findings, and so is an end that is
 * no line.
 */
async function* readLines<Item>(
  name: PackageFileName,
  chunks: AsyncIterable<Buffer>,
  read: (value: unknown) => Item | null,
  findings: Findings,
): AsyncGenerator<readonly ReadLine<Item>[]> {
  for await (const { lines, first, isCut } of lineBatches(chunks)) {
    if (isCut) findings.add(`${name} does not end with a whole line.`)
    yield lines.map((bytes, i) => {
      const value = readJsonLine(bytes)
      const item = value === undefined ? null : read(value)
      if (item === null) findings.add(`Line ${first + i} of ${name} is not one that Trailview writes.`)
      return { item, line: first + i }
    })
  }
}

/** Calls `visit` with each line that could be read. Returns how many lines there are. */
export async function visitLines<Item>(
  name: PackageFileName,
  chunks: AsyncIterable<Buffer>,
  read: (value: unknown) => Item | null,
  findings: Findings,
  visit: (item: Item, line: number) => Promise<void> | void,
): Promise<number> {
  let count = 0
  for await (const lines of readLines(name, chunks, read, findings)) {
    count += lines.length
    for (const { item, line } of lines) {
      const visited = item === null ? undefined : visit(item, line)
      if (visited !== undefined) await visited
    }
  }
  return count
}

/** The lines that could be read, one by one. */
export async function* lineItems<Item>(
  name: PackageFileName,
  chunks: AsyncIterable<Buffer>,
  read: (value: unknown) => Item | null,
  findings: Findings,
): AsyncGenerator<Item> {
  for await (const lines of readLines(name, chunks, read, findings)) for (const { item } of lines) if (item !== null) yield item
}

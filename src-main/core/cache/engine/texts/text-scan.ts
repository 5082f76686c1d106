// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an ambient declaration is no module that could be imported
/// <reference path="./web-assembly.d.ts" />
import { type SharedSlices, sharedSlices } from '../turns/slices.ts'
import type { Automaton } from './text-automaton.ts'
import { searcherOf, type ThreadArea } from './text-memory.ts'

/**
 * Numbers that tell a chunk: its first entry, how many it has, its greatest byte, which symbols it is written in, and where it begins and
 * ends.
 */
export const chunkNumbers = 6
/** Chunks searched between two breaths: some 2 MB. */
const sliceChunks = 16

/** What is looked for: its greatest byte, and the automaton for each way in which chunks are written. */
export interface Needle {
  readonly greatestByte: number
  readonly automata: readonly Automaton[]
}

/** A text looked for in a column: the bits of the entries that hold it are set. */
export interface TextScan {
  readonly memory: WebAssembly.Memory
  readonly chunks: Uint32Array
  readonly needle: Needle
  readonly bits: Uint32Array
}

/** Steps of work that need texts searched: what is yielded is to be searched before the next step. */
export type Searching<Value> = Generator<readonly TextScan[], Value>

/** Texts looked for in the same chunks: each chunk is read once for all of them. */
interface ColumnScan {
  readonly chunks: Uint32Array
  readonly wanted: { readonly needle: Needle; readonly bits: Uint32Array }[]
}

/** Scans as one piece of work, of which several threads can take slices. */
export interface ScanTask {
  readonly memory: WebAssembly.Memory
  readonly columns: readonly ColumnScan[]
  readonly slices: SharedSlices
}

/** Entries that a scan goes through. */
export const entriesOf = ({ bits }: TextScan): number => bits.length * 32

/** Gathers scans of one memory; null: there are none. */
export function taskOf(scans: readonly TextScan[]): ScanTask | null {
  const [first] = scans
  if (first === undefined) return null
  const columns = new Map<Uint32Array, ColumnScan>()
  let count = 0
  for (const { chunks, needle, bits } of scans) {
    let column = columns.get(chunks)
    if (column === undefined) {
      columns.set(chunks, (column = { chunks, wanted: [] }))
      count += chunks.length / chunkNumbers
    }
    column.wanted.push({ needle, bits })
  }
  return { memory: first.memory, columns: [...columns.values()], slices: sharedSlices(count, sliceChunks) }
}

/** Searches one slice. */
export function scanSlice(
  { memory, columns }: ScanTask,
  thread: ThreadArea,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const searcher = searcherOf(memory, thread)
  let begin = 0
  for (const { chunks, wanted } of columns) {
    const count = chunks.length / chunkNumbers
    for (let at = Math.max(from - begin, 0); at < Math.min(to - begin, count); at++) {
      const begins = at * chunkNumbers
      const [first = 0, entries = 0, greatestByte = 0, writing = 0, text = 0, textEnd = 0] = chunks.subarray(begins, begins + chunkNumbers)
      for (const { needle, bits } of wanted) {
        const automaton = needle.automata[writing]
        if (automaton !== undefined && needle.greatestByte <= greatestByte)
          searcher.mark(text, textEnd, entries, automaton, bits, first / 32)
      }
    }
    begin += count
  }
}

/** Takes steps to their end at once and returns what they come to. */
export function searched<Value>(steps: Searching<Value>): Value {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    const task = taskOf(step.value)
    if (task !== null) scanSlice(task, 'own', { from: 0, to: task.slices.count })
  }
}

/** Lets several go on step by step together, so that what they look for is searched for in one go. */
export function* together<Value>(parts: readonly Searching<Value>[]): Searching<readonly Value[]> {
  const values: Value[] = []
  let open = parts.map((steps, at) => ({ steps, at }))
  while (open.length > 0) {
    const wanted: TextScan[] = []
    open = open.filter(({ steps, at }) => {
      const step = steps.next()
      if (step.done === true) values[at] = step.value
      else wanted.push(...step.value)
      return step.done !== true
    })
    if (open.length > 0) yield wanted
  }
  return values
}

import { TrailviewError } from '../../../contract/errors.ts'
import type { EventOrder } from '../../../contract/model/query.ts'
import type { LineBatch, LineFormatName } from '../../export/lines.ts'
import type { ExportedEvent } from '../../export/writer.ts'
import type { EventQuery } from '../archive.ts'
import type { Moment } from './moment.ts'
import type { EncodedLines, EventBatch } from './stream-thread.ts'
import type { ThreadCaller } from './thread-calls.ts'

/** Times a stream begins anew because the archive changed between its threads; in the later half of them it makes do with one. */
const beginTries = 50
/** Events of a range: a megabyte or two of lines. */
const rangeRows = 1_000
/** Threads that make lines. */
const lineThreads = 2

/** What streams are made with. */
export interface StreamSource {
  readonly query: ThreadCaller
  readonly signal: AbortSignal | undefined
  start(): ThreadCaller
  end(thread: ThreadCaller): Promise<void>
}

/** All matches with their newest payloads, in order. */
export async function* streamEvents(source: StreamSource, query: EventQuery, order: EventOrder): AsyncGenerator<readonly ExportedEvent[]> {
  const threads = new StreamThreads(source)
  try {
    const rows = await threads.begin(query, order, 1)
    const next = (from: number): Promise<EventBatch> => threads.call<EventBatch>(0, 'events', [from])
    let coming = rows.length === 0 ? null : next(0)
    while (coming !== null) {
      const batch = await coming
      // The next batch is read while this one is used.
      coming = batch.next < rows.length ? next(batch.next) : null
      coming?.catch(() => undefined)
      if (batch.events.length > 0) yield unpack(batch)
    }
  } finally {
    await threads.end()
  }
}

/** All matches as finished lines, in order: threads take ranges in turn. */
export async function* streamLines(
  source: StreamSource,
  query: EventQuery,
  order: EventOrder,
  format: LineFormatName,
): AsyncGenerator<LineBatch> {
  const threads = new StreamThreads(source)
  try {
    const rows = await threads.begin(query, order, lineThreads)
    const linesFrom = (range: number, from: number): Promise<EncodedLines> => {
      const to = Math.min((range + 1) * rangeRows, rows.length)
      const lines = threads.call<EncodedLines>(range % threads.count, 'lines', [from, to, format, query.zone])
      lines.catch(() => undefined)
      return lines
    }
    // Each thread is always asked for one range more than is waited for.
    const coming: Promise<EncodedLines>[] = []
    const ranges = Math.ceil(rows.length / rangeRows)
    const ask = (range: number): void => {
      if (range < ranges) coming.push(linesFrom(range, range * rangeRows))
    }
    for (let range = 0; range < 2 * threads.count; range++) ask(range)
    for (let range = 0; range < ranges; range++) {
      let lines = coming.shift()
      ask(range + 2 * threads.count)
      while (lines !== undefined) {
        const { batch, next } = await lines
        lines = next < Math.min((range + 1) * rangeRows, rows.length) ? linesFrom(range, next) : undefined
        if (batch.rows > 0) yield batch
      }
    }
  } finally {
    await threads.end()
  }
}

/** Threads that all see one moment of the archive. */
class StreamThreads {
  readonly #source: StreamSource
  readonly #threads: ThreadCaller[] = []

  constructor(source: StreamSource) {
    this.#source = source
  }

  get count(): number {
    return this.#threads.length
  }

  call<Value>(thread: number, method: string, args: readonly unknown[]): Promise<Value> {
    const caller = this.#threads[thread]
    if (caller === undefined) throw new RangeError(`there is no stream thread ${thread}`)
    return caller.call(method, args, this.#source.signal)
  }

  /** The rows to stream, of the very moment that all threads see. More than one thread is only started for more than one range. */
  async begin(query: EventQuery, order: EventOrder, mostThreads: number): Promise<Uint32Array> {
    const { query: reader, signal } = this.#source
    this.#threads.push(this.#source.start())
    for (let tries = 0; tries < beginTries; tries++) {
      if (tries * 2 >= beginTries) await this.#endBut(1)
      const moments = await this.#all<Moment>('begin', [])
      const [moment] = moments
      if (moments.some((other) => !isSame(other, moment))) continue
      const rows = await reader.call<Uint32Array | null>('rowsAt', [query, order, moment], signal)
      if (rows === null) continue
      if (this.count < mostThreads && rows.length > rangeRows && tries * 2 + 2 < beginTries) {
        this.#threads.push(this.#source.start())
        continue
      }
      await this.#all('take', [rows])
      return rows
    }
    throw new TrailviewError(
      'ARCHIVE_BUSY',
      'The archive is changing too fast to be read as a whole just now. Try again when the collection has ended.',
      { retryable: true },
    )
  }

  async end(): Promise<void> {
    await this.#endBut(0)
  }

  async #endBut(kept: number): Promise<void> {
    await Promise.all(this.#threads.splice(kept).map((thread) => this.#source.end(thread)))
  }

  #all<Value>(method: string, args: readonly unknown[]): Promise<Value[]> {
    return Promise.all(this.#threads.map((thread) => thread.call<Value>(method, args, this.#source.signal)))
  }
}

const isSame = (a: Moment, b: Moment | undefined): boolean =>
  a.epoch === b?.epoch && a.lastSeq === b.lastSeq && a.lastChange === b.lastChange

function unpack({ events, payloads, ends }: EventBatch): readonly ExportedEvent[] {
  return events.map((event, at) => ({ event, payload: payloads.subarray(at === 0 ? 0 : ends[at - 1], ends[at]) }))
}

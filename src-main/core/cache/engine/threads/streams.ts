import { TrailviewError } from '../../../../contract/errors.ts'
import type { EventOrder } from '../../../../contract/model/query.ts'
import type { EvidencePart, ProofLines } from '../../../evidence/evidence-part.ts'
import type { LineBatch, LineFormatName } from '../../../export/lines.ts'
import type { ExportedEvent } from '../../../export/writer.ts'
import type { LedgerHead } from '../../../ledger/ledger.ts'
import type { EventQuery } from '../../archive.ts'
import type { Moment } from '../rows/moment.ts'
import { createSharedNames, type SharedNames } from '../lines/names-ahead.ts'
import type { ProofPart } from '../lines/proof.ts'
import type { RowList } from '../lines/row-list.ts'
import type { Share } from '../lines/shared-places.ts'
import { type EncodedLines, type EventBatch, runRows } from './stream-thread.ts'
import type { ThreadCaller } from '../turns/thread-calls.ts'

/** Times a stream begins anew because the archive changed between its threads; in the later half of them it makes do with one. */
const beginTries = 50
/** Events of a range: a megabyte or two of lines. */
const rangeRows = 1_000
/** Ranges that one thread takes one after another: neighbours in the list share what has to be read and unpacked for them. */
const runRanges = runRows / rangeRows
/** Room for the lines of a range, which threads share: none is thrown away, and none copied. Larger ones are handed over by themselves. */
const roomBytes = 2_000_000
/** Events whose names are read ahead together. */
const partRows = 500_000
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
    const { rows } = await threads.begin(query, order, 1)
    for (const part of spansOf(0, rows.length, partRows)) {
      await threads.readAhead(part)
      for await (const batch of inOrder(threads, part, (thread, { from, to }) => threads.call<EventBatch>(thread, 'events', [from, to]))) {
        if (batch.events.length > 0) yield unpack(batch)
      }
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
    yield* linesOf(threads, await threads.begin(query, order, lineThreads), format, query.zone)
  } finally {
    await threads.end()
  }
}

/** All matches as lines of NDJSON, and what proves them, of one moment. */
export async function* streamEvidence(source: StreamSource, query: EventQuery, order: EventOrder): AsyncGenerator<EvidencePart> {
  const threads = new StreamThreads(source)
  try {
    const list = await threads.begin(query, order, lineThreads)
    yield { kind: 'moment', ledger: await threads.call<LedgerHead>(0, 'ledgerHead', []) }
    for await (const lines of linesOf(threads, list, 'ndjson', query.zone)) yield { kind: 'events', lines }
    for (;;) {
      const part = await threads.call<ProofPart | null>(0, 'proof', [])
      if (part === null) return
      yield part
    }
  } finally {
    await threads.end()
  }
}

/** The ledger's entries up to a number, each as it is hashed. */
export async function* streamLedger(source: StreamSource, entries: number): AsyncGenerator<ProofLines> {
  const thread = source.start()
  try {
    for (;;) {
      const lines = await thread.call<ProofLines | null>('ledger', [entries], source.signal)
      if (lines === null) return
      yield lines
    }
  } finally {
    await source.end(thread)
  }
}

async function* linesOf(threads: StreamThreads, { rows }: RowList, format: LineFormatName, zone: string): AsyncGenerator<LineBatch> {
  const rooms = Array.from({ length: rangesAhead(threads.count) + 1 }, () => new Uint8Array(new SharedArrayBuffer(roomBytes)))
  for (const part of spansOf(0, rows.length, partRows)) {
    await threads.readAhead(part)
    for await (const { batch } of inOrder(threads, part, (thread, { from, to }, asked) =>
      threads.call<EncodedLines>(thread, 'lines', [from, to, format, zone, rooms[asked % rooms.length]]),
    )) {
      if (batch.rows > 0) yield batch
    }
  }
}

/** Places in a list, `to` exclusive. */
interface Span {
  readonly from: number
  readonly to: number
}

/** Ranges asked for beyond the one that is waited for: each thread has its next run to do while another's is waited for. */
const rangesAhead = (threads: number): number => (threads === 1 ? 2 : runRanges * threads)

function* spansOf(from: number, to: number, size: number): Generator<Span> {
  for (let at = from; at < to; at += size) yield { from: at, to: Math.min(at + size, to) }
}

/** What threads make of the ranges of a part, in order. */
async function* inOrder<Batch extends { readonly next: number }>(
  threads: StreamThreads,
  part: Span,
  ask: (thread: number, span: Span, range: number) => Promise<Batch>,
): AsyncGenerator<Batch> {
  const ranges = [...spansOf(part.from, part.to, rangeRows)]
  const begin = (at: number, from = ranges[at]?.from): Promise<Batch> | null => {
    const range = ranges[at]
    if (range === undefined || from === undefined) return null
    const batch = ask(Math.floor(at / runRanges) % threads.count, { from, to: range.to }, at)
    batch.catch(() => undefined)
    return batch
  }
  const ahead = rangesAhead(threads.count)
  const coming = Array.from({ length: ahead }, (_, at) => begin(at))
  for (const [at, { to }] of ranges.entries()) {
    let made = coming.shift() ?? null
    coming.push(begin(at + ahead))
    while (made !== null) {
      const batch = await made
      yield batch
      // A batch that was full before the range was done. The next of it goes into the same memory, so it is asked for when this one was taken.
      made = batch.next < to ? begin(at, batch.next) : null
    }
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
  async begin(query: EventQuery, order: EventOrder, mostThreads: number): Promise<RowList> {
    const { query: reader, signal } = this.#source
    this.#threads.push(this.#source.start())
    let listed: { readonly moment: Moment; readonly list: RowList } | null = null
    for (let tries = 0; tries < beginTries; tries++) {
      if (tries * 2 >= beginTries) await this.#endBut(1)
      const moments = await this.#all<Moment>('begin', () => [])
      const [moment] = moments
      if (moment === undefined || moments.some((other) => !isSame(other, moment))) continue
      // Made once where nothing changes: it may be tens of megabytes.
      if (listed === null || !isSame(listed.moment, moment)) {
        const list = await reader.call<RowList | null>('rowsAt', [query, order, moment], signal)
        if (list === null) continue
        listed = { moment, list }
      }
      const { list } = listed
      if (this.count < mostThreads && list.rows.length > rangeRows && tries * 2 + 2 < beginTries) {
        this.#threads.push(this.#source.start())
        continue
      }
      const names = createSharedNames(list, partRows, this.count)
      await this.#all('take', (share): readonly [RowList, SharedNames, Share] => [list, names, { share, shares: this.count }])
      return list
    }
    throw new TrailviewError(
      'ARCHIVE_BUSY',
      'The archive is changing too fast to be read as a whole just now. Try again when the collection has ended.',
      { retryable: true },
    )
  }

  /** Reads what the events of a part need besides their own rows. */
  async readAhead({ from, to }: Span): Promise<void> {
    await this.#all('readAhead', () => [from, to])
  }

  async end(): Promise<void> {
    await this.#endBut(0)
  }

  async #endBut(kept: number): Promise<void> {
    await Promise.all(this.#threads.splice(kept).map((thread) => this.#source.end(thread)))
  }

  #all<Value>(method: string, argsOf: (thread: number) => readonly unknown[]): Promise<Value[]> {
    return Promise.all(this.#threads.map((thread, at) => thread.call<Value>(method, argsOf(at), this.#source.signal)))
  }
}

const isSame = (a: Moment, b: Moment): boolean => a.epoch === b.epoch && a.lastSeq === b.lastSeq && a.lastChange === b.lastChange

function unpack({ events, payloads, ends }: EventBatch): readonly ExportedEvent[] {
  return events.map((event, at) => ({ event, payload: payloads.subarray(at === 0 ? 0 : ends[at - 1], ends[at]) }))
}

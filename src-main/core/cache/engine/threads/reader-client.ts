import { Worker } from 'node:worker_threads'
import type { ArchiveReader } from '../../archive.ts'
import type { ColumnSegment, ReaderHandle, ReaderOptions, WorkerOptions } from '../../reader-port.ts'
import type { QueryNews } from './query-thread.ts'
import type { ReaderPart } from './reader-thread.ts'
import { streamEvents, streamEvidence, streamLedger, streamLines, type StreamSource } from './streams.ts'
import { cancelled, ThreadCaller } from '../turns/thread-calls.ts'
import type { VerifyNews } from './verify-thread.ts'

/** How often another process's commits are looked for while somebody listens, ms. */
const followEveryMs = 500
/** Commits of this process are followed at most this often while nobody asks anything, ms. */
const followCommitsMs = 200
/** How long after a start or a commit snapshots are stored, when nothing else is going on, ms. */
const snapshotDelayMs = 2_000
/** Memory for new objects: with less, much of what does not last is copied before it is gone, and threads of an export take more memory, not less. */
const youngGenerationMb = 8

/** Starts the query thread; resolves once it can answer the first page. */
export async function createReader(options: ReaderOptions): Promise<ReaderHandle> {
  const client = new ReaderClient(options)
  try {
    await client.open()
  } catch (error) {
    await client.close()
    throw error
  }
  return { reader: client.reader(), committed: () => client.committed(), close: () => client.close() }
}

class ReaderClient {
  readonly #options: ReaderOptions
  readonly #query: ThreadCaller
  readonly #others = new Set<ThreadCaller>()
  readonly #listeners = new Set<(change: { readonly added: number; readonly changed: number }) => void>()
  #followTimer: NodeJS.Timeout | null = null
  #commitTimer: NodeJS.Timeout | null = null
  #snapshotTimer: NodeJS.Timeout | null = null
  #isFollowing = false
  #isClosed = false

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#query = this.#start('query', (news) => this.#hear(news as QueryNews))
  }

  async open(): Promise<void> {
    await this.#query.call('open', [])
    this.#planSnapshot()
  }

  committed(): void {
    this.#commitTimer ??= setTimeout(() => {
      this.#commitTimer = null
      this.#follow()
      this.#planSnapshot()
    }, followCommitsMs).unref()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#followTimer !== null) clearInterval(this.#followTimer)
    if (this.#commitTimer !== null) clearTimeout(this.#commitTimer)
    if (this.#snapshotTimer !== null) clearTimeout(this.#snapshotTimer)
    await Promise.all([this.#query, ...this.#others].map((thread) => thread.end()))
  }

  reader(): ArchiveReader {
    const ask =
      <Name extends PlainMethod>(method: Name) =>
      (...args: Parameters<ArchiveReader[Name]>): ReturnType<ArchiveReader[Name]> => {
        const last = args.at(-1)
        const signal = last instanceof AbortSignal ? last : undefined
        const values = args.filter((arg) => !(arg instanceof AbortSignal) && arg !== undefined)
        return this.#query.call(method, values, signal) as ReturnType<ArchiveReader[Name]>
      }
    return {
      page: ask('page'),
      window: ask('window'),
      first: ask('first'),
      locate: ask('locate'),
      count: ask('count'),
      facets: ask('facets'),
      histogram: ask('histogram'),
      explain: ask('explain'),
      get: ask('get'),
      payload: ask('payload'),
      around: ask('around'),
      timelines: ask('timelines'),
      completeValue: ask('completeValue'),
      summary: ask('summary'),
      connections: ask('connections'),
      connectionCounts: ask('connectionCounts'),
      runs: ask('runs'),
      run: ask('run'),
      runEvents: ask('runEvents'),
      coverage: ask('coverage'),
      streamState: ask('streamState'),
      names: ask('names'),
      lackingNames: ask('lackingNames'),
      lackingNamesCounts: ask('lackingNamesCounts'),
      knownExternalIds: ask('knownExternalIds'),
      views: ask('views'),
      fact: ask('fact'),
      stream: (query, order, signal) => streamEvents(this.#streamSource(signal), query, order),
      lines: (query, order, format, signal) => streamLines(this.#streamSource(signal), query, order, format),
      evidence: (query, order, signal) => streamEvidence(this.#streamSource(signal), query, order),
      ledger: (entries, signal) => streamLedger(this.#streamSource(signal), entries),
      verify: (onProgress, signal) => this.#verify(onProgress, signal),
      onChanged: (listener) => this.#listen(listener),
    }
  }

  #streamSource(signal: AbortSignal | undefined): StreamSource {
    return {
      query: this.#query,
      signal,
      start: () => this.#start('stream'),
      end: async (thread) => {
        this.#others.delete(thread)
        await thread.end()
      },
    }
  }

  async #verify(onProgress: (done: number, total: number) => void, signal?: AbortSignal): ReturnType<ArchiveReader['verify']> {
    if (signal?.aborted === true) throw cancelled()
    const thread = this.#start('verify', (news) => {
      const { done, total } = news as VerifyNews
      onProgress(done, total)
    })
    try {
      return await thread.call('verify', [], signal)
    } finally {
      this.#others.delete(thread)
      await thread.end()
    }
  }

  #listen(listener: (change: { readonly added: number; readonly changed: number }) => void): () => void {
    this.#listeners.add(listener)
    this.#followTimer ??= setInterval(() => this.#follow(), followEveryMs).unref()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0 || this.#followTimer === null) return
      clearInterval(this.#followTimer)
      this.#followTimer = null
    }
  }

  /** Lets the query thread take in what was committed; one such call at a time. */
  #follow(): void {
    if (this.#isFollowing || this.#isClosed) return
    this.#isFollowing = true
    this.#query
      .call('follow', [])
      .catch(() => undefined)
      .finally(() => {
        this.#isFollowing = false
      })
  }

  #hear(news: QueryNews): void {
    if (news.kind === 'loading') this.#options.onLoading?.({ done: news.done, total: news.total })
    else if (news.kind === 'loaded') this.#options.onLoading?.(null)
    else if (news.kind === 'counted') this.#planSnapshot()
    else for (const listener of this.#listeners) listener({ added: news.added, changed: news.changed })
  }

  #planSnapshot(): void {
    if (this.#snapshotTimer !== null || this.#isClosed) return
    this.#snapshotTimer = setTimeout(() => void this.#saveSnapshots(), snapshotDelayMs).unref()
  }

  /** Stores what would make the next start quicker; that it fails matters to nobody. */
  async #saveSnapshots(): Promise<void> {
    try {
      for (;;) {
        const segments = await this.#query.call<readonly ColumnSegment[]>('partsToSave', [])
        if (segments.length === 0 || this.#isClosed) return
        await this.#options.saveSegments(segments)
      }
    } catch {
      return
    } finally {
      this.#snapshotTimer = null
    }
  }

  #start(part: ReaderPart, onNews?: (news: unknown) => void): ThreadCaller {
    const { home, keyHex, workerUrl } = this.#options
    const workerData: WorkerOptions = { role: 'reader', home, keyHex, part, workerUrl: workerUrl.href }
    const caller = new ThreadCaller(
      new Worker(workerUrl, { workerData, name: `archive-${part}`, resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb } }),
      onNews,
    )
    if (part !== 'query') this.#others.add(caller)
    return caller
  }
}

type PlainMethod = Exclude<keyof ArchiveReader, 'stream' | 'lines' | 'evidence' | 'ledger' | 'verify' | 'onChanged'>

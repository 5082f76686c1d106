import { Worker } from 'node:worker_threads'
import { TrailviewError } from '../../contract/errors.ts'
import type { ArchiveWriter, OpenArchiveOptions } from './archive.ts'
import { packPage } from './page-packing.ts'
import type { ColumnSegment, WorkerOptions } from './reader-port.ts'
import type { PlainMethod, WriterMessage, WriterRequest } from './writer-wire.ts'

/** The writer thread as the rest of the process sees it. */
export interface WriterClient {
  readonly writer: ArchiveWriter
  saveSegments(segments: readonly ColumnSegment[]): Promise<void>
  close(): Promise<void>
}

interface Pending {
  resolve(value: never): void
  reject(error: Error): void
}

type Unnumbered<Request> = Request extends { readonly id: number } ? Omit<Request, 'id'> : never

/**
 * Starts the writer thread, which opens or creates the archive. `onCommit` is called after every change it has committed.
 * Rejects as `openForWriting` throws.
 */
export async function startWriter(options: OpenArchiveOptions, onCommit: () => void): Promise<WriterClient> {
  const workerData: WorkerOptions = { role: 'writer', home: options.home, keyHex: options.keyHex }
  const thread = new Worker(options.workerUrl, { workerData, name: 'archive-writer' })
  const pending = new Map<number, Pending>()
  let lastId = 0
  let failure: Error | null = null

  const expect = <Result>(id: number): Promise<Result> =>
    new Promise((resolve, reject) => {
      if (failure) reject(failure)
      else pending.set(id, { resolve, reject })
    })
  const ask = <Result>(request: Unnumbered<WriterRequest>, transfer: readonly ArrayBuffer[] = []): Promise<Result> => {
    const id = ++lastId
    const answer = expect<Result>(id)
    if (!failure) thread.postMessage({ ...request, id } as WriterRequest, transfer)
    return answer
  }
  const change = async <Result>(request: Unnumbered<WriterRequest>, transfer?: readonly ArrayBuffer[]): Promise<Result> => {
    const result = await ask<Result>(request, transfer)
    onCommit()
    return result
  }
  const fail = (error: Error): void => {
    failure ??= error
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }

  thread.on('message', (message: WriterMessage) => {
    if (message.type === 'progress') {
      options.onProgress?.(message.task, message.done, message.total)
      return
    }
    const waiting = pending.get(message.id)
    pending.delete(message.id)
    if (message.type === 'error') waiting?.reject(TrailviewError.from(message.error))
    else waiting?.resolve(message.value as never)
  })
  thread.on('error', (cause) => {
    fail(
      new TrailviewError('INTERNAL', 'The archive’s writer ended unexpectedly. What was stored is kept; start Trailview again.', { cause }),
    )
  })
  thread.on('exit', () => fail(new TrailviewError('INTERNAL', 'The archive is closed.')))

  await expect(0)

  const call =
    <Name extends PlainMethod>(method: Name) =>
    (...args: Parameters<ArchiveWriter[Name]>): ReturnType<ArchiveWriter[Name]> =>
      change({ type: 'call', method, args }) as ReturnType<ArchiveWriter[Name]>

  const hold: ArchiveWriter['hold'] = async (purpose, waitMs, signal) => {
    signal?.throwIfAborted()
    const id = ++lastId
    const taken = expect(id)
    const release = (): Promise<void> => ask({ type: 'release', hold: id })
    // When the thread has ended, so has the hold.
    const giveUp = (): void => void release().catch(() => undefined)
    signal?.addEventListener('abort', giveUp, { once: true })
    thread.postMessage({ type: 'hold', id, purpose, waitMs } satisfies WriterRequest)
    try {
      await taken
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
    return { release }
  }

  return {
    writer: {
      hold,
      commitPage: (page) => {
        const packed = packPage(page)
        return change({ type: 'page', page: packed }, [packed.payloads])
      },
      saveConnection: call('saveConnection'),
      removeConnection: call('removeConnection'),
      removedConnections: () => ask({ type: 'call', method: 'removedConnections', args: [] }),
      beginRun: call('beginRun'),
      saveFailedSpan: call('saveFailedSpan'),
      endRun: call('endRun'),
      closeAbandonedRuns: call('closeAbandonedRuns'),
      saveNames: call('saveNames'),
      nameEvents: call('nameEvents'),
      markGone: call('markGone'),
      markReview: call('markReview'),
      tag: call('tag'),
      note: call('note'),
      saveView: call('saveView'),
      removeView: call('removeView'),
      saveFact: call('saveFact'),
      appendLedger: call('appendLedger'),
    },
    saveSegments: (segments) => ask({ type: 'segments', segments }),
    close: async () => {
      if (failure) return
      const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
      await ask({ type: 'close' })
      await ended
    },
  }
}

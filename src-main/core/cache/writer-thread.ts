import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { TrailviewError } from '../../contract/errors.ts'
import { boundLog, type Database } from './driver.ts'
import { failureOf } from './failure.ts'
import { archivePath } from './files.ts'
import { openForWriting } from './open.ts'
import { unpackPage } from './page-packing.ts'
import type { WorkerOptions } from './reader-port.ts'
import { openCollectRight, type CollectRight } from './write/collect-right.ts'
import { openWriter, type WriterCore } from './write/writer.ts'
import type { WriterMessage, WriterRequest } from './writer-wire.ts'

/** Pages that came in while the last transaction was written share the next one, up to this many records. */
const groupRecords = 10_000
/** How long nothing was written before the memory for writing is given back, ms: longer than a collection waits between two pages. */
const restAfterMs = 120_000

/** Opens the archive and serves the client at the other end of the port, one request after another. */
export function serveWriter(port: MessagePort, options: WorkerOptions): void {
  const post = (message: WriterMessage): void => port.postMessage(message)
  const path = archivePath(options.home)
  try {
    const db = openForWriting(options.home, options.keyHex, (task, done, total) => post({ type: 'progress', task, done, total }))
    const thread = new WriterThread(port, db, path, openCollectRight(options.home))
    port.on('message', (request: WriterRequest) => thread.receive(request))
    post({ type: 'reply', id: 0, value: null })
  } catch (error) {
    post({ type: 'error', id: 0, error: failureOf(error, path).toData() })
    port.close()
  }
}

/** A right to collect that was asked for. */
interface Hold {
  readonly waiting: AbortController
  isTaken: boolean
}

type PageRequest = Extract<WriterRequest, { type: 'page' }>

class WriterThread {
  readonly #port: MessagePort
  readonly #db: Database
  readonly #path: string
  readonly #writer: WriterCore
  readonly #right: CollectRight
  readonly #holds = new Map<number, Hold>()
  readonly #resting: NodeJS.Timeout

  constructor(port: MessagePort, db: Database, path: string, right: CollectRight) {
    this.#port = port
    this.#db = db
    this.#path = path
    this.#writer = openWriter(db, path)
    this.#right = right
    this.#resting = setTimeout(() => this.#writer.rest(), restAfterMs)
  }

  receive(first: WriterRequest): void {
    this.#resting.refresh()
    const requests = [first]
    for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port)) {
      requests.push(next.message as WriterRequest)
    }
    let group: PageRequest[] = []
    let records = 0
    const writeGroup = (): void => {
      if (group.length > 0) this.#writePages(group)
      group = []
      records = 0
    }
    for (const request of requests) {
      if (request.type !== 'page') {
        writeGroup()
        this.#serve(request)
        continue
      }
      if (records + request.page.lengths.length > groupRecords) writeGroup()
      group.push(request)
      records += request.page.lengths.length
    }
    writeGroup()
  }

  #serve(request: Exclude<WriterRequest, PageRequest>): void {
    switch (request.type) {
      case 'call':
        return this.#answer(request.id, () => this.#call(request))
      case 'segments':
        return this.#answer(request.id, () => this.#writer.saveSegments(request.segments))
      case 'hold':
        return void this.#hold(request)
      case 'release':
        return this.#answer(request.id, () => this.#release(request.hold))
      case 'close':
        return this.#close(request.id)
    }
  }

  #call(request: Extract<WriterRequest, { type: 'call' }>): unknown {
    const method = this.#writer[request.method] as (...args: readonly unknown[]) => unknown
    return method(...request.args)
  }

  #writePages(requests: readonly PageRequest[]): void {
    const results = this.#writer.commitPages(requests.map((request) => unpackPage(request.page)))
    results.forEach((result, at) => {
      const id = requests[at]?.id ?? 0
      if ('outcome' in result) this.#reply(id, result.outcome)
      else this.#refuse(id, result.error)
    })
    boundLog(this.#db, this.#path)
  }

  async #hold(request: Extract<WriterRequest, { type: 'hold' }>): Promise<void> {
    const hold: Hold = { waiting: new AbortController(), isTaken: false }
    this.#holds.set(request.id, hold)
    try {
      await this.#right.take(request.purpose, request.waitMs, hold.waiting.signal)
      hold.isTaken = true
      this.#reply(request.id, null)
    } catch (error) {
      this.#holds.delete(request.id)
      this.#refuse(request.id, error)
    }
  }

  #release(id: number): void {
    const hold = this.#holds.get(id)
    if (hold?.isTaken) this.#right.release()
    else hold?.waiting.abort()
    this.#holds.delete(id)
  }

  #close(id: number): void {
    clearTimeout(this.#resting)
    for (const hold of [...this.#holds.keys()]) this.#release(hold)
    this.#answer(id, () => this.#db.close())
    this.#port.close()
  }

  #answer(id: number, body: () => unknown): void {
    try {
      this.#reply(id, body())
    } catch (error) {
      this.#refuse(id, error)
    }
  }

  #reply(id: number, value: unknown): void {
    this.#port.postMessage({ type: 'reply', id, value } satisfies WriterMessage)
  }

  #refuse(id: number, error: unknown): void {
    const failure = error instanceof TrailviewError ? error : failureOf(error, this.#path)
    this.#port.postMessage({ type: 'error', id, error: failure.toData() } satisfies WriterMessage)
  }
}

import type { MessagePort } from 'node:worker_threads'
import { failureOf } from '../failure.ts'
import { archivePath } from '../files.ts'
import type { WorkerOptions } from '../reader-port.ts'
import { answerCalls, tellerOf } from './thread-calls.ts'
import { queryMethods } from './query-thread.ts'
import { streamMethods } from './stream-thread.ts'
import { verifyMethods } from './verify-thread.ts'

/** The threads a reader is made of: one answers queries, one is started for each export, one for each verification. */
export type ReaderPart = 'query' | 'stream' | 'verify'

/** Serves the reader's client at the other end of the port. */
export function serveReader(port: MessagePort, options: WorkerOptions): void {
  const path = archivePath(options.home)
  const tell = tellerOf(port)
  const methods =
    options.part === 'stream'
      ? streamMethods(options)
      : options.part === 'verify'
        ? verifyMethods(options, tell)
        : queryMethods(options, tell)
  answerCalls(port, methods, (error) => failureOf(error, path))
}

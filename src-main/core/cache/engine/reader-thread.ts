import type { MessagePort } from 'node:worker_threads'
import { failureOf } from '../failure.ts'
import { archivePath } from '../files.ts'
import type { WorkerOptions } from '../reader-port.ts'
import { assistMethods } from './assist-thread.ts'
import { answerCalls, tellerOf, type ThreadMethods } from './thread-calls.ts'
import { queryMethods } from './query-thread.ts'
import { streamMethods } from './stream-thread.ts'
import { verifyMethods } from './verify-thread.ts'

/** The threads a reader is made of: one answers queries and one assists it, others are started for each export and each verification. */
export type ReaderPart = 'query' | 'assist' | 'stream' | 'verify'

/** Serves the reader's client at the other end of the port. */
export function serveReader(port: MessagePort, options: WorkerOptions): void {
  const path = archivePath(options.home)
  answerCalls(port, methodsOf(options, tellerOf(port)), (error) => failureOf(error, path))
}

function methodsOf(options: WorkerOptions, tell: (news: unknown) => void): ThreadMethods {
  switch (options.part as ReaderPart) {
    case 'query':
      return queryMethods(options, tell)
    case 'assist':
      return assistMethods()
    case 'stream':
      return streamMethods(options)
    case 'verify':
      return verifyMethods(options, tell)
  }
}

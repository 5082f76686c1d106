import type { MessagePort } from 'node:worker_threads'
import { failureOf } from '../../failure.ts'
import { archivePath } from '../../files.ts'
import type { WorkerOptions } from '../../reader-port.ts'
import { answerCalls, tellerOf, type ThreadMethods } from '../turns/thread-calls.ts'

/** The threads a reader is made of: one answers queries and one assists it, others are started for each export and each verification. */
export type ReaderPart = 'query' | 'assist' | 'stream' | 'verify'

/** Serves the reader's client at the other end of the port. */
export async function serveReader(port: MessagePort, options: WorkerOptions): Promise<void> {
  const path = archivePath(options.home)
  answerCalls(port, await methodsOf(options, tellerOf(port)), (error) => failureOf(error, path))
}

/** Each thread takes memory for what it needs alone. */
async function methodsOf(options: WorkerOptions, tell: (news: unknown) => void): Promise<ThreadMethods> {
  switch (options.part as ReaderPart) {
    case 'query':
      return (await import('./query-thread.ts')).queryMethods(options, tell)
    case 'assist':
      return (await import('./assist-thread.ts')).assistMethods(options)
    case 'stream':
      return (await import('./stream-thread.ts')).streamMethods(options)
    case 'verify':
      return (await import('./verify-thread.ts')).verifyMethods(options, tell)
  }
}

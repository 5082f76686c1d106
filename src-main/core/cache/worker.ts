import { parentPort, workerData } from 'node:worker_threads'
import type { WorkerOptions } from './reader-port.ts'

/** Entry of the archive's threads; which one, its options say. */
async function serve(): Promise<void> {
  if (parentPort === null) throw new Error('This script only runs as a worker thread.')
  const options = workerData as WorkerOptions
  if (options.role === 'writer') {
    const { serveWriter } = await import('./writer-thread.ts')
    serveWriter(parentPort, options)
  } else {
    const { serveReader } = await import('./engine/threads/reader-thread.ts')
    await serveReader(parentPort, options)
  }
}

await serve()

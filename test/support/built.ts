import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)

/**
 * What runs as a thread or a program of its own is what was built, as people run it. Threads that read TypeScript would each take its types out
 * with a WebAssembly module of their own, and Node 24 now and then dies of such modules as threads end (`Check failed: jit_page.has_value()`).
 */
export const workerUrl = new URL('out/main/archive-worker.js', root)
export const hostScript = fileURLToPath(new URL('out/main/host.js', root))
export const cliScript = fileURLToPath(new URL('out/main/cli.js', root))

/** What runs of tests begin with: builds what is stale. */
export function setup(): void {
  const done = spawnSync(process.execPath, [fileURLToPath(new URL('resources/launch/build.mjs', root))], { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(done.stderr)
}

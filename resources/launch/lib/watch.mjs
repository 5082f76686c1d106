import { watch as watchFolder } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureBuilt } from './build.mjs'
import { root } from './node.mjs'

/** Editors write a file in several steps. */
const settleMs = 300

/**
 * Runs the app and builds again at every change of the sources: after one of the screen alone a reload of its window
 * shows it, after any other the app is started anew. Ends with the app; resolves with its exit code.
 * `startApp(signal)` resolves with an exit code, also when the signal has ended the app.
 */
export async function watch(startApp) {
  const changes = watchSources()
  for (;;) {
    const stop = new AbortController()
    const app = startApp(stop.signal)
    let change = null
    do {
      change = await Promise.race([changes.next(), app.then((code) => ({ code }))])
      if ('code' in change) return change.code
      await ensureBuilt().catch((error) => console.error(error.message))
      if (change.isScreenOnly) console.log('Built. Reload the window.')
    } while (change.isScreenOnly)
    stop.abort()
    await app
  }
}

/** `next()` resolves when something changed since it was last asked, and the changes have settled. */
function watchSources() {
  let changed = []
  let tell = () => undefined
  for (const folder of ['src-main', 'src-renderer']) {
    watchFolder(join(root, folder), { recursive: true }, () => {
      changed.push(folder)
      tell()
    }).unref()
  }
  return {
    async next() {
      if (changed.length === 0) await new Promise((resolve) => (tell = resolve))
      await sleep(settleMs)
      const isScreenOnly = changed.every((folder) => folder === 'src-renderer')
      changed = []
      return { isScreenOnly }
    },
  }
}

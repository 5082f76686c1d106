import { join } from 'node:path'
import { ensureBuilt } from './lib/build.mjs'
import { findElectron } from './lib/electron.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { archiveOptions, findNode, root, run } from './lib/node.mjs'
import { watch } from './lib/watch.mjs'

// npm start: installs what is missing, builds what is stale, and opens the app the best way this machine offers.
// Flags: --demo, --no-open, --port N, --home DIR. For contributors: --watch, which builds again at every change.
const args = process.argv.slice(2)

async function start() {
  await ensureInstalled()
  await ensureBuilt()
  return args.includes('--watch') ? watch(open) : open()
}

/** Opens the app and resolves with its exit code when it has ended. */
async function open(signal) {
  const options = { signal, killSignal: 'SIGTERM' }
  const flags = args.filter((arg) => arg !== '--watch')
  // Only the loopback host can stay closed or listen on a given port.
  const electron = isAsked('no-open') ? {} : isAsked('port') ? { why: 'a port was asked for' } : findElectron()
  if (electron.path === undefined) {
    return run(
      findNode(),
      [...archiveOptions, join(root, 'out', 'main', 'host.js'), ...(electron.why === undefined ? [] : ['--why', electron.why]), ...flags],
      options,
    )
  }
  console.log(`Trailview opens in Electron, because its program is here (${electron.path}).`)
  return run(electron.path, [root, ...flags], options)
}

function isAsked(flag) {
  return args.some((arg) => arg === `--${flag}` || arg.startsWith(`--${flag}=`))
}

try {
  process.exitCode = await start()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

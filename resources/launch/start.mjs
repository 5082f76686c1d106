import { join } from 'node:path'
import { ensureBuilt } from './lib/build.mjs'
import { findElectron } from './lib/electron.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { findBin, findNode, root, run } from './lib/node.mjs'

// npm start: installs what is missing, builds what is stale, and opens the app the best way this machine offers.
// Flags: --demo, --no-open, --port N, --home DIR. For contributors: --watch, which builds again at every change.
const args = process.argv.slice(2)

/** Whether a flag is given that only the loopback host can follow. */
function isAsked(flag) {
  return args.some((arg) => arg === `--${flag}` || arg.startsWith(`--${flag}=`))
}

async function start() {
  await ensureInstalled()
  if (args.includes('--watch')) return watch()
  await ensureBuilt()
  const electron = isAsked('no-open') ? {} : isAsked('port') ? { why: 'a port was asked for' } : findElectron()
  if (electron.path === undefined) {
    return run(findNode(), [join(root, 'out', 'main', 'host.js'), ...(electron.why === undefined ? [] : ['--why', electron.why]), ...args])
  }
  console.log(`Trailview opens in Electron, because its program is here (${electron.path}).`)
  return run(electron.path, [root, ...args])
}

function watch() {
  const electron = findElectron()
  if (electron.path === undefined)
    throw new Error(`npm run dev needs Electron, and ${electron.why}. Use npm start, which works without it.`)
  return run(findNode(), [findBin('electron-vite'), 'dev', '--watch', '--', ...args.filter((arg) => arg !== '--watch')])
}

try {
  process.exitCode = await start()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

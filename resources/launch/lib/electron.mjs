import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './node.mjs'

/** Long enough for a download of about 120 MB over a modest line; a network that refuses is noticed at once. */
const downloadTimeoutMs = 300_000

/** `{ path }` of Electron's program, downloaded if it can be, or `{ why }` there is none: half a sentence after "because". */
export function findElectron() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { why: 'this session has no display for Electron' }
  const present = installed()
  if (present !== null) return { path: present }
  console.log('Downloading Electron.')
  const done = spawnSync(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], {
    cwd: root,
    stdio: 'ignore',
    timeout: downloadTimeoutMs,
  })
  const path = done.status === 0 ? installed() : null
  return path === null ? { why: 'Electron’s program is not on this machine and could not be downloaded' } : { path }
}

function installed() {
  const folder = join(root, 'node_modules', 'electron')
  try {
    const path = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'))
    return existsSync(path) ? path : null
  } catch {
    return null
  }
}

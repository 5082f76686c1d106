import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './node.mjs'

/** Debian packages behind what the tests use of the system, and how to see that it is there. */
const tools = [
  {
    // A machine without a single font would show no text.
    packages: ['chromium', 'fonts-dejavu-core'],
    isThere: () => ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'].some(isOnPath),
  },
  { packages: ['gnome-keyring'], isThere: () => isOnPath('gnome-keyring-daemon') },
  { packages: ['dbus'], isThere: () => isOnPath('dbus-daemon') && isOnPath('dbus-send') },
  { packages: ['libsecret-tools', 'libsecret-1-0'], isThere: () => isOnPath('secret-tool') },
  // keytar is compiled where no ready-made file of it can be downloaded.
  { packages: ['libsecret-1-dev', 'pkg-config', 'python3', 'make', 'g++'], isThere: isKeytarBuilt },
]

/** Whether the native part of keytar is among the packages. */
export function isKeytarBuilt() {
  return existsSync(join(root, 'node_modules', 'keytar', 'build', 'Release', 'keytar.node'))
}

/** Installs what is missing with apt, as root on Debian; elsewhere the tests that need it say that they are skipped. */
export function installSystemTools() {
  const missing = tools.filter(({ isThere }) => !isThere()).flatMap(({ packages }) => packages)
  if (missing.length === 0) return
  if (process.platform !== 'linux' || process.getuid() !== 0 || !isOnPath('apt-get')) {
    console.log(`Not on this machine, and not installed because that takes root on Debian: ${missing.join(', ')}.`)
    return
  }
  console.log(`Installing ${missing.join(', ')} with apt.`)
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  spawnSync('apt-get', ['update', '-qq'], options)
  const done = spawnSync('apt-get', ['install', '-qq', '--yes', '--no-install-recommends', ...missing], options)
  if (done.status !== 0) console.log('apt could not install them all; its own words are above.')
}

function isOnPath(name) {
  return spawnSync('sh', ['-c', 'command -v "$0"', name], { stdio: 'ignore' }).status === 0
}

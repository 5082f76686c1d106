import { spawnSync } from 'node:child_process'

/** Programs that Debian has under another name or that are not there by themselves. */
const packageOf: Readonly<Record<string, string>> = { sqlite3: 'sqlite3', rg: 'ripgrep', lnav: 'lnav' }

/** Installs a missing program with apt, as root on Debian. Null when it is there; otherwise why it is not. */
export function ensureProgram(program: string): string | null {
  if (isOnPath(program)) return null
  const name = packageOf[program] ?? program
  if (!isOnPath('apt-get')) return `${program} is not on this machine, and there is no apt to install it with`
  if (process.getuid?.() !== 0) return `${program} is not on this machine, and installing ${name} takes root`
  console.log(`Installing ${name} with apt.`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env })
  spawnSync('apt-get', ['install', '-qq', '--yes', '--no-install-recommends', name], { stdio: 'ignore', env })
  return isOnPath(program) ? null : `apt could not install ${name}`
}

function isOnPath(program: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status === 0
}

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './node.mjs'

/** Installs the packages of the lock file when some are missing or of another version. Throws a sentence when that fails. */
export async function ensureInstalled() {
  const why = whyIncomplete()
  if (why === null) return
  console.log(`Installing packages, because ${why}. This takes about a minute.`)
  const code = await npm(['ci', '--no-audit', '--no-fund'])
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}; its own words are above. Check the network and try again.`)
}

/** Tries an optional package once more, as the lock file has it; whether it comes or not is no error. */
export async function installAgain(name) {
  console.log(`Installing ${name} again, because its native part is missing.`)
  const { version } = packagesOf(join(root, 'package-lock.json'))[`node_modules/${name}`]
  await npm(['install', '--no-save', '--no-audit', '--no-fund', `${name}@${version}`])
}

/** Runs npm and resolves with its exit code; what it says goes to standard error, since the last lines of standard output are ours. */
export function npm(args) {
  const options = { stdio: ['ignore', process.stderr, process.stderr] }
  const script = process.env.npm_execpath
  if (script?.endsWith('.js')) return run(process.execPath, [script, ...args], options)
  return run('npm', args, { ...options, shell: process.platform === 'win32' })
}

function whyIncomplete() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return 'none are there yet'
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const present = packagesOf(installed)
  const missing = Object.entries(wanted).find(
    ([path, { version, optional, link }]) => path !== '' && !optional && !link && present[path]?.version !== version,
  )
  return missing === undefined ? null : `${missing[0]} ${missing[1].version} is missing`
}

function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {}
}

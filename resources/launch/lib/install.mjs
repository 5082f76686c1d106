import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './node.mjs'

/** Installs the packages of the lock file when some are missing or of another version. Throws a sentence when that fails. */
export async function ensureInstalled() {
  const why = whyIncomplete()
  if (why === null) return
  console.log(`Installing packages, because ${why}. This takes about a minute.`)
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund']
  // What npm says goes to standard error: the last lines of standard output are ours.
  const options = { stdio: ['ignore', process.stderr, process.stderr] }
  const code = npm?.endsWith('.js')
    ? await run(process.execPath, [npm, ...args], options)
    : await run('npm', args, { ...options, shell: process.platform === 'win32' })
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}; its own words are above. Check the network and try again.`)
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

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findBin, findNode, root, run } from './node.mjs'

const sources = ['src-main', 'src-renderer', 'electron.vite.config.ts', 'package.json', 'package-lock.json', 'tsconfig.json']
const out = join(root, 'out')
const stamp = join(out, '.built-from')
const lock = join(root, 'node_modules', '.cache', 'building')

/** Builds when the sources differ from those that were built last. Programs that ask at once build once. */
export async function ensureBuilt() {
  if (isFresh()) return
  await holding(async () => {
    if (isFresh()) return
    console.log('Building, because the sources are newer than what was built.')
    const digest = digestOfSources()
    const options = { stdio: ['ignore', process.stderr, process.stderr] }
    const code = await run(findNode(), [findBin('electron-vite'), 'build', '--logLevel', 'warn'], options)
    if (code !== 0) throw new Error(`The build failed with exit code ${code}; its own words are above.`)
    writeFileSync(stamp, digest)
  })
}

function isFresh() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOfSources()
}

/** Contents, not times: a fresh clone and a switch of branches change every time. */
function digestOfSources() {
  const hash = createHash('sha256')
  for (const path of sources.flatMap((source) => filesIn(source)))
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  return hash.digest('hex')
}

function filesIn(path) {
  const full = join(root, path)
  if (!existsSync(full)) return []
  if (!statSync(full).isDirectory()) return [path]
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesIn(join(path, name)))
}

async function holding(work) {
  mkdirSync(join(lock, '..'), { recursive: true })
  while (!take()) await sleep(200)
  try {
    await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function take() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (!isHolderAlive()) rmSync(lock, { force: true })
    return false
  }
}

function isHolderAlive() {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    // Just created, not yet written.
    return pid === 0 || process.kill(pid, 0)
  } catch {
    return false
  }
}

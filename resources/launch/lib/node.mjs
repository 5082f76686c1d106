import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

/** The archive's engine needs Node-API 10; an older Node dies with it, without a message. */
const oldest = [22, 14]

export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}

/**
 * Path of a Node that can run Trailview: the one that came with the packages, else the one running this. Throws a sentence when neither
 * can.
 */
export function findNode() {
  const bundled = join(root, 'node_modules', '.bin', 'node')
  if (existsSync(bundled)) return bundled
  if (isNewEnough(process.version)) return process.execPath
  throw new Error(
    `Trailview needs Node ${oldest.join('.')} or newer on this platform, and this is ${process.version}. Install one from https://nodejs.org and try again.`,
  )
}

/** The script behind a command of node_modules. */
export function findBin(name) {
  const folder = join(root, 'node_modules', name)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[name])
}

/**
 * For the C library of Linux, which else keeps what was given back: it takes ever larger arrays from heaps with holes, of which each thread
 * has one. Ten million events take some 150 MB less with two heaps and arrays above 256 KiB outside of them.
 */
const allocation = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: String(256 * 1024) }

/**
 * For a program that holds an archive. What its main thread makes is gone soon, so that 4 MB are room enough for it, where V8 would take
 * 32. Two threads search on two processors: others that sweep garbage beside them hold them up.
 */
export const archiveOptions = ['--max-semi-space-size=2', '--no-concurrent-sweeping']

/**
 * Runs a program on this terminal and resolves with its exit code (128 + n when a signal ended it).
 * SIGTERM and SIGHUP are passed on; so is SIGINT unless a terminal has sent it to the program already.
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options, env: { ...allocation, ...(options.env ?? process.env) } })
    const handlers = new Map(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => [signal, () => passOn(signal)]))
    const passOn = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    for (const [signal, handler] of handlers) process.on(signal, handler)
    const settle = (act) => {
      for (const [signal, handler] of handlers) process.off(signal, handler)
      act()
    }
    // An abort is an error first and an exit later: whoever waits wants the second.
    child.once('error', (error) => error.name !== 'AbortError' && settle(() => reject(error)))
    child.once('exit', (code, signal) => settle(() => resolve(code ?? 128 + (constants.signals[signal] ?? 0))))
  })
}

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The archive's engine needs Node-API 10. */
const oldest = { major: 22, minor: 14 } as const

/** Set for the program that was handed over to, so that it never hands over again. */
const marker = 'TRAILVIEW_HANDED_OVER'

/**
 * On a Node that is too old, runs the same script with the same arguments under the Node among the packages, and
 * resolves with its exit code; null when this Node will do. Without such a Node: a sentence on standard error, and 1.
 */
export async function handOver(args: readonly string[]): Promise<number | null> {
  if (isNewEnough(process.versions.node)) {
    if (process.env[marker] !== undefined) stopWithStarter()
    return null
  }
  const script = process.argv[1] ?? ''
  const node = findNode(dirname(fileURLToPath(import.meta.url)))
  if (node === null || process.env[marker] !== undefined) {
    process.stderr.write(
      `Trailview needs Node ${oldest.major}.${oldest.minor} or newer, and this is ${process.version}. Run npm ci in Trailview's folder, or install a newer Node, and try again.\n`,
    )
    return 1
  }
  return runInPlace(node, [script, ...args])
}

/** Ends this program in good order when the one that handed over to it was killed. */
function stopWithStarter(): void {
  process.channel?.unref()
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor)
}

/** The Node that came with the packages of the nearest folder above that has one. */
function findNode(folder: string): string | null {
  const node = join(folder, 'node_modules', '.bin', 'node')
  if (existsSync(node)) return node
  const parent = dirname(folder)
  return parent === folder ? null : findNode(parent)
}

function runInPlace(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    // The channel carries nothing: it closes when this process dies, even by SIGKILL.
    const child = spawn(command, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: { ...process.env, [marker]: '1' } })
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    process.on('SIGHUP', () => child.kill('SIGHUP'))
    process.on('SIGINT', () => {
      // A terminal has sent it to the child already; twice would read as impatience.
      if (!process.stdin.isTTY) child.kill('SIGINT')
    })
    child.once('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}.\n`)
      resolve(1)
    })
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Runs a script of this folder in a process of its own, so that its memory is its own, with the options this one was started with, and
 * resolves with what it reports. Rejects when it ends without a report.
 */
export function inChild<Report>(script: string, args: readonly string[]): Promise<Report> {
  return new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(script, import.meta.url))
    const child = fork(path, [...args], { serialization: 'advanced' })
    const stop = (): boolean => child.kill()
    process.once('exit', stop)
    let report: { readonly value: Report } | null = null
    child.on('message', (value) => (report = { value: value as Report }))
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      process.off('exit', stop)
      if (report !== null && code === 0) resolve(report.value)
      else reject(new Error(`${script} ended with ${signal ?? `code ${code}`} before it had measured.`))
    })
  })
}

/** The child's side of `inChild`: lets the child end afterwards. */
export function report(value: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) {
      console.log(value)
      resolve()
      return
    }
    process.send(value, undefined, {}, (error) => {
      process.disconnect()
      if (error === null) resolve()
      else reject(error)
    })
  })
}

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What a program answered. */
export interface ProgramResult {
  readonly stdout: string
  readonly tookMs: number
  readonly peakBytes: number
}

/** Runs a program to its end. Rejects with its own words when it fails. */
export function runProgram(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const beganMs = performance.now()
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    let peakBytes = 0
    const watch = setInterval(() => (peakBytes = Math.max(peakBytes, peakOf(child.pid))), 20)
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', (error) => {
      clearInterval(watch)
      reject(error)
    })
    child.on('close', (code) => {
      clearInterval(watch)
      if (code === 0) resolve({ stdout, tookMs: performance.now() - beganMs, peakBytes })
      else reject(new Error(`${command} ended with ${code}: ${stderr.slice(0, 300)}`))
    })
  })
}

/** The most memory a running process has held, bytes; 0 where the system does not tell. */
export function peakOf(processId: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${processId}/status`, 'utf8')
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

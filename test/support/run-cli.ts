import { spawn } from 'node:child_process'
import { cliScript } from './built.ts'

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly stdoutBytes: Buffer
}

export interface CliOptions {
  readonly home: string
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  /** Called with the child once it runs, to interrupt it. */
  readonly onStart?: (child: { kill(signal: NodeJS.Signals): boolean }) => void
}

/** Runs the command line as a person would: a process of its own, with this Node. */
export function runCli(args: readonly string[], { home, stdin = '', env = {}, onStart }: CliOptions): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliScript, ...args], { env: { ...process.env, ...env, TRAILVIEW_HOME: home } })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      const stdoutBytes = Buffer.concat(stdout)
      resolve({ code, stdoutBytes, stdout: stdoutBytes.toString(), stderr: Buffer.concat(stderr).toString() })
    })
    child.stdin.end(stdin)
    onStart?.(child)
  })
}

/** The JSON values of NDJSON text. */
export function ndjson<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}

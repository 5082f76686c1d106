import { homedir, platform } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AppInfo } from '../contract/model/app.ts'
import { createKeychain } from './credentials/keychain.ts'
import { createMemorySecrets } from './credentials/memory-secrets.ts'
import type { Clock, CorePorts, Log } from './ports.ts'

export interface NodePortsOptions {
  readonly shell: AppInfo['shell']
  readonly version: string
  /** Absent: `TRAILVIEW_HOME`, else the platform's app-data folder. */
  readonly home?: string
  /** True: practice data, keys in memory only. */
  readonly isDemo?: boolean
  readonly runsSchedule: boolean
}

/** The ports as a plain Node process supplies them; all three shells start from these. */
export function nodePorts(options: NodePortsOptions): CorePorts {
  const isDemo = options.isDemo ?? false
  return {
    home: resolve(options.home ?? process.env['TRAILVIEW_HOME'] ?? defaultHome()),
    shell: options.shell,
    version: options.version,
    isDemo,
    secrets: isDemo ? createMemorySecrets() : createKeychain({ childUrl: built('keychain-child.js') }),
    clock: systemClock,
    log: standardErrorLog(process.env['TRAILVIEW_LOG'] !== undefined),
    archiveWorkerUrl: built('archive-worker.js'),
    environment: process.env,
    downloadsFolder: join(homedir(), 'Downloads'),
    runsSchedule: options.runsSchedule,
  }
}

/** Where the archive lives unless told otherwise: the same folder for the app and the command line. */
export function defaultHome(): string {
  switch (platform()) {
    case 'win32':
      return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Trailview')
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Trailview')
    default:
      return join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'Trailview')
  }
}

/** Scripts that run in threads and processes of their own are built, all beside each other; the source uses those as well. */
function built(name: string): URL {
  const here = import.meta.url
  return new URL(here.endsWith('.ts') ? `../../out/main/${name}` : `./${name}`, here)
}

const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
}

/** Diagnostics as JSON lines on standard error, when asked for. */
function standardErrorLog(isOn: boolean): Log {
  const write =
    (level: string): Log['info'] =>
    (message, facts) => {
      if (isOn) process.stderr.write(`${JSON.stringify({ level, message, ...facts })}\n`)
    }
  return { info: write('info'), warn: write('warn'), error: write('error') }
}

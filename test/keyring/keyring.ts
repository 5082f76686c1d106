import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const tools = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon', 'secret-tool']

/** The tools this needs that are not on this machine. */
export function missingTools(): readonly string[] {
  return tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0)
}

/** A session bus of its own with a real GNOME Keyring on it, in a folder of its own. */
export interface Keyring {
  readonly environment: NodeJS.ProcessEnv
  /** Starts the keyring with its password given, or locked, in place of the one that runs. */
  start(as: 'unlocked' | 'locked'): Promise<void>
  stop(): Promise<void>
  /** What another program finds; null when there is nothing. */
  lookup(account: string): Promise<string | null>
  dispose(): Promise<void>
}

/**
 * `prompter`: what happens when the keyring wants to ask for its password. `refuses`: there is no window to ask in;
 * `hangs`: one that nobody answers.
 */
export async function createKeyring(prompter: 'refuses' | 'hangs' = 'refuses'): Promise<Keyring> {
  const folder = mkdtempSync(join(tmpdir(), 'trailview-keyring-'))
  const services = join(folder, 'services')
  for (const name of ['home', 'run', 'data', 'services']) mkdirSync(join(folder, name), { mode: 0o700 })
  if (prompter === 'hangs') {
    const service = '[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec=/bin/sleep 20\n'
    writeFileSync(join(services, 'org.gnome.keyring.SystemPrompter.service'), service)
  }
  const config = join(folder, 'bus.conf')
  writeFileSync(config, busConfig(folder, services))

  const bus = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--print-address'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [address] = (await once(createInterface(bus.stdout), 'line')) as [string]
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: join(folder, 'home'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
    DBUS_SESSION_BUS_ADDRESS: address,
  }
  let daemon: ChildProcess | null = null

  async function stop(): Promise<void> {
    if (daemon !== null) await ended(daemon)
    daemon = null
    while (await isOnBus(environment)) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  return {
    environment,
    stop,
    async start(as) {
      await stop()
      const args = [
        '--foreground',
        '--components=secrets',
        `--control-directory=${join(folder, 'run')}`,
        ...(as === 'unlocked' ? ['--unlock'] : []),
      ]
      daemon = spawn('gnome-keyring-daemon', args, { env: environment, stdio: ['pipe', 'ignore', 'ignore'] })
      daemon.stdin?.end('password of the keyring')
      while (!(await isOnBus(environment))) await new Promise((resolve) => setTimeout(resolve, 20))
    },
    async lookup(account) {
      const found = await promisify(execFile)('secret-tool', ['lookup', 'service', 'Trailview', 'account', account], {
        env: environment,
      }).catch(() => null)
      return found?.stdout ?? null
    },
    async dispose() {
      await stop()
      await ended(bus)
      if (existsSync(folder)) rmSync(folder, { recursive: true })
    },
  }
}

function busConfig(folder: string, services: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=${folder}</listen>
  <servicedir>${services}</servicedir>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`
}

async function isOnBus(environment: NodeJS.ProcessEnv): Promise<boolean> {
  const args = [
    '--session',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/',
    'org.freedesktop.DBus.NameHasOwner',
    'string:org.freedesktop.secrets',
  ]
  const { stdout } = await promisify(execFile)('dbus-send', args, { env: environment })
  return stdout.includes('true')
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const end = once(child, 'exit')
  child.kill('SIGKILL')
  await end
}

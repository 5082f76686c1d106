import { mkdtempSync, rmSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compileFunction, constants } from 'node:vm'
import { vi } from 'vitest'
import type { Page } from './page.ts'
import { ElectronStandIn, type StandInWindow } from './stand-in.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const starts = new Map<string, ElectronStandIn>()
Object.assign(globalThis, { electronStandIns: starts })

/** Whatever a start of the built shell imports as `electron` is the stand-in of that start. */
registerHooks({
  resolve(specifier, context, next) {
    const start = /shell\.js\?start=(\d+)/.exec(context.parentURL ?? '')?.[1]
    if (specifier !== 'electron' || start === undefined) return next(specifier, context)
    const names = Object.keys(starts.get(start)?.module ?? {})
    const source = names.map((name) => `export const ${name} = globalThis.electronStandIns.get('${start}').module.${name}`).join('\n')
    return { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true }
  },
})

/** An import that Node itself resolves, hooks included; the test runner would take it over and transform what is built already. */
const importByNode = compileFunction('return import(url)', ['url'], {
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}) as (url: string) => Promise<unknown>

export interface RunningShell {
  readonly electron: ElectronStandIn
  readonly home: string
  /** The window there is, and its page once loaded. */
  window(): StandInWindow
  page(): Promise<Page>
}

/** A folder for an archive, removed by `end`. */
export function createHome(): string {
  return mkdtempSync(join(tmpdir(), 'trailview-shell-'))
}

export function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true })
}

/** Starts the built shell as Electron would, in `home`, on a machine without a keychain. */
export async function startBuiltShell(home: string, prepare: (electron: ElectronStandIn) => void = () => undefined): Promise<RunningShell> {
  const electron = new ElectronStandIn()
  prepare(electron)
  const start = String(starts.size + 1)
  starts.set(start, electron)
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', 'unix:path=/nonexistent/bus')
  const { argv } = process
  process.argv = ['electron', root, '--home', home]
  try {
    await importByNode(`${pathToFileURL(join(root, 'out/main/shell.js')).href}?start=${start}`)
  } finally {
    process.argv = argv
  }
  electron.becomeReady()
  const window = (): StandInWindow => {
    const [only] = electron.windows
    if (only === undefined) throw new Error('There is no window.')
    return only
  }
  if (electron.hasInstanceLock) await vi.waitUntil(() => electron.windows.length > 0, { timeout: 60_000 })
  return { electron, home, window, page: () => window().loaded }
}

import { readFileSync } from 'node:fs'
import { compileFunction } from 'node:vm'
import type { IpcRenderer } from 'electron'
import type { PushMessage } from '../../src-main/contract/push.ts'
import type { Reply } from '../../src-main/contract/wire.ts'
import type { PreloadElectron } from './stand-in.ts'

/** The bridge as the page sees it; input is whatever a page might send. */
export interface PageBridge {
  call(id: number, method: string, input: unknown): Promise<Reply>
  cancel(id: number): void
  subscribe(listener: (push: PushMessage) => void): () => void
}

/** A loaded page: what its preload put into its world, and its HTML. */
export interface Page {
  readonly world: Readonly<Record<string, unknown>>
  readonly trailview: PageBridge
  readonly html: string
}

/** Runs a built preload as a sandboxed renderer does: it may require `electron`, and nothing else of ours. */
export function loadPreload(path: string, ipcRenderer: Pick<IpcRenderer, 'invoke' | 'send' | 'on' | 'off'>, html: string): Page {
  const world: Record<string, unknown> = {}
  const electron: PreloadElectron = {
    ipcRenderer,
    contextBridge: {
      exposeInMainWorld: (name, api: unknown) => {
        world[name] = bridged(api)
      },
    },
  }
  const require = (name: string): unknown => {
    if (name === 'electron') return electron
    throw new Error(`module not found: ${name}`)
  }
  compileFunction(readFileSync(path, 'utf8'), ['require', 'module', 'exports'], { filename: path })(require, { exports: {} }, {})
  return { world, trailview: world['trailview'] as PageBridge, html }
}

/** As the context bridge does: functions become proxies, everything else is cloned on its way. */
function bridged(value: unknown): unknown {
  if (typeof value === 'function') return (...args: unknown[]) => bridged((value as (...args: unknown[]) => unknown)(...args.map(bridged)))
  if (value instanceof Promise) return value.then(bridged)
  if (typeof value !== 'object' || value === null) return value
  const functions = Object.entries(value).filter(([, member]) => typeof member === 'function')
  if (functions.length === 0) return structuredClone(value)
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, bridged(member)])))
}

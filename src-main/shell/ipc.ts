import { ipcMain, type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent } from 'electron'
import { z } from 'zod'
import type { Reply } from '../contract/wire.ts'
import type { Core } from '../core/create-core.ts'
import { isAppUrl } from './app-scheme.ts'
import { callChannel, cancelChannel, pushChannel } from './channels.ts'

const callSchema = z.object({ id: z.number(), method: z.string(), input: z.unknown() })
const cancelSchema = z.object({ id: z.number() })

export interface Ipc {
  /** Lets a window call the core and receive its pushes, until it is closed. */
  connect(window: BrowserWindow): void
  /** Cancels every call and stops listening. */
  close(): void
}

/** Joins windows to the core. A message from anything but the main frame of a connected window is refused. */
export function createIpc(core: Pick<Core, 'dispatch' | 'onPush'>): Ipc {
  /** The calls under way of each connected window, by the id of its contents. */
  const windows = new Map<number, { readonly window: BrowserWindow; readonly calls: Map<number, AbortController> }>()

  function callsOf(event: IpcMainInvokeEvent | IpcMainEvent): Map<number, AbortController> | null {
    const frame = event.senderFrame
    if (frame === null || frame.parent !== null || !isAppUrl(frame.url)) return null
    return windows.get(event.sender.id)?.calls ?? null
  }

  function cancelAll(calls: Map<number, AbortController>): void {
    for (const controller of calls.values()) controller.abort()
    calls.clear()
  }

  ipcMain.handle(callChannel, async (event, message: unknown): Promise<Reply> => {
    const calls = callsOf(event)
    const call = callSchema.safeParse(message)
    if (calls === null || !call.success) throw new Error('This message does not come from Trailview’s own window.')
    const { id, method, input } = call.data
    const controller = new AbortController()
    calls.set(id, controller)
    try {
      return await core.dispatch(method, input, controller.signal)
    } finally {
      if (calls.get(id) === controller) calls.delete(id)
    }
  })
  ipcMain.on(cancelChannel, (event, message: unknown) => {
    const cancel = cancelSchema.safeParse(message)
    if (cancel.success) callsOf(event)?.get(cancel.data.id)?.abort()
  })
  const stopPushes = core.onPush((push) => {
    for (const { window } of windows.values()) if (!window.isDestroyed()) window.webContents.send(pushChannel, push)
  })

  return {
    connect(window) {
      const { id } = window.webContents
      const calls = new Map<number, AbortController>()
      windows.set(id, { window, calls })
      // A page that is loaded anew has forgotten what it asked for.
      window.webContents.on('did-start-navigation', (details) => {
        if (details.isMainFrame && !details.isSameDocument) cancelAll(calls)
      })
      window.on('closed', () => {
        cancelAll(calls)
        windows.delete(id)
      })
    },
    close() {
      stopPushes()
      for (const { calls } of windows.values()) cancelAll(calls)
      windows.clear()
      ipcMain.removeHandler(callChannel)
      ipcMain.removeAllListeners(cancelChannel)
    },
  }
}

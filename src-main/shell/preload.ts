import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron'
import type { MethodName } from '../contract/api.ts'
import type { PushMessage } from '../contract/push.ts'
import type { Reply } from '../contract/wire.ts'
import { callChannel, cancelChannel, pushChannel } from './channels.ts'

// Generic on purpose: a new method or push changes nothing here. The page never sees `ipcRenderer` or an event object.
contextBridge.exposeInMainWorld('trailview', {
  call: (id: number, method: MethodName, input: unknown): Promise<Reply> =>
    ipcRenderer.invoke(callChannel, { id, method, input }) as Promise<Reply>,
  cancel: (id: number): void => ipcRenderer.send(cancelChannel, { id }),
  subscribe: (listener: (push: PushMessage) => void): (() => void) => {
    const onPush = (_event: IpcRendererEvent, push: PushMessage): void => listener(push)
    ipcRenderer.on(pushChannel, onPush)
    return () => void ipcRenderer.off(pushChannel, onPush)
  },
})

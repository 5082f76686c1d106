import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import type {
  App,
  BrowserWindow,
  BrowserWindowConstructorOptions,
  ContextBridge,
  CustomScheme,
  Dialog,
  IpcMain,
  IpcRenderer,
  MessageBoxOptions,
  Rectangle,
  Session,
  Shell,
  WebContents,
  WebFrameMain,
} from 'electron'
import { loadPreload, type Page } from './page.ts'

/** What an event of Electron's that can be refused looks like. */
export function refusable<T extends object>(facts: T): T & { readonly wasRefused: boolean; preventDefault(): void } {
  let wasRefused = false
  return {
    ...facts,
    get wasRefused() {
      return wasRefused
    },
    preventDefault: () => {
      wasRefused = true
    },
  }
}

type Handler = Parameters<IpcMain['handle']>[1]
type Listener = Parameters<IpcMain['on']>[1]

/**
 * As much of Electron as the shell uses, in plain Node: the same names and types, real events, and a real structured
 * clone wherever Electron puts one between processes. Everything the shell asked for is kept for the test to look at.
 */
export class ElectronStandIn {
  readonly asked = {
    schemes: [] as CustomScheme[],
    paths: new Map<string, string>(),
    menus: 0,
    isSandboxEnabled: false,
    messageBoxes: [] as MessageBoxOptions[],
    openedAddresses: [] as string[],
    exitCode: null as number | null,
    wasQuitAsked: false,
  }
  /** Answers of the dialogs to come: the number of the button. */
  dialogAnswer = 0
  hasInstanceLock = true
  readonly windows: StandInWindow[] = []
  readonly displays: { readonly workArea: Rectangle }[] = [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }]
  readonly session = new StandInSession()
  readonly handlers = new Map<string, Handler>()
  readonly ipcMainEvents = new EventEmitter()
  readonly appEvents: EventEmitter
  private isReady = false
  private setReady: () => void = () => undefined
  private readonly ready = new Promise<void>((resolve) => {
    this.setReady = resolve
  })
  readonly exited: Promise<number>
  readonly module: Readonly<Record<string, unknown>>

  constructor() {
    let setExited: (code: number) => void
    this.exited = new Promise((resolve) => {
      setExited = resolve
    })
    const app = Object.assign(new EventEmitter(), {
      isPackaged: false,
      setPath: (name: string, path: string) => {
        if (!existsSync(path)) throw new Error('Path does not exist')
        this.asked.paths.set(name, path)
      },
      getPath: (name: string) => `/stand-in/${name}`,
      requestSingleInstanceLock: () => this.hasInstanceLock,
      enableSandbox: () => {
        this.mustBeEarly()
        this.asked.isSandboxEnabled = true
      },
      whenReady: () => this.ready,
      quit: () => this.quit(),
      exit: (code = 0) => {
        this.asked.exitCode = code
        setExited(code)
      },
    } satisfies Partial<App>)
    this.appEvents = app
    this.module = {
      app,
      BrowserWindow: windowClass(this),
      dialog: {
        showMessageBox: ((_window: BrowserWindow, options: MessageBoxOptions) => {
          this.asked.messageBoxes.push(options)
          return Promise.resolve({ response: this.dialogAnswer, checkboxChecked: false })
        }) as Dialog['showMessageBox'],
      } satisfies Partial<Dialog>,
      ipcMain: {
        handle: (channel, handler) => void this.handlers.set(channel, handler),
        removeHandler: (channel) => void this.handlers.delete(channel),
        on: (channel: string, listener: Listener) => this.ipcMainEvents.on(channel, listener),
        removeAllListeners: (channel?: string) => this.ipcMainEvents.removeAllListeners(channel),
      } as Pick<IpcMain, 'handle' | 'removeHandler' | 'on' | 'removeAllListeners'>,
      Menu: { buildFromTemplate: (template: unknown) => template, setApplicationMenu: () => (this.asked.menus += 1) },
      protocol: {
        registerSchemesAsPrivileged: (schemes: CustomScheme[]) => {
          this.mustBeEarly()
          this.asked.schemes.push(...schemes)
        },
      },
      screen: { getAllDisplays: () => this.displays },
      session: { defaultSession: this.session },
      shell: {
        openExternal: async (address) => void this.asked.openedAddresses.push(address),
      } satisfies Partial<Shell>,
    }
  }

  /** Electron has started up. */
  becomeReady(): void {
    this.isReady = true
    this.setReady()
  }

  /** Some things Electron allows only before it is ready. */
  private mustBeEarly(): void {
    if (this.isReady) throw new Error('This can only be done before the app is ready.')
  }

  quit(): void {
    this.asked.wasQuitAsked = true
    for (const window of [...this.windows]) window.close()
    const event = refusable({})
    this.appEvents.emit('will-quit', event)
    if (!event.wasRefused) this.appEvents.emit('quit', event)
  }

  /** A message from a page, as the main process gets it. */
  async invoke(
    channel: string,
    from: { readonly sender: StandInContents; readonly senderFrame: unknown },
    message: unknown,
  ): Promise<unknown> {
    const handler = this.handlers.get(channel)
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
    return structuredClone(await (handler(from as never, structuredClone(message)) as Promise<unknown>))
  }

  send(channel: string, from: { readonly sender: StandInContents; readonly senderFrame: unknown }, message: unknown): void {
    this.ipcMainEvents.emit(channel, from, structuredClone(message))
  }
}

/** `BrowserWindow`, whose windows belong to one start. */
function windowClass(standIn: ElectronStandIn) {
  return class extends StandInWindow {
    constructor(options: BrowserWindowConstructorOptions) {
      super(standIn, options)
    }
    static fromWebContents(contents: WebContents) {
      return standIn.windows.find((window) => Object.is(window.webContents, contents)) ?? null
    }
  }
}

export class StandInSession extends EventEmitter {
  permissionRequest: Parameters<Session['setPermissionRequestHandler']>[0] = null
  permissionCheck: Parameters<Session['setPermissionCheckHandler']>[0] = null
  devicePermission: Parameters<Session['setDevicePermissionHandler']>[0] = null
  private serve: ((request: Request) => Response | Promise<Response>) | null = null
  readonly protocol = {
    handle: (_scheme: string, handler: (request: Request) => Response | Promise<Response>) => {
      this.serve = handler
    },
  }

  setPermissionRequestHandler(handler: StandInSession['permissionRequest']): void {
    this.permissionRequest = handler
  }
  setPermissionCheckHandler(handler: StandInSession['permissionCheck']): void {
    this.permissionCheck = handler
  }
  setDevicePermissionHandler(handler: StandInSession['devicePermission']): void {
    this.devicePermission = handler
  }

  async fetch(address: string): Promise<Response> {
    if (this.serve === null) throw new Error('No protocol is handled.')
    return this.serve(new Request(address))
  }
}

let lastContentsId = 0

export class StandInContents extends EventEmitter {
  readonly id = ++lastContentsId
  readonly mainFrame = { url: 'about:blank', parent: null } as { url: string; readonly parent: WebFrameMain | null }
  windowOpenHandler: Parameters<WebContents['setWindowOpenHandler']>[0] | null = null
  reloads = 0
  readonly rendererEvents = new EventEmitter()

  setWindowOpenHandler(handler: Parameters<WebContents['setWindowOpenHandler']>[0]): void {
    this.windowOpenHandler = handler
  }
  send(channel: string, ...args: unknown[]): void {
    this.rendererEvents.emit(channel, {}, ...(structuredClone(args) as unknown[]))
  }
  reload(): void {
    this.reloads += 1
  }
}

/** A window, with the page that its preload made in it. */
export class StandInWindow extends EventEmitter {
  readonly webContents = new StandInContents()
  readonly loaded: Promise<Page>
  private setLoaded: (page: Promise<Page>) => void = () => undefined
  private readonly standIn: ElectronStandIn
  readonly options: BrowserWindowConstructorOptions
  wasShown = false
  focusCount = 0
  minimized = false
  maximized = false
  private destroyed = false

  constructor(standIn: ElectronStandIn, options: BrowserWindowConstructorOptions) {
    super()
    this.standIn = standIn
    this.options = options
    this.loaded = new Promise((resolve) => {
      this.setLoaded = resolve
    })
    standIn.windows.push(this)
    standIn.appEvents.emit('web-contents-created', {}, this.webContents)
  }

  loadURL(address: string): Promise<void> {
    const load = async (): Promise<Page> => {
      const response = await this.standIn.session.fetch(address)
      this.webContents.mainFrame.url = address
      const page = loadPreload(this.options.webPreferences?.preload ?? '', this.ipcRenderer(), await response.text())
      this.emit('ready-to-show')
      return page
    }
    this.setLoaded(load())
    return this.loaded.then(() => undefined)
  }

  private ipcRenderer(): PreloadElectron['ipcRenderer'] {
    const from = { sender: this.webContents, senderFrame: this.webContents.mainFrame }
    const events = this.webContents.rendererEvents
    return {
      invoke: (channel: string, message: unknown) => this.standIn.invoke(channel, from, message),
      send: (channel: string, message: unknown) => this.standIn.send(channel, from, message),
      on: (channel: string, listener: (...args: never[]) => void) => events.on(channel, listener as never),
      off: (channel: string, listener: (...args: never[]) => void) => events.off(channel, listener as never),
    } as unknown as PreloadElectron['ipcRenderer']
  }

  close(): void {
    if (this.destroyed) return
    this.emit('close', refusable({}))
    this.destroyed = true
    this.standIn.windows.splice(this.standIn.windows.indexOf(this), 1)
    this.emit('closed')
    if (this.standIn.windows.length === 0 && !this.standIn.asked.wasQuitAsked) this.standIn.appEvents.emit('window-all-closed')
  }

  isDestroyed = () => this.destroyed
  show = () => void (this.wasShown = true)
  focus = () => void (this.focusCount += 1)
  isMinimized = () => this.minimized
  restore = () => void (this.minimized = false)
  maximize = () => void (this.maximized = true)
  isMaximized = () => this.maximized
  getNormalBounds = () => ({ x: 10, y: 20, width: this.options.width ?? 0, height: this.options.height ?? 0 })
}

/** What a preload finds as `electron`. */
export interface PreloadElectron {
  readonly contextBridge: Pick<ContextBridge, 'exposeInMainWorld'>
  readonly ipcRenderer: Pick<IpcRenderer, 'invoke' | 'send' | 'on' | 'off'>
}

import { BrowserWindow } from 'electron'
import { appOrigin } from './app-scheme.ts'
import { keepWindowState, readWindowState } from './window-state.ts'

export interface WindowOptions {
  /** Path of the built preload script. */
  readonly preloadPath: string
  /** File that remembers where the window stood. */
  readonly statePath: string
}

/** The app's window: a page without any power of its own. Shown when there is something to see. */
export function createWindow({ preloadPath, statePath }: WindowOptions): BrowserWindow {
  const state = readWindowState(statePath)
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    ...(state === null ? {} : { x: state.x, y: state.y, width: state.width, height: state.height }),
    minWidth: 400,
    minHeight: 300,
    show: false,
    title: 'Trailview',
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // A middle click would open a link in a window of its own.
      disableBlinkFeatures: 'Auxclick',
    },
  })
  if (state?.isMaximized === true) window.maximize()
  keepWindowState(window, statePath)
  window.once('ready-to-show', () => window.show())
  // The core lives on without the page; a fresh page asks it for everything again.
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload()
  })
  void window.loadURL(`${appOrigin}/`)
  return window
}

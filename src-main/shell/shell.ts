import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, session, type BrowserWindow } from 'electron'
import packageJson from '../../package.json' with { type: 'json' }
import { createCore } from '../core/create-core.ts'
import { nodePorts } from '../core/node-ports.ts'
import { addPracticeConnections } from '../core/practice-connections.ts'
import { screenFolder } from '../core/screen-files.ts'
import { createPracticeFolder, startPractice } from '../demo/practice-home.ts'
import { registerAppScheme, serveScreen } from './app-scheme.ts'
import { createIpc } from './ipc.ts'
import { lockDownPages, lockDownSession } from './lock-down.ts'
import { setMenu } from './menu.ts'
import { readOptions } from './options.ts'
import { createWindow } from './window.ts'

/** The Electron app from its start to its end. Rejects when it cannot start. */
export async function startShell(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  const home = options.isDemo ? createPracticeFolder() : options.home
  const ports = nodePorts({
    shell: 'electron',
    version: packageJson.version,
    runsSchedule: true,
    isDemo: options.isDemo,
    ...(home === null ? {} : { home }),
  })

  // One running app per archive: the lock belongs to this folder.
  const userData = join(ports.home, 'window')
  mkdirSync(userData, { recursive: true, mode: 0o700 })
  app.setPath('userData', userData)
  if (!app.requestSingleInstanceLock()) return app.quit()
  registerAppScheme()
  app.enableSandbox()
  lockDownPages()
  await app.whenReady()

  lockDownSession(session.defaultSession)
  serveScreen(session.defaultSession, screenFolder(import.meta.url))
  setMenu(process.platform)
  const core = await createCore({ ...ports, downloadsFolder: app.getPath('downloads') })
  const ipc = createIpc(core)

  let window: BrowserWindow | null = null
  const show = (): void => {
    if (window !== null) {
      if (window.isMinimized()) window.restore()
      return window.focus()
    }
    const opened = createWindow({
      preloadPath: fileURLToPath(new URL('../preload/preload.cjs', import.meta.url)),
      statePath: join(ports.home, 'window-state.json'),
    })
    opened.on('closed', () => (window = null))
    ipc.connect(opened)
    window = opened
  }
  app.on('second-instance', show)
  app.on('activate', show)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  const practice = options.isDemo ? startPractice(ports.home) : null
  quitInOrder(async () => {
    ipc.close()
    await core.dispose()
    await (await practice)?.end()
  })
  show()
  // A demo fills while its window is open already; what goes wrong then shows as the state of a connection.
  if (practice !== null) await addPracticeConnections(core.dispatch, (await practice).services).catch(() => undefined)
}

/** Holds the quitting app until `end` is done: what is being collected is kept, the archive closed. */
function quitInOrder(end: () => Promise<void>): void {
  let isEnding = false
  app.on('will-quit', (event) => {
    event.preventDefault()
    if (isEnding) return
    isEnding = true
    void end().then(
      () => app.exit(0),
      () => app.exit(1),
    )
  })
}

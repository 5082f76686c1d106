import { app, BrowserWindow, type Session, type WebContents } from 'electron'
import { isAppUrl } from './app-scheme.ts'
import { offerExternalLink } from './external-links.ts'

/** Denies everything a page may ask of the machine: the screen needs none of it. */
export function lockDownSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
}

/** Holds every page, whoever made it, to the app's own addresses: no navigation away, no new windows, no embedded pages. */
export function lockDownPages(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-frame-navigate', (event) => {
      if (isAppUrl(event.url)) return
      event.preventDefault()
      offer(contents, event.url)
    })
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      offer(contents, url)
      return { action: 'deny' }
    })
  })
}

function offer(contents: WebContents, url: string): void {
  const window = BrowserWindow.fromWebContents(contents)
  if (window !== null) void offerExternalLink(window, url)
}

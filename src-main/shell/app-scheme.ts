import { protocol, type Session } from 'electron'
import { contentSecurityPolicy, readScreenFile } from '../core/screen-files.ts'

/** The page's address. A scheme of our own gives it an origin, which `file://` has not. */
export const appOrigin = 'app://trailview'

/** Must be called before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }])
}

/** Serves the built screen, and nothing else, under `app://trailview`. */
export function serveScreen(session: Session, folder: string): void {
  session.protocol.handle('app', async (request) => {
    const url = new URL(request.url)
    const file = url.host === 'trailview' && request.method === 'GET' ? await readScreenFile(folder, url.pathname) : null
    if (file === null) return new Response('There is no such file.', { status: 404, headers })
    return new Response(new Uint8Array(file.body), { headers: { ...headers, 'content-type': file.type } })
  })
}

const headers = {
  'content-security-policy': contentSecurityPolicy(`'self'`),
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** Whether an address is a page of the app itself. */
export function isAppUrl(url: string): boolean {
  return url.startsWith(`${appOrigin}/`)
}

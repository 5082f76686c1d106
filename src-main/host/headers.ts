import type { IncomingMessage } from 'node:http'
import { contentSecurityPolicy } from '../core/screen-files.ts'

/** Headers of every response. `host` is our own address with its port. */
export function securityHeaders(host: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(`'self' ws://${host}`),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  }
}

/**
 * Whether a request comes from our own page or from the address bar. Any page open in any browser can send requests to
 * 127.0.0.1, and a name it controls can be pointed there: `Host` catches the second, `Origin` and `Sec-Fetch-Site` the first.
 * `mustHaveOrigin` for everything that does something or reads data over a socket.
 */
export function isFromUs(request: IncomingMessage, host: string, mustHaveOrigin: boolean): boolean {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (request.headers.host !== host) return false
  if (origin === undefined ? mustHaveOrigin : origin !== `http://${host}`) return false
  return site === undefined || site === 'same-origin' || site === 'none'
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The one session of a run: a token in the printed address is exchanged, once, for a cookie. */
export interface Session {
  /** Goes into the address that is opened; worthless after the first exchange. */
  readonly token: string
  readonly wasOpened: boolean
  /** The cookie header for the one who brings the token first; null for anyone else. */
  exchange(token: string): string | null
  isOpenTo(request: IncomingMessage): boolean
}

/** `port` makes the cookie's name: cookies do not tell ports apart, and another run may be open in the same browser. */
export function createSession(port: number): Session {
  const token = randomBytes(32).toString('base64url')
  const secret = randomBytes(32).toString('base64url')
  const name = `trailview-${port}`
  let wasOpened = false

  return {
    token,
    get wasOpened() {
      return wasOpened
    },
    exchange(offered) {
      if (wasOpened || !isSame(offered, token)) return null
      wasOpened = true
      return `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict`
    },
    isOpenTo(request) {
      const cookies = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
      return cookies.some((pair) => pair.startsWith(`${name}=`) && isSame(pair.slice(name.length + 1), secret))
    },
  }
}

/** Compares digests, so that neither the time taken nor the length tells anything. */
function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}

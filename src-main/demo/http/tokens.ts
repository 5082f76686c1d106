import { createRandom } from '../random.ts'
import type { PracticeClock } from '../types.ts'

/** Access tokens handed out by one authorization server, and the refresh tokens that renew them. */
export interface TokenDesk {
  /** A new access token, valid for `lifetimeSeconds`; with claims a JSON web token that nobody signed. */
  issueAccess(lifetimeSeconds: number, claims?: Readonly<Record<string, string>>): string
  isValidAccess(token: string): boolean
  issueRefresh(): string
  /** Whether the refresh token is good; with `consume` it is good no longer. */
  acceptRefresh(token: string, consume: boolean): boolean
  /** Refuses every access token from now on. */
  expireAll(): void
}

const encoded = (part: Readonly<Record<string, string>>): string => Buffer.from(JSON.stringify(part)).toString('base64url')

export const createTokenDesk = (seed: string, clock: PracticeClock): TokenDesk => {
  const random = createRandom(`${seed}/tokens`)
  const expiresAtMs = new Map<string, number>()
  const refreshTokens = new Set<string>()
  return {
    issueAccess: (lifetimeSeconds, claims) => {
      const secret = random.hex(64)
      const token = claims === undefined ? secret : `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}.${secret}`
      expiresAtMs.set(token, clock.now() + lifetimeSeconds * 1000)
      return token
    },
    isValidAccess: (token) => clock.now() < (expiresAtMs.get(token) ?? Number.NEGATIVE_INFINITY),
    issueRefresh: () => {
      const token = `${random.hex(40)}-r`
      refreshTokens.add(token)
      return token
    },
    acceptRefresh: (token, consume) => (consume ? refreshTokens.delete(token) : refreshTokens.has(token)),
    expireAll: () => expiresAtMs.clear(),
  }
}

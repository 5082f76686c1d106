import { createRandom } from '../random.ts'
import type { PracticeClock } from '../types.ts'

/** Access tokens handed out by one authorization server, and the refresh tokens that renew them. */
export interface TokenDesk {
  /** A new access token, valid for `lifetimeSeconds`. */
  issueAccess(lifetimeSeconds: number): string
  isValidAccess(token: string): boolean
  issueRefresh(): string
  /** Whether the refresh token is good; with `consume` it is good no longer. */
  acceptRefresh(token: string, consume: boolean): boolean
  /** Refuses every access token from now on. */
  expireAll(): void
}

export const createTokenDesk = (seed: string, clock: PracticeClock): TokenDesk => {
  const random = createRandom(`${seed}/tokens`)
  const expiresAtMs = new Map<string, number>()
  const refreshTokens = new Set<string>()
  return {
    issueAccess: (lifetimeSeconds) => {
      const token = random.hex(64)
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

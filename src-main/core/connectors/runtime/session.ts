import { TrailviewError } from '../../../contract/errors.ts'
import type { Session } from '../define.ts'

const expiryMarginMs = 30_000

/**
 * The signed-in session of one connection, in memory only, shared by everything that talks to it.
 * Signs in when first needed, again shortly before expiry, and again when told that a session was refused; never twice at once.
 */
export class SessionKeeper {
  #session: Session | null = null
  #freshUntilMs = 0
  #pending: Promise<Session> | null = null

  /** The session to use now. `signIn` is called when there is none, or it is about to expire. */
  async current(nowMs: number, signIn: (previous: Session | null) => Promise<Session>): Promise<Session> {
    if (this.#session !== null && nowMs < this.#freshUntilMs) return this.#session
    return this.#renew(this.#session, nowMs, signIn)
  }

  /** A session other than the refused one: somebody else's newer one where there is one, else a new one. */
  async replace(refused: Session, nowMs: number, signIn: (previous: Session | null) => Promise<Session>): Promise<Session> {
    if (this.#session !== null && this.#session !== refused) return this.#session
    return this.#renew(refused, nowMs, signIn)
  }

  async #renew(previous: Session | null, nowMs: number, signIn: (previous: Session | null) => Promise<Session>): Promise<Session> {
    if (this.#pending !== null) {
      try {
        return await this.#pending
      } catch (error) {
        // The one who signed in was cancelled; that is no reason for the others to fail.
        if (!(error instanceof TrailviewError && error.code === 'CALL_CANCELLED')) throw error
        return this.#renew(previous, nowMs, signIn)
      }
    }
    const pending = signIn(previous)
    this.#pending = pending
    try {
      const session = await pending
      this.#session = session
      this.#freshUntilMs = freshUntil(session.expiresAtMs, nowMs)
      return session
    } finally {
      this.#pending = null
    }
  }
}

/** Short-lived tokens are renewed after nine tenths of their life, the others half a minute before its end. */
function freshUntil(expiresAtMs: number | null, nowMs: number): number {
  if (expiresAtMs === null) return Infinity
  return expiresAtMs - Math.min(expiryMarginMs, (expiresAtMs - nowMs) / 10)
}

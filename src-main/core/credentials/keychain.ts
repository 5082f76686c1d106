import { TrailviewError } from '../../contract/errors.ts'
import type { KeychainState } from '../../contract/model/app.ts'
import type { SecretStore } from '../ports.ts'
import type { KeychainRequest } from './keychain-messages.ts'
import { createKeychainProcess, type KeychainOutcome } from './keychain-process.ts'

export interface KeychainOptions {
  /** Script of the child process that loads keytar. */
  readonly childUrl: URL
  /** How long one call may take, its unlock prompt included; milliseconds. */
  readonly timeoutMs?: number
  /** Name under which the platform lists our entries. */
  readonly service?: string
  /** The child's environment: where it finds the session's bus. Default: this process's. */
  readonly environment?: NodeJS.ProcessEnv
}

/** Long enough to find and type a keyring's password, short enough that nobody believes the app has died. */
const defaultTimeoutMs = 60_000

/** A value without meaning, written to learn whether the keychain can be written. */
const probeAccount = 'probe'

/**
 * The OS keychain through keytar in a process of its own. Calls go one after another, whoever makes them: several
 * unanswered prompts at once would block all of the child's threads.
 */
export function createKeychain(options: KeychainOptions): SecretStore {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const service = options.service ?? 'Trailview'
  const keychain = createKeychainProcess(options.childUrl, options.environment ?? process.env, timeoutMs)
  let lastState: KeychainState | null = null
  let isDisposed = false
  let queue: Promise<unknown> = Promise.resolve()

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work)
    queue = turn.catch(() => undefined)
    return turn
  }

  async function ask(account: string, action: KeychainRequest['action']): Promise<string | boolean | null> {
    if (isDisposed) throw closing()
    const request = { service, account, action }
    let outcome = await keychain.ask(request)
    if (isDisposed) throw closing()
    // A crash may have been of an earlier call's making, and a child never finds a keyring again that was restarted under it:
    // once more, with a new child. Every action can be repeated without harm.
    if (outcome === 'crashed' || (lastState === 'available' && isAbsence(outcome))) {
      keychain.end()
      outcome = await keychain.ask(request)
    }
    if (typeof outcome === 'object' && outcome.ok) {
      lastState = 'available'
      return outcome.value
    }
    if (outcome !== 'timeout') keychain.end()
    const failure = failureOf(outcome, timeoutMs)
    lastState = failure.state
    throw failure.error
  }

  /** A locked keychain answers reads with "nothing" and deletions with "no": only a write tells it from an empty one. */
  async function probe(): Promise<void> {
    await ask(probeAccount, { do: 'set', value: 'Trailview' })
    await ask(probeAccount, { do: 'delete' })
  }

  return {
    get: (account) =>
      inTurn(async () => {
        const value = await ask(account, { do: 'get' })
        if (typeof value === 'string') return { state: 'found', value }
        await probe()
        return { state: 'missing' }
      }),
    set: (account, value) =>
      inTurn(async () => {
        await ask(account, { do: 'set', value })
      }),
    delete: (account) =>
      inTurn(async () => {
        if ((await ask(account, { do: 'delete' })) === true) return true
        await probe()
        return false
      }),
    state: () =>
      inTurn(async () => {
        if (lastState === null) await probe().catch(() => undefined)
        return lastState ?? 'absent'
      }),
    async dispose() {
      isDisposed = true
      keychain.end()
      await queue
    },
  }
}

function isAbsence(outcome: KeychainOutcome): boolean {
  return typeof outcome === 'object' && !outcome.ok && outcome.reason === 'refused' && refusal(outcome.words).state === 'absent'
}

function closing(): TrailviewError {
  return new TrailviewError('KEYCHAIN_REFUSED', 'Trailview is closing and asks the keychain nothing any more.')
}

interface Failure {
  readonly state: KeychainState
  readonly error: TrailviewError
}

function failureOf(outcome: Exclude<KeychainOutcome, { readonly ok: true }>, timeoutMs: number): Failure {
  if (outcome === 'timeout') {
    const seconds = Math.round(timeoutMs / 1000)
    return {
      state: 'locked',
      error: new TrailviewError(
        'KEYCHAIN_TIMEOUT',
        `The keychain did not answer within ${seconds} s; it may be waiting for its password in a window of its own. Unlock it and try again.`,
        { retryable: true },
      ),
    }
  }
  if (outcome === 'crashed') {
    return {
      state: 'absent',
      error: new TrailviewError(
        'KEYCHAIN_REFUSED',
        'The keychain ended our connection twice in a row. Check that it works in other programs, then try again.',
        {
          retryable: true,
        },
      ),
    }
  }
  if (outcome.reason === 'unloadable') {
    return {
      state: 'unsupported',
      error: new TrailviewError(
        'KEYCHAIN_ABSENT',
        'The part of Trailview that speaks to the keychain could not be loaded on this machine. On Linux, install libsecret and install Trailview again; until then a passphrase protects the archive.',
        { details: { words: outcome.words } },
      ),
    }
  }
  return refusal(outcome.words)
}

const lockedWords = /locked|dismissed|cancell?ed|interaction is not allowed/i
const absentWords =
  /d-?bus|could not connect|connection (refused|closed|is closed)|not provided by any|serviceunknown|no such (file|interface)|does not exist|no keychain/i

/** The platform's own words, told apart as far as they can be. libsecret, macOS and Windows each have theirs. */
function refusal(words: string): Failure {
  if (lockedWords.test(words)) {
    return {
      state: 'locked',
      error: new TrailviewError('KEYCHAIN_LOCKED', 'The keychain is locked. Unlock it and try again.', {
        retryable: true,
        details: { words },
      }),
    }
  }
  if (absentWords.test(words)) {
    return {
      state: 'absent',
      error: new TrailviewError(
        'KEYCHAIN_ABSENT',
        'No keychain answers on this machine. Start one (on Linux a Secret Service such as GNOME Keyring) and try again.',
        {
          retryable: true,
          details: { words },
        },
      ),
    }
  }
  return {
    state: 'available',
    error: new TrailviewError('KEYCHAIN_REFUSED', `The keychain refused: ${words}. Check its settings and try again.`, {
      retryable: true,
      details: { words },
    }),
  }
}

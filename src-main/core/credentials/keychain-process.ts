import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { KeychainAnswer, KeychainRequest } from './keychain-messages.ts'

/** What became of a request: an answer, nothing within the time allowed, or the process went away. */
export type KeychainOutcome = KeychainAnswer | 'timeout' | 'crashed'

export interface KeychainProcess {
  /** Sends one request and waits; never rejects. Call it again only after it settled. */
  ask(request: Omit<KeychainRequest, 'id'>): Promise<KeychainOutcome>
  end(): void
}

/**
 * The child that holds keytar, started at the first request and again after it ended.
 * A request that outlives `timeoutMs` ends the child: a blocked call cannot be called back any other way.
 */
export function createKeychainProcess(childUrl: URL, environment: NodeJS.ProcessEnv, timeoutMs: number): KeychainProcess {
  let child: ChildProcess | null = null
  let lastId = 0

  function start(): ChildProcess {
    const started = fork(fileURLToPath(childUrl), [], {
      env: { ...environment, ELECTRON_RUN_AS_NODE: '1' },
      execArgv: [],
      // Nothing it might print may reach a log or a terminal.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    // An idle child never keeps the program running.
    started.unref()
    started.channel?.unref()
    started.once('exit', () => {
      if (child === started) child = null
    })
    return started
  }

  function end(): void {
    child?.kill('SIGKILL')
    child = null
  }

  return {
    ask(request) {
      const id = ++lastId
      const asked = (child ??= start())
      asked.channel?.ref()
      return new Promise((resolve) => {
        const settle = (outcome: KeychainOutcome): void => {
          clearTimeout(timer)
          asked.off('message', onMessage).off('exit', onGone).off('error', onGone)
          asked.channel?.unref()
          if (outcome === 'timeout') end()
          resolve(outcome)
        }
        const onMessage = (answer: KeychainAnswer): void => {
          if (answer.id === id) settle(answer)
        }
        const onGone = (): void => {
          if (child === asked) child = null
          settle('crashed')
        }
        const timer = setTimeout(() => settle('timeout'), timeoutMs)
        asked.on('message', onMessage).once('exit', onGone).once('error', onGone)
        asked.send({ id, ...request } satisfies KeychainRequest, (error) => {
          if (error !== null) onGone()
        })
      })
    },
    end,
  }
}

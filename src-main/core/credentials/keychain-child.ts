import type * as keytarModule from 'keytar'
import type { KeychainAnswer, KeychainRequest } from './keychain-messages.ts'

// A process of its own: a locked keyring can block every thread of keytar's caller, and some calls bring the process down.
// Its parent speaks to it over IPC alone and ends it when an answer takes too long.

type Keytar = typeof keytarModule

let loading: Promise<Keytar> | null = null

/** keytar is an optional dependency: it is loaded at the first request, so that a failure is an answer and not a crash. */
function loadKeytar(): Promise<Keytar> {
  return (loading ??= import('keytar').then((module) => module.default))
}

async function answer(request: KeychainRequest): Promise<KeychainAnswer> {
  const { id, service, account, action } = request
  let keytar: Keytar
  try {
    keytar = await loadKeytar()
  } catch (error) {
    return { id, ok: false, reason: 'unloadable', words: wordsOf(error) }
  }
  try {
    switch (action.do) {
      case 'get':
        return { id, ok: true, value: await keytar.getPassword(service, account) }
      case 'set':
        await keytar.setPassword(service, account, action.value)
        return { id, ok: true, value: null }
      case 'delete':
        return { id, ok: true, value: await keytar.deletePassword(service, account) }
    }
  } catch (error) {
    return { id, ok: false, reason: 'refused', words: wordsOf(error) }
  }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300)
}

process.on('message', (request: KeychainRequest) => {
  void answer(request).then((said) => process.send?.(said))
})
// Ctrl-C reaches the whole group; the parent may still have to store something before it ends.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit(0))

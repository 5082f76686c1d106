import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeychain } from '../../../src-main/core/credentials/keychain.ts'

// Children that misbehave as a keychain can; the real keychain has tests of its own in test/keyring.

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trailview-keychain-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

function child(script: string): URL {
  const path = join(folder, 'child.mjs')
  writeFileSync(path, script)
  return pathToFileURL(path)
}

/** Keeps entries in a file, so that they outlive the child. */
const store = `
  import { existsSync, readFileSync, writeFileSync } from 'node:fs'
  const path = new URL('./store.json', import.meta.url)
  const entries = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  function answer({ id, account, action }) {
    const had = entries[account]
    if (action.do === 'set') entries[account] = action.value
    if (action.do === 'delete') delete entries[account]
    writeFileSync(path, JSON.stringify(entries))
    process.send({ id, ok: true, value: action.do === 'get' ? had ?? null : action.do === 'delete' ? had !== undefined : null })
  }
`

describe('the keychain’s child', () => {
  it('is asked one thing at a time, in the order of the calls', async () => {
    const keychain = createKeychain({
      childUrl: child(`${store}
        let isBusy = false
        process.on('message', (request) => {
          if (isBusy) process.exit(1)
          isBusy = true
          setTimeout(() => { isBusy = false; answer(request) }, 5)
        })`),
    })
    const found = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        await keychain.set('shared', String(index))
        return keychain.get('shared')
      }),
    )
    expect(found).toHaveLength(10)
    expect(await keychain.get('shared')).toEqual({ state: 'found', value: '9' })
    await keychain.dispose()
  })

  it('is started again when it crashes, and the call is repeated', async () => {
    const keychain = createKeychain({
      childUrl: child(`${store}
        process.on('message', (request) => {
          const crashed = new URL('./crashed', import.meta.url)
          if (existsSync(crashed)) return answer(request)
          writeFileSync(crashed, '')
          process.abort()
        })`),
    })
    await keychain.set('a', 'b')
    expect(await keychain.get('a')).toEqual({ state: 'found', value: 'b' })
    await keychain.dispose()
  })

  it('that crashes every time is an error, not a crash of ours', async () => {
    const keychain = createKeychain({ childUrl: child(`process.on('message', () => process.abort())`) })
    await expect(keychain.get('a')).rejects.toMatchObject({ code: 'KEYCHAIN_REFUSED', retryable: true })
    expect(await keychain.state()).toBe('absent')
    await keychain.dispose()
  })

  it('that never answers is ended, and the next call gets a new one', async () => {
    const keychain = createKeychain({
      timeoutMs: 1_000,
      childUrl: child(`${store}
        process.on('message', (request) => {
          const asked = new URL('./asked', import.meta.url)
          if (existsSync(asked)) return answer(request)
          writeFileSync(asked, '')
        })`),
    })
    await expect(keychain.set('a', 'very secret')).rejects.toMatchObject({ code: 'KEYCHAIN_TIMEOUT', retryable: true })
    expect(await keychain.state()).toBe('locked')
    await keychain.set('a', 'b')
    expect(await keychain.state()).toBe('available')
    await keychain.dispose()
  })

  it('that never answers does not hold the end up', async () => {
    const keychain = createKeychain({ childUrl: child(`process.on('message', () => undefined)`) })
    const waiting = [keychain.get('a'), keychain.set('a', 'b')].map((call) =>
      call.then(() => 'answered').catch((error: unknown) => (error as Error).message),
    )
    await keychain.dispose()
    expect(await Promise.all(waiting)).toEqual(Array(2).fill(expect.stringContaining('closing')))
  })

  it('whose script is missing is an error', async () => {
    const keychain = createKeychain({ childUrl: pathToFileURL(join(folder, 'none.mjs')) })
    await expect(keychain.get('a')).rejects.toMatchObject({ code: 'KEYCHAIN_REFUSED' })
    await keychain.dispose()
  })

  it('without keytar says so as a state', async () => {
    const keychain = createKeychain({
      childUrl: child(
        `process.on('message', ({ id }) => process.send({ id, ok: false, reason: 'unloadable', words: 'Cannot find module' }))`,
      ),
    })
    expect(await keychain.state()).toBe('unsupported')
    await expect(keychain.get('a')).rejects.toMatchObject({ code: 'KEYCHAIN_ABSENT' })
    await keychain.dispose()
  })

  it.each([
    ['Cannot create an item in a locked collection', 'KEYCHAIN_LOCKED', 'locked'],
    ['Prompt dismissed', 'KEYCHAIN_LOCKED', 'locked'],
    ['User interaction is not allowed.', 'KEYCHAIN_LOCKED', 'locked'],
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'KEYCHAIN_ABSENT', 'absent'],
    ['Could not connect: No such file or directory', 'KEYCHAIN_ABSENT', 'absent'],
    ['The name org.freedesktop.secrets was not provided by any .service files', 'KEYCHAIN_ABSENT', 'absent'],
    ['The stub received bad data', 'KEYCHAIN_REFUSED', 'available'],
  ])('that says "%s" means %s', async (words, code, state) => {
    const keychain = createKeychain({
      childUrl: child(
        `process.on('message', ({ id }) => process.send({ id, ok: false, reason: 'refused', words: ${JSON.stringify(words)} }))`,
      ),
    })
    await expect(keychain.set('a', 'very secret')).rejects.toSatisfy((error) => !JSON.stringify(error).includes('very secret'))
    await expect(keychain.get('a')).rejects.toMatchObject({ code })
    expect(await keychain.state()).toBe(state)
    await keychain.dispose()
  })

  it('that reads nothing and cannot write is locked, not empty', async () => {
    const keychain = createKeychain({
      childUrl: child(`process.on('message', ({ id, action }) => process.send(
        action.do === 'set' ? { id, ok: false, reason: 'refused', words: 'locked collection' } : { id, ok: true, value: action.do === 'get' ? null : false }))`),
    })
    await expect(keychain.get('a')).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED' })
    await expect(keychain.delete('a')).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED' })
    await keychain.dispose()
  })
})

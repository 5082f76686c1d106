import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unlockArchiveKey } from '../../src-main/core/credentials/archive-key.ts'
import { createCredentials } from '../../src-main/core/credentials/credentials.ts'
import { createKeychain, type KeychainOptions } from '../../src-main/core/credentials/keychain.ts'
import type { SecretStore } from '../../src-main/core/ports.ts'
import { createKeyring, missingTools, type Keyring } from './keyring.ts'

const childUrl = new URL('../../src-main/core/credentials/keychain-child.ts', import.meta.url)
const missing = missingTools()
const opened: SecretStore[] = []

function open(environment: NodeJS.ProcessEnv, options: Partial<KeychainOptions> = {}): SecretStore {
  const keychain = createKeychain({ childUrl, environment, timeoutMs: 20_000, ...options })
  opened.push(keychain)
  return keychain
}

afterEach(async () => {
  for (const keychain of opened.splice(0)) await keychain.dispose()
})

describe.skipIf(missing.length > 0)(`a real keyring${missing.length > 0 ? ` (not on this machine: ${missing.join(', ')})` : ''}`, () => {
  let keyring: Keyring

  beforeEach(async () => {
    keyring = await createKeyring()
    await keyring.start('unlocked')
  })

  afterEach(() => keyring.dispose())

  it('sets, uses, changes and forgets a credential', async () => {
    const keychain = open(keyring.environment)
    const credentials = createCredentials(keychain)
    expect(await keychain.state()).toBe('available')
    await credentials.save('1', { token: 'first ä\n' })
    expect(await credentials.read('1')).toEqual({ token: 'first ä\n' })
    expect(await keyring.lookup('connection/1')).toBe('{"token":"first ä\\n"}')
    await credentials.save('1', { token: 'second' })
    expect(await createCredentials(open(keyring.environment)).read('1')).toEqual({ token: 'second' })
    expect(await credentials.forget('1')).toBe(true)
    expect(await credentials.forget('1')).toBe(false)
    expect(await keyring.lookup('connection/1')).toBeNull()
    await expect(credentials.read('1')).rejects.toMatchObject({ code: 'CREDENTIAL_MISSING' })
  })

  it('leaves nothing of its own probing behind', async () => {
    const keychain = open(keyring.environment)
    expect(await keychain.get('connection/none')).toEqual({ state: 'missing' })
    expect(await keyring.lookup('probe')).toBeNull()
  })

  it('survives many calls at once', async () => {
    const keychain = open(keyring.environment)
    const accounts = Array.from({ length: 30 }, (_, index) => `connection/${index}`)
    await Promise.all(accounts.map((account) => keychain.set(account, `value of ${account}`)))
    expect(await Promise.all(accounts.map((account) => keychain.get(account)))).toEqual(
      accounts.map((account) => ({ state: 'found', value: `value of ${account}` })),
    )
  })

  it('is locked: every call says so, nothing reads as missing, and it works again once unlocked', async () => {
    const keychain = open(keyring.environment)
    await keychain.set('connection/1', 'value')
    await keyring.start('locked')
    await expect(keychain.get('connection/1')).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED', retryable: true })
    await expect(keychain.get('connection/2')).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED' })
    await expect(keychain.set('connection/1', 'other')).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED' })
    await expect(keychain.delete('connection/1')).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED' })
    expect(await keychain.state()).toBe('locked')
    expect(await open(keyring.environment).state()).toBe('locked')
    await keyring.start('unlocked')
    expect(await keychain.get('connection/1')).toEqual({ state: 'found', value: 'value' })
    expect(await keychain.state()).toBe('available')
  })

  it('goes away in mid-session and comes back', async () => {
    const keychain = open(keyring.environment)
    await keychain.set('connection/1', 'value')
    await keyring.stop()
    await expect(keychain.get('connection/1')).rejects.toMatchObject({ code: 'KEYCHAIN_ABSENT' })
    expect(await keychain.state()).toBe('absent')
    await keyring.start('unlocked')
    expect(await keychain.get('connection/1')).toEqual({ state: 'found', value: 'value' })
  })

  it('keeps the archive’s key: found again, locked, lost, never replaced', async () => {
    const home = mkdtempSync(join(tmpdir(), 'trailview-keyring-home-'))
    try {
      const secrets = open(keyring.environment)
      const created = await unlockArchiveKey({ home, archiveExists: false, secrets })
      expect(created.state).toBe('created')
      expect(await unlockArchiveKey({ home, archiveExists: true, secrets: open(keyring.environment) })).toEqual({
        ...created,
        state: 'found',
      })
      await keyring.start('locked')
      expect(await unlockArchiveKey({ home, archiveExists: true, secrets })).toMatchObject({ state: 'locked', code: 'KEYCHAIN_LOCKED' })
      await keyring.start('unlocked')
      const { archive } = JSON.parse(readFileSync(join(home, 'archive.key.json'), 'utf8')) as { archive: string }
      expect(await secrets.delete(`archive-key/${archive}`)).toBe(true)
      expect(await unlockArchiveKey({ home, archiveExists: true, secrets })).toMatchObject({ state: 'lost' })
    } finally {
      rmSync(home, { recursive: true })
    }
  })

  it('gets secrets over the channel alone: none in the arguments or the environment of any of our processes', async () => {
    const keychain = open(keyring.environment)
    await keychain.set('connection/1', 'a-very-secret-value')
    await keychain.get('connection/1')
    const children = childrenOf(process.pid)
    expect(children.some(({ args }) => args.includes('keychain-child'))).toBe(true)
    expect(children.map(({ args, environment }) => args + environment).join()).not.toContain('a-very-secret-value')
  })
})

describe.skipIf(missing.length > 0)('a keyring whose password prompt nobody answers', () => {
  it('is given up after a while, and works again once unlocked', async () => {
    const keyring = await createKeyring('hangs')
    try {
      await keyring.start('unlocked')
      const keychain = open(keyring.environment, { timeoutMs: 4_000 })
      await keychain.set('connection/1', 'value')
      await keyring.start('locked')
      await expect(keychain.get('connection/1')).rejects.toMatchObject({ code: 'KEYCHAIN_TIMEOUT', retryable: true })
      expect(await keychain.state()).toBe('locked')
      await keyring.start('unlocked')
      expect(await keychain.get('connection/1')).toEqual({ state: 'found', value: 'value' })
    } finally {
      await keyring.dispose()
    }
  })
})

describe.skipIf(missing.length > 0)('no keyring', () => {
  it('on the bus is told from a locked one', async () => {
    const keyring = await createKeyring()
    try {
      const keychain = open(keyring.environment)
      expect(await keychain.state()).toBe('absent')
      await expect(keychain.set('connection/1', 'value')).rejects.toMatchObject({ code: 'KEYCHAIN_ABSENT' })
    } finally {
      await keyring.dispose()
    }
  })

  it.each([
    ['without a bus', {}],
    ['with the address of a bus that is gone', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }],
  ])('%s is a state, not a crash', async (_, bus) => {
    const keychain = open({ PATH: process.env['PATH'], HOME: tmpdir(), ...bus })
    expect(await keychain.state()).toBe('absent')
    await expect(keychain.get('connection/1')).rejects.toMatchObject({ code: 'KEYCHAIN_ABSENT' })
  })

  it('because keytar’s native part is not there is told from all others', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trailview-no-keytar-'))
    try {
      const alone = join(folder, 'keychain-child.mts')
      copyFileSync(childUrl, alone)
      const keychain = open(process.env, { childUrl: pathToFileURL(alone) })
      expect(await keychain.state()).toBe('unsupported')
      await expect(keychain.get('connection/1')).rejects.toMatchObject({ code: 'KEYCHAIN_ABSENT' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

function childrenOf(parent: number): readonly { readonly args: string; readonly environment: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
        if (Number(fields.split(' ')[1]) !== parent) return []
        return [{ args: readFileSync(`/proc/${pid}/cmdline`, 'utf8'), environment: readFileSync(`/proc/${pid}/environ`, 'utf8') }]
      } catch {
        // It ended while we looked.
        return []
      }
    })
}

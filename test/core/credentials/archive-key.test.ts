import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TrailviewError } from '../../../src-main/contract/errors.ts'
import { keyAccount, unlockArchiveKey } from '../../../src-main/core/credentials/archive-key.ts'
import { createMemorySecrets } from '../../../src-main/core/credentials/memory-secrets.ts'
import type { SecretStore } from '../../../src-main/core/ports.ts'

let home: string
let secrets: SecretStore

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trailview-key-'))
  secrets = createMemorySecrets()
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

function noKeychain(state: 'absent' | 'unsupported'): SecretStore {
  const refuse = () => Promise.reject(new TrailviewError('KEYCHAIN_ABSENT', 'No keychain answers.'))
  return { get: refuse, set: refuse, delete: refuse, state: () => Promise.resolve(state), dispose: () => Promise.resolve() }
}

const keyFile = () => JSON.parse(readFileSync(join(home, 'archive.key.json'), 'utf8')) as Record<string, string>

describe('with a keychain', () => {
  it('makes a key for a new archive and finds it again', async () => {
    const created = await unlockArchiveKey({ home, archiveExists: false, secrets })
    expect(created).toMatchObject({ state: 'created', keyHex: expect.stringMatching(/^[0-9a-f]{64}$/) })
    const found = await unlockArchiveKey({ home, archiveExists: true, secrets })
    expect(found).toEqual({ ...created, state: 'found' })
    expect(JSON.stringify(keyFile())).not.toContain('keyHex' in found ? found.keyHex : '')
  })

  it('gives every archive a key of its own', async () => {
    const other = join(home, 'other')
    const [one, two] = [
      await unlockArchiveKey({ home, archiveExists: false, secrets }),
      await unlockArchiveKey({ home: other, archiveExists: false, secrets }),
    ]
    expect(one).not.toEqual(two)
  })

  it('gives two programs that start at once the same key', async () => {
    for (let round = 0; round < 20; round += 1) {
      const folder = join(home, String(round))
      const keys = await Promise.all(Array.from({ length: 4 }, () => unlockArchiveKey({ home: folder, archiveExists: false, secrets })))
      expect(new Set(keys.map((key) => ('keyHex' in key ? key.keyHex : key.state))).size).toBe(1)
      expect(keys.filter((key) => key.state === 'created')).toHaveLength(1)
      expect(readdirSync(folder)).toEqual(['archive.key.json'])
    }
  })

  it('says that the key is lost instead of making another', async () => {
    await unlockArchiveKey({ home, archiveExists: false, secrets })
    await secrets.delete(keyAccount(keyFile()['archive'] ?? ''))
    for (const archiveExists of [true, false])
      expect(await unlockArchiveKey({ home, archiveExists, secrets })).toMatchObject({ state: 'lost', code: 'ARCHIVE_WRONG_KEY' })
  })

  it('says that the key file is lost instead of writing another', async () => {
    expect(await unlockArchiveKey({ home, archiveExists: true, secrets })).toMatchObject({
      state: 'lost',
      sentence: expect.stringContaining('archive.key.json'),
    })
    expect(readdirSync(home)).toEqual([])
  })

  it('passes a locked keychain on, with its sentence', async () => {
    await unlockArchiveKey({ home, archiveExists: false, secrets })
    const locked: SecretStore = { ...secrets, get: () => Promise.reject(new TrailviewError('KEYCHAIN_LOCKED', 'The keychain is locked.')) }
    expect(await unlockArchiveKey({ home, archiveExists: true, secrets: locked })).toEqual({
      state: 'locked',
      code: 'KEYCHAIN_LOCKED',
      sentence: 'The keychain is locked.',
    })
  })

  it('trusts no keychain that does not give back what it took', async () => {
    const forgetful: SecretStore = { ...secrets, get: () => Promise.resolve({ state: 'missing' }) }
    expect(await unlockArchiveKey({ home, archiveExists: false, secrets: forgetful })).toMatchObject({
      state: 'locked',
      code: 'KEYCHAIN_REFUSED',
    })
    expect(readdirSync(home)).toEqual([])
  })
})

describe('without a keychain', () => {
  it.each(['absent', 'unsupported'] as const)('asks for a passphrase when it is %s', async (state) => {
    expect(await unlockArchiveKey({ home, archiveExists: false, secrets: noKeychain(state) })).toMatchObject({
      state: 'needs-passphrase-setup',
    })
    expect(readdirSync(home)).toEqual([])
  })

  it('derives the same key from the passphrase, and from no other', async () => {
    const options = { home, secrets: noKeychain('absent') }
    const created = await unlockArchiveKey({ ...options, archiveExists: false, passphrase: 'correct hörse' })
    expect(created.state).toBe('created')
    expect(await unlockArchiveKey({ ...options, archiveExists: true })).toMatchObject({ state: 'needs-passphrase' })
    // The same letters, decomposed as another keyboard sends them.
    expect(await unlockArchiveKey({ ...options, archiveExists: true, passphrase: 'correct hörse'.normalize('NFD') })).toEqual({
      ...created,
      state: 'found',
    })
    await expect(unlockArchiveKey({ ...options, archiveExists: true, passphrase: 'correct horse' })).rejects.toMatchObject({
      code: 'ARCHIVE_WRONG_KEY',
    })
    const file = JSON.stringify(keyFile())
    expect(file).not.toContain('keyHex' in created ? created.keyHex : '')
    expect(file).not.toContain('correct')
  })

  it('says that the keychain is away when the key lies there', async () => {
    await unlockArchiveKey({ home, archiveExists: false, secrets })
    expect(await unlockArchiveKey({ home, archiveExists: true, secrets: noKeychain('absent'), passphrase: 'something' })).toMatchObject({
      state: 'locked',
      code: 'KEYCHAIN_ABSENT',
    })
  })
})

it.each([
  ['no JSON', '{'],
  ['another format', '{"version":2}'],
  [
    'a cost that would take all memory',
    JSON.stringify({
      version: 1,
      archive: crypto.randomUUID(),
      method: 'passphrase',
      salt: '0'.repeat(32),
      cost: 2 ** 30,
      blockSize: 8,
      parallelism: 1,
      check: '0'.repeat(64),
    }),
  ],
])('refuses a key file with %s', async (_, text) => {
  writeFileSync(join(home, 'archive.key.json'), text)
  await expect(unlockArchiveKey({ home, archiveExists: true, secrets, passphrase: 'long enough' })).rejects.toMatchObject({
    code: 'ARCHIVE_DAMAGED',
  })
  expect(readFileSync(join(home, 'archive.key.json'), 'utf8')).toBe(text)
})

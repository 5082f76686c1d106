import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { TrailviewError, type ErrorCode } from '../../contract/errors.ts'
import type { SecretStore } from '../ports.ts'
import { createKeyFile, newArchiveName, readKeyFile, type KeyFile } from './key-file.ts'

/** What unlocking came to. Sentences are for the reader and say the next step. */
export type ArchiveKey =
  | { readonly state: 'found'; readonly keyHex: string }
  /** A new key for a new archive; already kept safely when this is returned. */
  | { readonly state: 'created'; readonly keyHex: string }
  | { readonly state: 'needs-passphrase'; readonly sentence: string }
  | { readonly state: 'needs-passphrase-setup'; readonly sentence: string }
  /** The keychain did not hand the key out this time; trying again may help. */
  | { readonly state: 'locked'; readonly code: ErrorCode; readonly sentence: string }
  /** The key is not where it was put. Never answered with a new key: that would orphan the archive. */
  | { readonly state: 'lost'; readonly code: ErrorCode; readonly sentence: string }

export interface UnlockOptions {
  readonly home: string
  /** Whether an archive file is there: then only its own key will do. */
  readonly archiveExists: boolean
  readonly secrets: SecretStore
  /** Opens an archive protected by a passphrase; for a new archive, sets it up, keychain or not. */
  readonly passphrase?: string
}

const keySizeBytes = 32
/** 128 MiB and about half a second: once per start for the owner, once per guess for a thief. */
const newScrypt = { cost: 2 ** 17, blockSize: 8, parallelism: 1 } as const

/**
 * Finds or makes the 256-bit key of the archive in `home`.
 * Rejects with `ARCHIVE_WRONG_KEY` for a wrong passphrase, `ARCHIVE_DAMAGED` for a damaged key file, `FILE_NOT_WRITABLE`.
 */
export async function unlockArchiveKey(options: UnlockOptions): Promise<ArchiveKey> {
  const file = await readKeyFile(options.home)
  if (file !== null) return openWith(file, options)
  if (options.archiveExists) {
    return {
      state: 'lost',
      code: 'ARCHIVE_WRONG_KEY',
      sentence: `The file archive.key.json is missing from ${options.home}, and without it the archive there cannot be opened. Restore it from a backup of the same folder.`,
    }
  }
  return options.passphrase === undefined ? createInKeychain(options) : createFromPassphrase(options.home, options.passphrase, options)
}

async function openWith(file: KeyFile, options: UnlockOptions): Promise<ArchiveKey> {
  switch (file.method) {
    case 'keychain':
      return findInKeychain(file, options)
    case 'passphrase':
      if (options.passphrase === undefined)
        return { state: 'needs-passphrase', sentence: 'The archive is protected by a passphrase. Enter it to open the archive.' }
      return { state: 'found', keyHex: await deriveKey(file, options.passphrase) }
  }
}

async function findInKeychain(file: KeyFile, options: UnlockOptions): Promise<ArchiveKey> {
  try {
    const read = await options.secrets.get(keyAccount(file.archive))
    if (read.state === 'found' && /^[0-9a-f]{64}$/.test(read.value)) return { state: 'found', keyHex: read.value }
  } catch (error) {
    return locked(error)
  }
  const entry = keyAccount(file.archive)
  return {
    state: 'lost',
    code: 'ARCHIVE_WRONG_KEY',
    // Even without an archive no new key is made here: two programs starting at once would overwrite each other's.
    sentence: options.archiveExists
      ? `The keychain no longer holds the key of the archive in ${options.home} (entry "${entry}"). Restore the keychain entry from a backup; the archive itself was not touched.`
      : `${options.home} was set up with a key that the keychain does not hold (entry "${entry}"), and holds no archive yet. Delete archive.key.json there to begin a new one.`,
  }
}

async function createInKeychain(options: UnlockOptions): Promise<ArchiveKey> {
  const state = await options.secrets.state()
  if (state === 'absent' || state === 'unsupported') {
    return {
      state: 'needs-passphrase-setup',
      sentence:
        state === 'absent'
          ? 'No keychain answers on this machine. Choose a passphrase: it protects the archive instead and is asked once at every start.'
          : 'This installation cannot use the keychain. Choose a passphrase: it protects the archive instead and is asked once at every start.',
    }
  }
  const archive = newArchiveName()
  const stored = await storeNewKey(archive, options.secrets)
  if (stored.state !== 'created') return stored
  if (await createKeyFile(options.home, { version: 1, archive, method: 'keychain' })) return stored
  await options.secrets.delete(keyAccount(archive))
  return unlockArchiveKey(options)
}

async function storeNewKey(archive: string, secrets: SecretStore): Promise<ArchiveKey> {
  const keyHex = randomBytes(keySizeBytes).toString('hex')
  try {
    await secrets.set(keyAccount(archive), keyHex)
    // Read back before anything is encrypted with it: a keychain that only pretended to store it would cost the whole archive.
    const read = await secrets.get(keyAccount(archive))
    if (read.state === 'found' && read.value === keyHex) return { state: 'created', keyHex }
    throw new TrailviewError(
      'KEYCHAIN_REFUSED',
      'The keychain took the new key of the archive but did not give it back. Check that it is unlocked and try again.',
    )
  } catch (error) {
    return locked(error)
  }
}

async function createFromPassphrase(home: string, passphrase: string, options: UnlockOptions): Promise<ArchiveKey> {
  const salt = randomBytes(16).toString('hex')
  const { key, check } = await stretch(passphrase, { salt, ...newScrypt })
  const file: KeyFile = { version: 1, archive: newArchiveName(), method: 'passphrase', salt, ...newScrypt, check: check.toString('hex') }
  if (await createKeyFile(home, file)) return { state: 'created', keyHex: key.toString('hex') }
  return unlockArchiveKey(options)
}

async function deriveKey(file: Extract<KeyFile, { method: 'passphrase' }>, passphrase: string): Promise<string> {
  const { key, check } = await stretch(passphrase, file)
  if (timingSafeEqual(check, Buffer.from(file.check, 'hex'))) return key.toString('hex')
  throw new TrailviewError(
    'ARCHIVE_WRONG_KEY',
    'This is not the passphrase of the archive. Enter the one that was chosen when the archive was made.',
    { retryable: true },
  )
}

interface StretchOptions {
  readonly salt: string
  readonly cost: number
  readonly blockSize: number
  readonly parallelism: number
}

/** Twice the key's length is derived: the first half is the key, a digest of the second tells a wrong passphrase at once. */
async function stretch(passphrase: string, options: StretchOptions): Promise<{ readonly key: Buffer; readonly check: Buffer }> {
  const { salt, cost, blockSize, parallelism } = options
  const derived = await new Promise<Buffer>((resolve, reject) => {
    const settings = { N: cost, r: blockSize, p: parallelism, maxmem: 256 * cost * blockSize * parallelism }
    // The same passphrase typed on another keyboard layout may arrive composed differently.
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'hex'), keySizeBytes * 2, settings, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
  return { key: derived.subarray(0, keySizeBytes), check: createHash('sha256').update(derived.subarray(keySizeBytes)).digest() }
}

function locked(error: unknown): ArchiveKey {
  if (error instanceof TrailviewError) return { state: 'locked', code: error.code, sentence: error.message }
  throw error
}

/** Name of an archive's key in the keychain. */
export function keyAccount(archive: string): string {
  return `archive-key/${archive}`
}

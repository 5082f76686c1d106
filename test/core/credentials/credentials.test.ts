import { beforeEach, describe, expect, it } from 'vitest'
import { TrailviewError, type ErrorCode } from '../../../src-main/contract/errors.ts'
import { connectionAccount, createCredentials } from '../../../src-main/core/credentials/credentials.ts'
import { createMemorySecrets } from '../../../src-main/core/credentials/memory-secrets.ts'
import type { SecretStore } from '../../../src-main/core/ports.ts'

let secrets: SecretStore

beforeEach(() => {
  secrets = { ...createMemorySecrets(), state: () => Promise.resolve('available') }
})

function refusing(code: ErrorCode): SecretStore {
  const refuse = () => Promise.reject(new TrailviewError(code, 'Refused.'))
  return { get: refuse, set: refuse, delete: refuse, state: () => Promise.resolve('locked'), dispose: () => Promise.resolve() }
}

describe('credentials', () => {
  it('are stored, read, changed and forgotten', async () => {
    const credentials = createCredentials(secrets)
    expect(await credentials.save('1', { token: 'a"\n\u0000ä' })).toBe('stored')
    expect(await createCredentials(secrets).read('1')).toEqual({ token: 'a"\n\u0000ä' })
    await credentials.save('1', { token: 'b' })
    expect(await credentials.read('1')).toEqual({ token: 'b' })
    expect(await credentials.state('1', true)).toBe('stored')
    expect(await credentials.forget('1')).toBe(true)
    expect(await credentials.forget('1')).toBe(false)
    await expect(credentials.read('1')).rejects.toMatchObject({ code: 'CREDENTIAL_MISSING' })
    expect(await credentials.state('1', true)).toBe('missing')
  })

  it('kept for the session never reach the keychain', async () => {
    const credentials = createCredentials(refusing('KEYCHAIN_ABSENT'))
    expect(await credentials.save('1', { token: 'a' }, { sessionOnly: true })).toBe('session-only')
    expect(await credentials.read('1')).toEqual({ token: 'a' })
    expect(await credentials.state('1', false)).toBe('session-only')
    expect(await credentials.forget('1')).toBe(true)
    expect(await credentials.state('1', false)).toBe('missing')
  })

  it('in a store without a keychain are said to last for the session only', async () => {
    const memory = createMemorySecrets()
    expect(await createCredentials(memory).save('1', { token: 'a' })).toBe('session-only')
    const credentials = createCredentials(memory)
    expect(await credentials.state('1', false)).toBe('session-only')
    expect(await credentials.read('1')).toEqual({ token: 'a' })
    expect(await credentials.forget('1')).toBe(true)
    expect(await credentials.state('1', false)).toBe('missing')
  })

  it.each([
    ['KEYCHAIN_LOCKED', 'locked'],
    ['KEYCHAIN_TIMEOUT', 'locked'],
    ['KEYCHAIN_ABSENT', 'locked'],
    ['KEYCHAIN_REFUSED', 'refused'],
  ] as const)('pass %s on and show as %s', async (code, state) => {
    const credentials = createCredentials(refusing(code))
    await expect(credentials.read('1')).rejects.toMatchObject({ code })
    await expect(credentials.save('1', { token: 'a' })).rejects.toMatchObject({ code })
    expect(await credentials.state('1', true)).toBe(state)
  })

  it('ask the keychain once for a list that is shown again and again', async () => {
    let reads = 0
    await createCredentials(secrets).save('1', { token: 'a' })
    const credentials = createCredentials({ ...secrets, get: (account) => ((reads += 1), secrets.get(account)) })
    for (let round = 0; round < 5; round += 1) expect(await credentials.state('1', true)).toBe('stored')
    expect(await credentials.state('2', false)).toBe('missing')
    expect(reads).toBe(1)
  })

  it.each(['not JSON: secret-value', '["secret-value"]', '{"token":{"secret-value":1}}'])(
    'that someone edited to %s are refused without being quoted',
    async (value) => {
      await secrets.set(connectionAccount('1'), value)
      const error: unknown = await createCredentials(secrets)
        .read('1')
        .catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'CREDENTIAL_MISSING' })
      expect(String(error) + JSON.stringify(error)).not.toContain('secret-value')
    },
  )
})

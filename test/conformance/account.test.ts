import { expect, it } from 'vitest'
import { startPracticeServices } from '../../src-main/demo/index.ts'
import { openCore } from '../support/open-core.ts'

it('cloudfoundry: a credential of another account is noticed, another one of the same account is not minded', async () => {
  const practice = await startPracticeServices({ seed: 3, events: 800 })
  const { cloudfoundry } = practice
  const [client, refreshToken, accessToken] = cloudfoundry.otherCredentials
  const core = await openCore()
  try {
    const save = async (credential: Readonly<Record<string, string>> | undefined, id?: string) =>
      core.call('connections.save', {
        ...(id === undefined ? {} : { id }),
        service: 'cloudfoundry',
        name: 'Foundation',
        baseUrl: cloudfoundry.baseUrl,
        credential: { ...credential },
      })
    const { id } = await save(cloudfoundry.credential)
    expect(await core.collect()).toMatchObject([{ status: 'done' }])
    for (const same of [refreshToken, accessToken]) {
      await save(same, id)
      expect(await core.collect()).toMatchObject([{ status: 'done', added: 0 }])
    }
    await save(client, id)
    expect(await core.call('connections.test', { id })).toMatchObject({ isOk: false, code: 'ACCOUNT_CHANGED', account: null })
    const [refused] = await core.collect()
    expect(refused).toMatchObject({ status: 'failed', error: { code: 'ACCOUNT_CHANGED' } })
    expect(refused?.error?.message).toContain('belongs to "audit-reader"')
    expect(await core.collect({ full: true })).toMatchObject([{ status: 'done', added: 0, gone: 0 }])
    expect(await core.call('connections.test', { id })).toMatchObject({ isOk: true, account: 'audit-reader' })
    expect(await core.collect()).toMatchObject([{ status: 'done' }])
  } finally {
    await core.close()
    await practice.close()
  }
})

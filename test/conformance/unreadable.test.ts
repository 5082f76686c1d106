import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { serviceIds } from '../../src-main/contract/model/audit-event.ts'
import { startPracticeServices } from '../../src-main/demo/index.ts'
import { openCore } from '../support/open-core.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe.each(serviceIds)('%s: records that cannot be read', (service) => {
  it('are kept byte for byte, counted, and do not end the run, a whole page of them included', { timeout: 120_000 }, async () => {
    const practice = await startPracticeServices({ seed: 13, events: 2_400 })
    const source = practice[service]
    const core = await openCore()
    try {
      const { baseUrl, credential } = source
      await core.call('connections.save', { service, name: service, baseUrl, credential: { ...credential } })
      const victims = source.groundTruth().filter((_event, index) => index % 40 === 7)
      victims.forEach(({ externalId }, index) => source.damage(externalId, index % 2 === 0 ? 'bad-time' : 'wrong-types'))
      source.faults.inject({ kind: 'unreadable-page' }, { skip: 2, times: 4 })

      const [run] = await core.collect()
      expect(run?.error ?? null).toBeNull()
      const archived = await core.events()
      const mapped = new Set(archived.filter((event) => event.mapped).map(({ externalId }) => externalId))
      const hashes = new Set(archived.map(({ hash }) => hash))
      const damaged = source.groundTruth().filter(({ isDamaged }) => isDamaged)
      expect(damaged.length).toBeGreaterThan(victims.length)
      for (const { payload } of damaged) expect(hashes.has(sha256(payload)), payload).toBe(true)
      for (const { externalId, isDamaged } of source.groundTruth()) expect(isDamaged || mapped.has(externalId), externalId).toBe(true)
      const unmapped = await core.events('has:unmapped')
      expect(unmapped.length).toBeGreaterThanOrEqual(damaged.length)
      expect(unmapped.every(({ mapped: isMapped, occurredAt }) => !isMapped && occurredAt === null)).toBe(true)
      expect(run?.unmapped).toBe(unmapped.length)
      expect(await core.call('events.count', { query: { text: 'has:unmapped' } })).toEqual({ total: unmapped.length, exact: true })
      expect(await core.call('archive.verify', {})).toMatchObject({ isSound: true })
    } finally {
      await core.close()
      await practice.close()
    }
  })
})

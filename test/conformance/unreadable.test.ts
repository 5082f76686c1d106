import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { connectorNames, openStand } from './stand.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe.each(connectorNames)('%s: records that cannot be read', (connector) => {
  it('are kept byte for byte, counted, and do not end the run, a whole page of them included', async () => {
    const stand = await openStand(connector, { seed: 13, events: 2_400 })
    const { source } = stand
    try {
      const victims = source.groundTruth().filter((_event, index) => index % 40 === 7)
      victims.forEach(({ externalId }, index) => source.damage(externalId, index % 2 === 0 ? 'bad-time' : 'wrong-types'))
      source.faults.inject({ kind: 'unreadable-page' }, { skip: 2, times: 4 })

      const run = await stand.collect()
      expect(run?.error ?? null).toBeNull()
      const archived = await stand.events()
      const mapped = new Set(archived.filter((event) => event.mapped).map(({ externalId }) => externalId))
      const hashes = new Set(archived.map(({ hash }) => hash))
      const damaged = source.groundTruth().filter(({ isDamaged }) => isDamaged)
      expect(damaged.length).toBeGreaterThan(victims.length)
      for (const { payload } of damaged) expect(hashes.has(sha256(payload)), payload).toBe(true)
      for (const { externalId, isDamaged } of source.groundTruth()) expect(isDamaged || mapped.has(externalId), externalId).toBe(true)
      const unmapped = await stand.events('unmapped')
      expect(unmapped.length).toBeGreaterThanOrEqual(damaged.length)
      expect(unmapped.every(({ mapped: isMapped, occurredAt }) => !isMapped && occurredAt === null)).toBe(true)
      expect(run?.unmapped).toBe(unmapped.length)
      expect(await stand.verify()).toEqual([])
    } finally {
      await stand.close()
    }
  })
})

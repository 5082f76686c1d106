import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ServiceId } from '../../src-main/contract/model/audit-event.ts'
import { startPracticeServices, type PracticeService, type PracticeServices } from '../../src-main/demo/index.ts'
import { openCore } from '../support/open-core.ts'
import { connectorNames, openStand } from './stand.ts'

/** Where one signs in, or learns as whom. */
const isSignIn = (path: string): boolean => path === '/' || path.endsWith('/token') || ['/api/account/current', '/api/me'].includes(path)

/** Requests that are neither lists of events nor signing in. */
const lookUps = ({ requestLog }: PracticeService): number =>
  requestLog.filter(({ listIndex, path }) => listIndex === null && !isSignIn(path)).length

describe.each(connectorNames)('%s: names', (connector) => {
  it('take at most a tenth of the requests of a first run', async () => {
    const stand = await openStand(connector, { seed: 5, events: 60_000 })
    try {
      const run = await stand.collect()
      expect(run?.error ?? null).toBeNull()
      expect(run?.added).toBeGreaterThanOrEqual(9_000)
      expect(lookUps(stand.source)).toBeLessThanOrEqual((run?.requests ?? 0) / 10)
    } finally {
      await stand.close()
    }
  })
})

/** Services that answer in ways which need more requests for a name than usual. */
const scanty: readonly (readonly [string, ServiceId, (practice: PracticeServices) => void])[] = [
  ['Cloud Foundry without v3, one by one', 'cloudfoundry', ({ cloudfoundry }) => void (cloudfoundry.quirks.isV3On = false)],
  ['Onehub without names in its sentences, by member lists', 'onehub', ({ onehub }) => withoutNames(onehub)],
  ['OK SKY without included rooms', 'oksky', ({ oksky }) => void (oksky.quirks.canIncludeRooms = false)],
]

function withoutNames(service: PracticeService): void {
  for (const { externalId } of service.groundTruth())
    service.rewrite(externalId, (payload) => payload.replace(/"detail":"(?:[^"\\]|\\.)*"/, '"detail":"did something"'))
}

it.each(scanty)('%s: no run spends more than its share, and later runs name the rest', async (_how, id, prepare) => {
  const practice = await startPracticeServices({ seed: 5, events: 2_000 })
  prepare(practice)
  const source = practice[id]
  const core = await openCore()
  try {
    await core.call('connections.save', { service: id, name: id, baseUrl: source.baseUrl, credential: { ...source.credential } })
    const waiting = async (): Promise<number> => (await core.call('connections.status', {}))[0]?.awaitingNamesCount ?? -1
    for (let before = -1, asked = 0; before !== 0;) {
      const [run] = await core.collect()
      expect(run).toMatchObject({ status: 'done', changed: 0 })
      expect(lookUps(source) - asked).toBeLessThanOrEqual(Math.max(3, (run?.requests ?? 0) / 10))
      asked = lookUps(source)
      const left = await waiting()
      if (before >= 0) expect(left).toBeLessThan(before)
      before = left
    }
  } finally {
    await core.close()
    await practice.close()
  }
})

/** Ids of the messages that the service knows. */
async function knownMessages({ baseUrl, credential }: PracticeService): Promise<ReadonlySet<string>> {
  const type = 'application/vnd.api+json'
  const headers = { 'x-access-token': credential['token'] ?? '', 'content-type': type, accept: type }
  const ids = new Set<string>()
  for (let page = 1; ; page++) {
    const response = await fetch(`${baseUrl}/rapi/v1/messages?page[size]=100&page[number]=${page}`, { headers })
    const { data } = (await response.json()) as { readonly data: readonly { readonly id: string }[] }
    if (data.length === 0) return ids
    for (const { id } of data) ids.add(id)
  }
}

describe.each([true, false])('rooms that events do not name (included with what lives in them: %s)', (canIncludeRooms) => {
  it('are all filled in by later runs, a few requests each, without a revision', async () => {
    const practice = await startPracticeServices({ seed: 5, events: 8_000 })
    const source = practice.oksky
    source.quirks.canIncludeRooms = canIncludeRooms
    const core = await openCore()
    try {
      const { service, baseUrl, credential } = source
      await core.call('connections.save', { service, name: service, baseUrl, credential: { ...credential } })
      await core.collect()
      const known = await knownMessages(source)
      const roomless = async (): Promise<number> =>
        (await core.events('kind:message')).filter(({ object, workspace }) => known.has(object?.id ?? '') && workspace === null).length
      expect(await roomless()).toBeGreaterThan(0)
      for (let before = -1, asked = lookUps(source); before !== asked;) {
        before = asked
        const [run] = await core.collect()
        expect(run).toMatchObject({ status: 'done', added: 0, changed: 0 })
        asked = lookUps(source)
        expect(asked - before).toBeLessThanOrEqual(3)
      }
      expect(await roomless()).toBe(0)
      const payloads = new Map(source.groundTruth().map(({ externalId, payload }) => [externalId, payload]))
      for (const { externalId, hash, revision } of await core.events()) {
        expect(revision).toBe(1)
        expect(hash).toBe(
          createHash('sha256')
            .update(payloads.get(externalId) ?? '')
            .digest('hex'),
        )
      }
      expect(await core.call('archive.verify', {})).toMatchObject({ isSound: true })
    } finally {
      await core.close()
      await practice.close()
    }
  })
})

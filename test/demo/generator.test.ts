import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { allTypes } from '../../src-main/demo/cloudfoundry/types.ts'
import { generatePayloads, type GeneratedPayload } from '../../src-main/demo/index.ts'
import { at, nowMs, start } from './support.ts'

const generated = (seed: number, events: number): readonly GeneratedPayload[] => [...generatePayloads({ seed, events, nowMs })]
const digest = (payloads: readonly GeneratedPayload[]): string => {
  const hash = createHash('sha256')
  for (const { payload } of payloads) hash.update(payload)
  return hash.digest('hex')
}
const everything = generated(1, 20_000)
const parsed = (service: GeneratedPayload['service']): readonly unknown[] =>
  everything.filter((event) => event.service === service).map(({ payload }) => JSON.parse(payload) as unknown)

describe('the generator', () => {
  it('makes the same bytes for the same seed and others for another', () => {
    expect(digest(generated(1, 20_000))).toBe(digest(everything))
    expect(digest(generated(2, 20_000))).not.toBe(digest(everything))
  })

  it('makes as many events as asked for, with unique ids, over two years, oldest first', () => {
    expect(everything).toHaveLength(20_000)
    expect(new Set(everything.map(({ service, externalId }) => `${service} ${externalId}`)).size).toBe(20_000)
    const times = everything.map(({ timeMs }) => timeMs)
    expect(times).toEqual([...times].sort((left, right) => left - right))
    expect((nowMs - (times[0] ?? nowMs)) / 86_400_000).toBeGreaterThan(720)
    expect(nowMs - (times.at(-1) ?? 0)).toBeLessThan(5 * 86_400_000)
    expect(times.at(-1)).toBeLessThan(nowMs)
  })

  it('serves the very events it generates', async () => {
    const services = await start({ seed: 1, events: 20_000 })
    const key = ({ service, externalId, timeMs }: Omit<GeneratedPayload, 'payload'>): string => `${service} ${externalId} ${timeMs}`
    const served = services.all.flatMap((service) => service.groundTruth().map(key))
    expect(served.sort()).toEqual(everything.map(key).sort())
  })

  it('is skewed like real life: one actor with about a third, a long tail, office hours and quiet weekends', () => {
    const busiest = everything.filter(({ payload }) => /"user_id":481\b|Matthew|matthew\.anderson|"users","id":"1"/.test(payload)).length
    const lyticsActors = Map.groupBy(parsed('lytics'), (event) => at(event, 'user_id'))
    lyticsActors.delete(undefined)
    const busiestInLytics = Math.max(...[...lyticsActors.values()].map((events) => events.length))
    expect((busiest + busiestInLytics) / everything.length).toBeGreaterThan(0.28)
    expect((busiest + busiestInLytics) / everything.length).toBeLessThan(0.4)
    expect(new Set(parsed('onehub').map((event) => at(event, 'event', 'user_id'))).size).toBeGreaterThan(80)
    const weekends = everything.filter(({ timeMs }) => [0, 6].includes(new Date(timeMs - 8 * 3_600_000).getUTCDay())).length
    expect(weekends / everything.length).toBeLessThan(0.12)
  })

  it('has every kind of event each service knows', () => {
    expect(new Set(parsed('cloudfoundry').map((event) => at(event, 'type')))).toEqual(new Set(allTypes.map(({ name }) => name)))
    const predicates = new Set(parsed('onehub').map((event) => /<predicate>(\w+)/.exec(String(at(event, 'event', 'detail')))?.[1]))
    expect([...predicates].sort()).toEqual([
      'created',
      'deleted',
      'downloaded',
      'invited',
      'moved',
      'renamed',
      'updated',
      'uploaded',
      'viewed',
    ])
    const subjects = new Set(parsed('lytics').map((event) => `${String(at(event, 'subject_type'))} ${String(at(event, 'verb'))}`))
    for (const subject of [
      'entity clustered',
      'segment deleted',
      'work status',
      'topic-document created',
      'auth created',
      'report created',
      'account updated',
    ]) {
      expect(subjects).toContain(subject)
    }
    const kinds = new Set(
      parsed('oksky').map((event) => `${String(at(event, 'attributes', 'kind'))} ${String(at(event, 'attributes', 'resource_type'))}`),
    )
    for (const kind of ['signin null', 'signout null', 'obj_create Message', 'obj_destroy Room', 'obj_update Support'])
      expect(kinds).toContain(kind)
  })

  it('holds names that must not act: markup, formulas, control characters, overrides, half characters', () => {
    const text = everything.map(({ payload }) => payload).join('\n')
    const parts = ['&lt;script&gt;alert(1)', '=HYPERLINK(', '\\u001b[31m', '\u202E', '\\ud83d', '佐藤', 'DROP TABLE']
    expect(parts.filter((part) => !text.includes(part))).toEqual([])
  })

  it('knows the same people in all services by their e-mail', async () => {
    const services = await start()
    const email = 'matthew.anderson@meridian.example'
    const lytics = await fetch(`${services.lytics.baseUrl}/api/user/${email}`, {
      headers: { authorization: services.lytics.credential['token'] ?? '' },
    })
    expect(await lytics.text()).toContain('Matthew Anderson')
    expect(services.cloudfoundry.groundTruth().some(({ payload }) => payload.includes(email))).toBe(true)
  })
})

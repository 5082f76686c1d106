import { describe, expect, it } from 'vitest'
import type { ServiceId } from '../../src-main/contract/model/audit-event.ts'
import type { ConnectionOptions } from '../../src-main/contract/model/connection.ts'
import type { WalkPage } from '../../src-main/core/connectors/define.ts'
import type { PracticeServices } from '../../src-main/demo/index.ts'
import { definitions, nowMs, practice, walk } from './walking.ts'

interface Fields {
  readonly [key: string]: unknown
  readonly event?: Record<string, unknown>
}

/** The records a walk with these options hands on, and all records of the service, parsed. */
async function narrowed(services: PracticeServices, id: ServiceId, options: ConnectionOptions) {
  expect(definitions[id].checkOptions(options)).toEqual([])
  const pages: readonly WalkPage[] = await walk(definitions[id], services[id], { options })
  const all = services[id].groundTruth().map(({ payload }) => JSON.parse(payload) as Fields)
  const got = new Map(pages.flatMap(({ records }) => records.map(({ value }) => [JSON.stringify(value), value as Fields])))
  return { all, got: [...got.values()] }
}

const sorted = (records: readonly unknown[]): string[] => records.map((record) => JSON.stringify(record)).sort()

interface Case {
  readonly options: ConnectionOptions
  readonly keeps: (record: Fields, index: number) => boolean
}

const instant = '2025-06-01T00:00:00Z'
const instantMs = Date.parse(instant)

describe('Onehub', () => {
  const time = (record: Fields): number => Date.parse(String(record['event']?.['updated_at']))
  const cases: readonly Case[] = [
    { options: { workspaces: '4137, 4148' }, keeps: ({ event }) => event?.['workspace_id'] === 4137 || event?.['workspace_id'] === 4148 },
    {
      options: { verbs: 'upload,invite' },
      keeps: ({ event }) => /<predicate>(uploaded|invited)</.test(String(event?.['detail'])),
    },
    { options: { start_time: 'Sun, 01 Jun 2025 02:00:00 +0200' }, keeps: (record) => time(record) >= instantMs },
    { options: { end_time: instant }, keeps: (record) => time(record) <= instantMs },
  ]
  it.each(cases)('$options', async ({ options, keeps }) => {
    const { all, got } = await narrowed(await practice(1_500), 'onehub', options)
    expect(sorted(got)).toEqual(sorted(all.filter(keeps)))
    expect(got.length).toBeGreaterThan(0)
    expect(got.length).toBeLessThan(all.length)
  })

  it('actor and filter_self', async () => {
    const services = await practice(1_500)
    const events = services.onehub.groundTruth().map(({ payload }) => JSON.parse(payload) as Fields)
    const actor = String(events.at(-1)?.['event']?.['user_id'])
    const { all, got } = await narrowed(services, 'onehub', { actor })
    expect(sorted(got)).toEqual(sorted(all.filter(({ event }) => String(event?.['user_id']) === actor)))
    const without = await narrowed(services, 'onehub', { filter_self: 'true' })
    expect(without.got.length).toBeGreaterThan(0)
    expect(without.got.length).toBeLessThan(all.length)
  })

  it('a filter the service ignores still narrows', async () => {
    const services = await practice(1_500)
    services.onehub.quirks.ignoredParameters = ['workspaces', 'start_time']
    const { all, got } = await narrowed(services, 'onehub', { workspaces: '4137', start_time: instant })
    expect(sorted(got)).toEqual(sorted(all.filter((record) => record['event']?.['workspace_id'] === 4137 && time(record) >= instantMs)))
  })
})

describe('Lytics', () => {
  const time = (record: Fields): number => Date.parse(String(record['timestamp']))
  const cases: readonly Case[] = [
    { options: { type: 'segment' }, keeps: (record) => record['subject_type'] === 'segment' },
    { options: { verb: 'deleted', limit: '7' }, keeps: (record) => record['verb'] === 'deleted' },
    { options: { after: '2025-06-01' }, keeps: (record) => time(record) >= instantMs },
    {
      options: { before: instant, after: 'now-400d' },
      keeps: (record) => time(record) <= instantMs && time(record) >= nowMs - 400 * 86_400_000,
    },
    { options: { start: '150' }, keeps: (_record, index) => index >= 150 },
  ]
  it.each(cases)('$options', async ({ options, keeps }) => {
    const { all, got } = await narrowed(await practice(1_500), 'lytics', options)
    expect(sorted(got)).toEqual(sorted(all.filter(keeps)))
    expect(got.length).toBeGreaterThan(0)
  })

  it('id, account_id and version', async () => {
    const services = await practice(1_500)
    const [first] = services.lytics.groundTruth().map(({ payload }) => JSON.parse(payload) as Fields)
    const subject = String(first?.['subject_id'])
    const { all, got } = await narrowed(services, 'lytics', { id: subject })
    expect(sorted(got)).toEqual(sorted(all.filter((record) => record['subject_id'] === subject)))
    expect((await narrowed(services, 'lytics', { api: 'v1' })).got.every((record) => 'ts' in record && !('user_id' in record))).toBe(true)
  })
})

describe('OK SKY', () => {
  it('filter[id]', async () => {
    const services = await practice(1_500)
    const { all, got } = await narrowed(services, 'oksky', { 'filter[id]': '3, 5,7' })
    expect(sorted(got)).toEqual(sorted(all.filter(({ id }) => ['3', '5', '7'].includes(String(id)))))
  })

  it('page[size] and page[number]', async () => {
    const services = await practice(1_500)
    const { all, got } = await narrowed(services, 'oksky', { 'page[size]': '20', 'page[number]': '3' })
    const newestFirst = all.toSorted((a, b) => Number(b['id']) - Number(a['id']))
    expect(sorted(got)).toEqual(sorted(newestFirst.slice(40)))
    expect(
      services.oksky.requestLog.every(({ query }) =>
        query.some(([name, value]) => name === 'page[size]' && (value === '20' || value === '100')),
      ),
    ).toBe(true)
  })
})

describe.each(['v3', 'v2'] as const)('Cloud Foundry, %s', (api) => {
  const entity = (record: Fields): Fields => (record['entity'] ?? record) as Fields
  const acteeOf = (record: Fields): unknown => entity(record)['actee'] ?? (record['target'] as { guid?: string } | undefined)?.guid
  const time = (record: Fields): number => Date.parse(String(entity(record)['timestamp'] ?? entity(record)['created_at']))
  const second = Math.floor(instantMs / 1000) * 1000
  const cases: readonly (Case & { readonly only?: 'v2' })[] = [
    { options: { q: 'type:audit.app.update' }, keeps: (record) => entity(record)['type'] === 'audit.app.update' },
    {
      options: { q: 'type IN audit.app.create,audit.app.start;timestamp<2025-06-01T00:00:00Z' },
      keeps: (record) => ['audit.app.create', 'audit.app.start'].includes(String(entity(record)['type'])) && time(record) < second,
    },
    { options: { q: `timestamp>=${instant}` }, keeps: (record) => time(record) >= second },
    { options: { q: `timestamp>${instant}` }, keeps: (record) => time(record) >= second + 1000 },
    { options: { q: `timestamp<=${instant}` }, keeps: (record) => time(record) < second + 1000 },
    {
      options: { q: 'type>=audit.route.create', 'inline-relations-depth': '0' },
      keeps: (record) => String(entity(record)['type']) >= 'audit.route.create',
      only: 'v2',
    },
    { options: { 'order-direction': 'desc', 'results-per-page': '20' }, keeps: () => true },
    {
      options: {
        'inline-relations-depth': '1',
        'orphan-relations': '0',
        'exclude-relations': 'space',
        'include-relations': 'organization',
      },
      keeps: () => true,
      only: 'v2',
    },
  ]
  it.each(cases.filter(({ only }) => only === undefined || only === api))('$options', async ({ options, keeps }) => {
    const services = await practice(1_500)
    services.cloudfoundry.quirks.isV3On = api === 'v3'
    const { all, got } = await narrowed(services, 'cloudfoundry', { ...options, api })
    const skewed = (record: Fields): boolean => Math.abs(time(record) - second) <= 5_000
    expect(sorted(got.filter((record) => !skewed(record)))).toEqual(
      sorted(all.filter((record, index) => keeps(record, index) && !skewed(record))),
    )
    expect(got.length).toBeGreaterThan(0)
    for (const name of [
      'inline-relations-depth',
      'orphan-relations',
      'exclude-relations',
      'include-relations',
      'order-direction',
    ] as const) {
      const value = options[name]
      if (value === undefined || api === 'v3') continue
      expect(services.cloudfoundry.requestLog.some(({ query }) => query.some(([key, sent]) => key === name && sent === value))).toBe(true)
    }
  })

  it('actee, and a first page', async () => {
    const services = await practice(1_500)
    services.cloudfoundry.quirks.isV3On = api === 'v3'
    const [first] = services.cloudfoundry.groundTruth().map(({ payload }) => JSON.parse(payload) as Fields)
    const actee = String(acteeOf(first ?? {}))
    const { all, got } = await narrowed(services, 'cloudfoundry', { q: `actee:${actee}`, api })
    expect(sorted(got)).toEqual(sorted(all.filter((record) => acteeOf(record) === actee)))
    const later = await narrowed(services, 'cloudfoundry', { page: '2', 'results-per-page': '100', api })
    expect(later.got).toHaveLength(all.length - 100)
  })
})

describe('values that cannot be used', () => {
  it.each<readonly [ServiceId, ConnectionOptions, number]>([
    [
      'onehub',
      { workspaces: '1,x', verbs: 'steal', filter_self: 'maybe', actor: 'ann', start_time: 'yesterday', end_time: '2016-01-18T11:16:53' },
      6,
    ],
    ['onehub', { start_time: '2026-01-02T00:00:00Z', end_time: '2026-01-01T00:00:00Z', actor: '1,2' }, 2],
    ['lytics', { limit: '101', start: '-1', before: 'soon', after: 'now-3x', api: 'v9' }, 5],
    ['lytics', { after: '2026-01-02', before: '2026-01-01' }, 1],
    ['oksky', { 'filter[id]': 'a', 'page[size]': '101', 'page[number]': '0' }, 3],
    ['cloudfoundry', { q: 'nonsense;colour:red;timestamp>soon;type:' }, 4],
    ['cloudfoundry', { api: 'v3', q: 'type>a', 'include-relations': 'space' }, 2],
    [
      'cloudfoundry',
      { api: 'v2', 'results-per-page': '101', page: '0', 'order-direction': 'up', 'inline-relations-depth': '4', 'orphan-relations': '2' },
      5,
    ],
  ])('%s %o', (id, options, count) => {
    const problems = definitions[id].checkOptions(options)
    expect(problems).toHaveLength(count)
    for (const problem of problems) expect(problem).toMatch(/^[A-Zv].*\.$/)
  })

  it.each(['onehub', 'lytics', 'oksky', 'cloudfoundry'] as const)(
    '%s: no options are fine, and every option is a field of the form',
    (id) => {
      expect(definitions[id].checkOptions({})).toEqual([])
      const keys = definitions[id].info.options.map(({ key }) => key)
      for (const key of definitions[id].narrowingOptions) expect(keys).toContain(key)
    },
  )
})

describe('addresses', () => {
  it.each<readonly [ServiceId, string, string]>([
    ['onehub', '', 'https://ws-api.onehub.com/'],
    ['onehub', 'ws-api.onehub.com', 'https://ws-api.onehub.com/'],
    ['onehub', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080/'],
    ['lytics', 'https://api.lytics.io/api/', 'https://api.lytics.io/'],
    ['oksky', 'acme', 'https://acme.ok-sky.com/'],
    ['oksky', 'acme.ok-sky.com', 'https://acme.ok-sky.com/'],
    ['oksky', 'https://chat.example.com/rapi/v1/', 'https://chat.example.com/'],
    ['oksky', 'http://localhost:9', 'http://localhost:9/'],
    ['cloudfoundry', 'api.example.com', 'https://api.example.com/'],
  ])('%s: %s is %s', (id, typed, origin) => {
    expect(definitions[id].resolveBaseUrl(typed).href).toBe(origin)
  })

  it.each<readonly [ServiceId, string]>([
    ['onehub', 'http://ws-api.onehub.com'],
    ['onehub', 'https://ann:secret@ws-api.onehub.com'],
    ['lytics', 'ftp://api.lytics.io'],
    ['lytics', 'https://api.lytics.io/else?x=1'],
    ['oksky', ''],
    ['cloudfoundry', ''],
    ['cloudfoundry', 'https://'],
  ])('%s: %s is refused with a sentence that repeats no secret', (id, typed) => {
    expect(() => definitions[id].resolveBaseUrl(typed)).toThrow(expect.objectContaining({ code: 'CONNECTION_INVALID' }))
    expect(() => definitions[id].resolveBaseUrl(typed)).not.toThrow(/secret/)
  })
})

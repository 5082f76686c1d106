import { expect, it } from 'vitest'
import { template } from '../../../src-main/core/connectors/_template/connector.ts'
import { serve } from '../../connectors/runtime/practice-server.ts'
import { openBench, startMs } from './practice.ts'

const entries = Array.from({ length: 450 }, (_unused, index) => ({
  id: `e-${index}`,
  created_at: new Date(startMs - (index + 5) * 3_600_000).toISOString(),
  user_id: index % 3 === 0 ? 'u1' : 'u2',
  action: index % 2 === 0 ? 'viewed' : 'created',
  target: { type: 'report', id: `r${index % 7}`, name: `Report ${index % 7}` },
  project: 'p1',
}))

it('the connector to copy collects everything there is, with names, and nothing twice', async () => {
  let lookUps = 0
  const baseUrl = await serve((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost')
    const asked = (name: string): string => url.searchParams.get(name) ?? ''
    if (request.headers.authorization !== 'Bearer practice-token') return void response.writeHead(401).end()
    if (url.pathname === '/api/people') {
      lookUps++
      return void response.end(JSON.stringify({ people: [{ id: 'u1', name: 'Ada Lovelace', email: 'ada@example.com' }] }))
    }
    const inside = entries.filter((entry) => entry.created_at < asked('before') && entry.created_at >= asked('after'))
    const from = Number(asked('cursor'))
    const to = from + Number(asked('limit'))
    response.end(JSON.stringify({ entries: inside.slice(from, to), next: to < inside.length ? String(to) : null }))
  })
  const bench = await openBench([{ baseUrl: baseUrl.origin }], template)
  try {
    const [run] = await bench.collect()
    expect(run).toMatchObject({ status: 'done', added: 450, changed: 0, unchanged: 0, unmapped: 0, coverage: [null, expect.any(String)] })
    expect(new Set(await bench.ids())).toEqual(new Set(entries.map(({ id }) => id)))
    const { events } = await bench.archive.reader.page({ tree: { kind: 'all' }, zone: 'UTC' }, 'newest', null, 2)
    expect(events.map(({ summary }) => summary)).toEqual(['Ada Lovelace viewed report Report 0', 'u2 created report Report 1'])
    expect((await bench.collect())[0]).toMatchObject({ status: 'done', added: 0, requests: 1 })
    // The second user is unknown to the service, and that is remembered.
    expect(lookUps).toBe(1)
  } finally {
    await bench.close()
  }
})

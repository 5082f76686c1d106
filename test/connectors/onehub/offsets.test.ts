import { describe, expect, it } from 'vitest'
import { onehub } from '../../../src-main/core/connectors/onehub/connector.ts'
import { linkTo, Memory, textOf } from '../walking.ts'
import { serve } from '../runtime/practice-server.ts'

interface Trail {
  readonly unit: 'items' | 'pages'
  readonly saysPage: boolean
  /** Ids, newest first; may change while it is read. */
  readonly ids: number[]
  /** Called before each answer. */
  readonly before?: (request: number) => void
}

/** A server that knows the audit trail of one file. */
async function serveTrail(trail: Trail): Promise<{ readonly baseUrl: string; readonly asked: string[] }> {
  const asked: string[] = []
  const baseUrl = await serve((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1')
    asked.push(url.search)
    trail.before?.(asked.length)
    const offset = Number(url.searchParams.get('offset') ?? '0') * (trail.unit === 'items' ? 1 : 30)
    const items = trail.ids.slice(offset, offset + 30).map((id) => ({ event: { id, updated_at: '2016-01-18T11:16:53-08:00' } }))
    const head = {
      total_entries: 0,
      total_pages: 0,
      per_page: 30,
      ...(trail.saysPage ? { current_page: Math.floor(offset / 30) + 1 } : {}),
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...head, items }))
  })
  return { baseUrl: baseUrl.href, asked }
}

async function readTrail(baseUrl: string, memory = new Memory()): Promise<number[]> {
  const client = linkTo(onehub, { baseUrl, credential: { accessToken: 'token-token' } }).client()
  const context = {
    client,
    options: {},
    memory,
    resume: null,
    signal: new AbortController().signal,
    nowMs: 0,
    report: () => undefined,
    fileId: '7',
  }
  const ids: number[] = []
  for await (const page of onehub.walkFileTrail?.(context) ?? []) {
    ids.push(...page.records.map((record) => (JSON.parse(textOf(record)) as { event: { id: number } }).event.id))
  }
  return ids
}

const idsDown = (count: number): number[] => Array.from({ length: count }, (_, index) => 1000 - index)

describe('what an offset counts', () => {
  const counts = [0, 1, 29, 30, 31, 60, 61, 200]
  it.each(
    counts.flatMap((count) =>
      (['items', 'pages'] as const).flatMap((unit) => [true, false].map((saysPage) => ({ count, unit, saysPage }))),
    ),
  )('$count events, offset in $unit, page number told: $saysPage', async ({ count, unit, saysPage }) => {
    const { baseUrl } = await serveTrail({ unit, saysPage, ids: idsDown(count) })
    expect(await readTrail(baseUrl)).toEqual(idsDown(count))
  })

  it('is remembered, and found out anew when it turns out wrong', async () => {
    const memory = new Memory()
    const pages = await serveTrail({ unit: 'pages', saysPage: true, ids: idsDown(100) })
    await readTrail(pages.baseUrl, memory)
    expect(memory.get('offsetUnit')).toBe('pages')
    const items = await serveTrail({ unit: 'items', saysPage: true, ids: idsDown(100) })
    expect(await readTrail(items.baseUrl, memory)).toEqual(idsDown(100))
    expect(memory.get('offsetUnit')).toBe('items')
  })

  it.each(['items', 'pages'] as const)('an event taken away in mid-walk hides no other, offset in %s', async (unit) => {
    const ids = idsDown(100)
    const { baseUrl } = await serveTrail({ unit, saysPage: true, ids, before: (request) => void (request === 3 && ids.shift()) })
    expect(new Set(await readTrail(baseUrl))).toEqual(new Set(idsDown(100)))
  })
})

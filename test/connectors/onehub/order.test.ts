import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { onehub } from '../../../src-main/core/connectors/onehub/connector.ts'
import type { Json } from '../../../src-main/core/connectors/define.ts'
import { parseRfc2822 } from '../../../src-main/core/connectors/kit/times.ts'
import { serve } from '../runtime/practice-server.ts'
import { Memory, nowMs, textOf, walkPages } from '../walking.ts'

interface Activity {
  readonly id: number
  readonly ms: number
}

interface Reading {
  /** By how much the service reads a bound otherwise than it was meant. */
  readonly misreadMs: number
  /** Which of two rows is listed first, below 0 the first one. */
  readonly order: (a: Activity, b: Activity) => number
}

const hourMs = 3_600_000
const credential = { accessToken: 'token-token' }
const byTime = (a: Activity, b: Activity): number => b.ms - a.ms || b.id - a.id

/** A server that lists events, 30 a page. */
async function serveActivity(
  all: readonly Activity[],
  { misreadMs, order }: Reading,
): Promise<{ readonly baseUrl: string; requests(): number }> {
  let count = 0
  const listed = all.toSorted(order)
  const baseUrl = await serve((request, response) => {
    count++
    const { searchParams } = new URL(request.url ?? '', 'http://127.0.0.1')
    const bound = (name: string, none: number): number => (parseRfc2822(searchParams.get(name) ?? '') ?? none) + misreadMs
    const [fromMs, toMs] = [bound('start_time', -Infinity), bound('end_time', Infinity)]
    const offset = Number(searchParams.get('offset') ?? '0')
    const items = listed
      .filter(({ ms }) => ms >= fromMs && ms <= toMs)
      .slice(offset, offset + 30)
      .map(({ id, ms }) => ({ event: { id, updated_at: new Date(ms).toISOString().replace('.000Z', '+00:00') } }))
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ total_entries: 0, total_pages: 0, current_page: offset / 30 + 1, per_page: 30, items }))
  })
  return { baseUrl: baseUrl.href, requests: () => count }
}

/** Ids that a walk brings; stopped after so many pages and gone on with, again and again, each time a page later, where a number is given. */
async function collect(baseUrl: string, pagesOfARun = Infinity): Promise<ReadonlySet<number>> {
  const ids = new Set<number>()
  const memory = new Memory()
  let resume: Json = null
  for (let runs = 0; runs < 300; runs++) {
    let pages = 0
    let isDone = true
    for await (const page of walkPages(onehub, { baseUrl, credential }, { memory, resume })) {
      for (const record of page.records) ids.add((JSON.parse(textOf(record)) as { event: { id: number } }).event.id)
      resume = page.resume
      if (++pages < pagesOfARun + runs) continue
      isDone = false
      break
    }
    if (isDone) return ids
  }
  throw new Error('The walk does not come to its end.')
}

/** Events that lie so many seconds apart at most, on whole seconds. */
const activities = (gaps: readonly number[]): Activity[] => {
  let ms = nowMs - 3 * hourMs
  return gaps.map((gap, index) => ({ id: 100_000 - index, ms: (ms -= gap * 1000) }))
}

describe('a list that comes newest first', () => {
  it('is read with about two requests for each page it has', async () => {
    const all = activities(Array.from({ length: 3_000 }, (_unused, index) => (index * 7919) % 900))
    const { baseUrl, requests } = await serveActivity(all, { misreadMs: 0, order: byTime })
    expect((await collect(baseUrl)).size).toBe(all.length)
    expect(requests()).toBeLessThan((all.length / 30) * 2.2)
  })

  it('is read whole, however a bound is read, also in parts', async () => {
    const gaps = fc
      .integer({ min: 1, max: 2_000 })
      .chain((most) => fc.array(fc.integer({ min: 1, max: most }), { minLength: 200, maxLength: 500 }))
    await fc.assert(
      fc.asyncProperty(
        gaps,
        fc.constantFrom(-hourMs, 0, hourMs),
        fc.constantFrom(3, 10, Infinity),
        async (list, misreadMs, pagesOfARun) => {
          const all = activities(list)
          const { baseUrl, requests } = await serveActivity(all, { misreadMs, order: byTime })
          expect((await collect(baseUrl, pagesOfARun)).size).toBe(all.length)
          if (pagesOfARun === Infinity) expect(requests()).toBeLessThan(40 + all.length)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('is read whole where rows lie up to a dozen places from where their time puts them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 5, max: 900 }),
        fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 400, maxLength: 400 }),
        async (gap, jitter) => {
          const all = activities(jitter.map(() => gap))
          const place = new Map(all.map(({ id }, index) => [id, index + (index % 97 < 30 ? (jitter[index] ?? 0) : 0)]))
          const order = (a: Activity, b: Activity): number => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0)
          const { baseUrl } = await serveActivity(all, { misreadMs: 0, order })
          expect((await collect(baseUrl)).size).toBe(all.length)
        },
      ),
      { numRuns: 25 },
    )
  })
})

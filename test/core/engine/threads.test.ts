import { expect, onTestFinished, test } from 'vitest'
import type { Archive } from '../../../src-main/core/cache/archive.ts'
import { openArchive } from '../../../src-main/core/cache/client.ts'
import { parseQuery } from '../../../src-main/core/query/parse.ts'
import { workerUrl } from '../../support/built.ts'
import { event, keyHex, page, record, temporaryHome } from '../cache/archive-fixture.ts'
import { connections, everything, query } from './engine-fixture.ts'

const parsed = (text: string) => query(parseQuery(text, { zone: 'UTC', nowMs: 0 }).tree)

async function threads(home = temporaryHome()): Promise<Archive & { readonly home: string }> {
  const archive = await openArchive({ home, keyHex, workerUrl })
  onTestFinished(() => archive.close())
  for (const connection of connections) await archive.writer.saveConnection(connection)
  return { ...archive, home }
}

const records = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) =>
    record({
      externalId: `e${from + i}`,
      occurredAt: new Date(Date.UTC(2024, 0, 1) + (from + i) * 1_000).toISOString(),
      object: { kind: 'file', id: `f${i % 7}`, name: `plan ${i}.pdf` },
    }),
  )

test('sees what this process commits, at the next question', async () => {
  const { writer, reader } = await threads()
  expect(await reader.count(everything)).toEqual({ total: 0, exact: true })
  await writer.commitPage(page(records(10)))
  expect(await reader.count(everything)).toEqual({ total: 10, exact: true })
  const [first] = (await reader.page(everything, 'newest', null, 1)).events
  const id = first?.id ?? ''
  await writer.markReview([id], 'follow-up', '2024-05-01T00:00:00.000Z')
  await writer.tag(id, ['Urgent'], [], '2024-05-01T00:00:00.000Z')
  await writer.note(id, 'Ask Ännä', '2024-05-01T00:00:00.000Z')
  for (const text of ['status:follow-up', 'tag:urgent', 'has:note', 'anna', 'urgent', `id:${id}`, 'id:E9']) {
    expect(
      (await reader.page(parsed(text), 'newest', null, 5)).events.map((found) => found.id),
      text,
    ).toEqual([id])
  }
  await writer.tag(id, [], ['Urgent'], '2024-05-01T00:00:00.000Z')
  expect((await reader.count(parsed('tag:urgent'))).total).toBe(0)
})

test('tells of commits, also of another process', async () => {
  const own = await threads()
  const other = await openArchive({ home: own.home, keyHex, workerUrl })
  onTestFinished(() => other.close())
  const told = new Promise<{ readonly added: number }>((resolve) => {
    const undo = own.reader.onChanged((change) => {
      if (change.added === 0) return
      undo()
      resolve(change)
    })
  })
  await other.writer.commitPage(page(records(3)))
  expect((await told).added).toBe(3)
  expect((await own.reader.count(everything)).total).toBe(3)
})

test('shows a changed event as it is now, with both payloads', async () => {
  const { writer, reader } = await threads()
  await writer.commitPage(page([record({ externalId: 'e1' }, '{"v":1}'), record({ externalId: 'e2' })]))
  await reader.count(everything)
  await writer.commitPage(page([record({ externalId: 'e1', occurredAt: '2020-01-01T00:00:00.000Z', action: 'renamed' }, '{"v":2}')]))
  const [last] = (await reader.page(everything, 'newest', null, 5)).events.toReversed()
  expect(last).toMatchObject({ externalId: 'e1', action: 'renamed', revision: 2 })
  const id = last?.id ?? ''
  expect((await reader.page(parsed('has:revision'), 'newest', null, 5)).events.map((found) => found.id)).toEqual([id])
  expect((await reader.get(id)).revisions.map(({ revision, sizeBytes }) => [revision, sizeBytes])).toEqual([
    [2, 7],
    [1, 7],
  ])
  expect(Buffer.from((await reader.payload(id, 1)).bytes).toString()).toBe('{"v":1}')
  expect(Buffer.from((await reader.payload(id, null)).bytes).toString()).toBe('{"v":2}')
  await expect(reader.payload(id, 3)).rejects.toMatchObject({ code: 'EVENT_NOT_FOUND' })
  await expect(reader.get('0'.repeat(24))).rejects.toMatchObject({ code: 'EVENT_NOT_FOUND' })
})

test('forgets a purged connection, and what comes after it is found', async () => {
  const { writer, reader } = await threads()
  await writer.commitPage(page(records(5), { connection: 'c1' }))
  await writer.commitPage(page(records(4, 100), { connection: 'c2' }))
  expect((await reader.count(everything)).total).toBe(9)
  await writer.removeConnection('c1', true)
  expect((await reader.count(everything)).total).toBe(4)
  await writer.commitPage(
    page([record({ externalId: 'late', actor: { id: null, name: 'Somebody Else', email: null, kind: 'user' } })], { connection: 'c2' }),
  )
  expect((await reader.count(parsed('somebody'))).total).toBe(1)
  expect((await reader.count(everything)).total).toBe(5)
  expect((await reader.summary()).eventCount).toBe(5)
})

test('streams one moment of the archive, whole and in order, while events arrive', async () => {
  const { writer, reader } = await threads()
  await writer.commitPage(page(records(2_500)))
  const seen: string[] = []
  let hasAdded = false
  for await (const batch of reader.stream(everything, 'oldest')) {
    if (!hasAdded) await writer.commitPage(page(records(100, 5_000)))
    hasAdded = true
    for (const { event: found, payload } of batch) {
      seen.push(found.externalId)
      expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ externalId: found.externalId })
    }
  }
  expect(seen).toEqual(records(2_500).map((made) => made.event?.externalId))
  expect((await reader.count(everything)).total).toBe(2_600)
})

test('stops at once when cancelled, and goes on answering', async () => {
  const { writer, reader } = await threads()
  await writer.commitPage(page(records(3_000)))
  const stop = new AbortController()
  const slow = reader.count(parsed('raw:zzz'), stop.signal)
  const others = Promise.all([reader.page(everything, 'newest', null, 10), reader.count(parsed('plan'))])
  stop.abort()
  await expect(slow).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
  expect((await others)[1].total).toBe(3_000)
  await expect(reader.count(everything, stop.signal)).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
  const iterator = reader.stream(everything, 'newest', stop.signal)[Symbol.asyncIterator]()
  await expect(iterator.next()).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
})

test('reads what it needs by index where there is one', async () => {
  const { writer, reader } = await threads()
  await writer.commitPage(page(records(50)))
  const [first] = (await reader.page(everything, 'newest', null, 1)).events
  for (const text of [`id:${first?.id ?? ''}`, 'id:e7', 'id:e7,e8 verb:read', 'id:nowhere']) {
    const steps = await reader.explain(parsed(text))
    expect(steps.at(0), text).toMatch(/by the index of ids$/)
    expect(
      steps.filter((step) => step.includes('every event')),
      text,
    ).toEqual([])
  }
  expect((await reader.explain(parsed('id:e7'))).at(-1)).toBe('1 events by list, none looked at besides')
  expect((await reader.explain(parsed('nothing-like-this'))).at(-1)).toBe('nothing can match: no event is looked at')
  expect((await reader.explain(parsed('id:e*'))).join()).toContain('every event is read')
})

test('each timeline is counted as its query counts', async () => {
  const { writer, reader } = await threads()
  const named = (name: string | null, id: string | null, kind = 'file') => ({ kind, id, name })
  const objects = [
    named('a', '1'),
    named('renamed', '1'),
    named('1', null),
    named('a', null),
    named('a "b", c*', '2'),
    named('x', '1', 'room'),
    named('1', '9'),
  ]
  const made = objects.flatMap((object, i) => [
    record({
      externalId: `x${i}`,
      object,
      workspace: named(`w${i % 3}`, i % 2 === 0 ? 'w0' : null, 'workspace'),
      actor: i === 3 ? null : { id: null, name: object.name, email: 'a', kind: 'user' },
    }),
    record({ ...event(), externalId: `y${i}`, object }),
  ])
  await writer.commitPage(page(made, { connection: 'c1' }))
  await writer.commitPage(page(made, { connection: 'c2' }))
  for (const kind of ['files', 'users', 'workspaces'] as const) {
    const { entries, total } = await reader.timelines(kind, '', null, 0, 100)
    expect(total).toBe(entries.length)
    expect(entries.length).toBeGreaterThan(1)
    for (const entry of entries) expect((await reader.count(parsed(entry.query))).total, entry.query).toBe(entry.count)
    const [second] = (await reader.timelines(kind, '', null, 1, 1)).entries
    expect(second).toEqual(entries[1])
    const { kinds } = await reader.timelines(kind, '', null, 0, 1)
    expect(kinds.reduce((sum, one) => sum + one.entries, 0)).toBe(total)
    for (const one of kinds) {
      const ofKind = await reader.timelines(kind, '', one.kind, 0, 100)
      expect(ofKind.entries).toEqual(entries.filter((entry) => entry.kind === one.kind))
      expect([ofKind.total, ofKind.kinds]).toEqual([one.entries, kinds])
    }
  }
  expect(await reader.timelines('files', '', 'no such kind', 0, 10)).toMatchObject({ entries: [], total: 0 })
  const found = await reader.timelines('files', 'RENAMED', null, 0, 10)
  expect(found.entries.map(({ id, connection }) => [id, connection])).toEqual([
    ['1', 'c1'],
    ['1', 'c2'],
  ])
})

test('lines are the events of a stream, whichever thread made them, while events arrive', async () => {
  const { writer, reader } = await threads()
  await writer.commitPage(page(records(7_000)))
  const large = 'x'.repeat(1_500_000)
  await writer.commitPage(page(Array.from({ length: 4 }, (_, i) => record({ externalId: `large ${i}` }, `{"large":"${large}","i":${i}}`))))
  const expected: unknown[] = []
  for await (const batch of reader.stream(everything, 'newest'))
    for (const { event: found, payload } of batch) expected.push({ ...found, raw: Buffer.from(payload).toString() })
  const lines: string[] = []
  let rows = 0
  let untilNow = Promise.resolve<unknown>(null)
  for await (const batch of reader.lines(everything, 'newest', 'ndjson')) {
    untilNow = untilNow.then(() => writer.commitPage(page(records(3, 10_000 + rows))))
    lines.push(...Buffer.from(batch.bytes).toString().trimEnd().split('\n'))
    rows += batch.rows
    expect(Object.values(batch.counts.byService)).toEqual([batch.rows])
  }
  await untilNow
  expect(rows).toBe(7_004)
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(expected)
  for await (const batch of reader.lines(parsed('nothing-like-this'), 'newest', 'csv')) expect(batch).toBe(null)
})

test('lines stay what they are until the next are asked for, also where a range makes more than one batch', async () => {
  const { writer, reader } = await threads()
  const made = records(3_000).map((one, i) => ({ ...one, payload: Buffer.from(JSON.stringify({ i, text: 'x'.repeat(4_000) })) }))
  await writer.commitPage(page(made))
  let batches = 0
  for await (const { bytes } of reader.lines(everything, 'newest', 'csv')) {
    const before = Buffer.from(bytes)
    // As long as it takes to write them, in which the threads go on.
    await writer.commitPage(page(records(20, 10_000 + 20 * batches)))
    expect(Buffer.compare(bytes, before)).toBe(0)
    batches++
  }
  expect(batches).toBeGreaterThan(3)
})

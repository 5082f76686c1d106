import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { NormalisedEvent, Outcome, Subject } from '../../../src-main/contract/model/audit-event.ts'
import type { PageRecord } from '../../../src-main/core/cache/archive.ts'
import { openDatabase } from '../../../src-main/core/cache/driver.ts'
import { createSharedNames } from '../../../src-main/core/cache/engine/lines/names-ahead.ts'
import { ListReader } from '../../../src-main/core/cache/engine/threads/stream-thread.ts'
import type { LineFormatName } from '../../../src-main/core/export/lines.ts'
import { tableColumns } from '../../../src-main/core/export/table.ts'
import { commit, event, keyHex, page, testArchive } from '../cache/archive-fixture.ts'
import { linesOf } from './export-harness.ts'
import { readCsv } from './csv-reader.ts'
import { splitOf } from '../../support/split.ts'

const anyText = fc.oneof(
  fc.constantFrom('=1+1', '-2', '@sum', '\tx', '\rx', '"', 'a,b', 'a\r\nb', '', "'=x", '\u0001', '\u0004x', '\u0000', '😀', 'ß', '\ufeffx'),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const maybe = fc.option(anyText)
const anySubject: fc.Arbitrary<Subject> = fc.record({ kind: fc.constantFrom('file', 'a "room"'), id: maybe, name: maybe })

const anyEvent: fc.Arbitrary<Partial<NormalisedEvent>> = fc
  .record({
    timeMs: fc.oneof(
      fc.constantFrom('0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z').map((time) => Date.parse(time)),
      fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
    ),
    original: fc.option(anyText),
    actor: fc.option(fc.record({ id: maybe, name: maybe, email: maybe, kind: fc.constantFrom('user', '+bot') })),
    action: anyText,
    object: fc.option(anySubject),
    workspace: fc.option(anySubject),
    related: fc.array(anySubject, { maxLength: 2 }),
    outcome: fc.constantFrom<Outcome>('success', 'failure', 'unknown'),
    summary: fc.array(anyText, { maxLength: 3 }),
  })
  .map(({ timeMs, original, summary, ...rest }) => {
    const occurredAt = new Date(timeMs).toISOString()
    const names = [rest.actor?.name, rest.object?.name, rest.workspace?.name].map((name) => name ?? '')
    return { ...rest, occurredAt, occurredAtOriginal: original ?? occurredAt, summary: [...names, ...summary].join(' ') }
  })

const anyRecord = fc.record({ facts: fc.option(anyEvent), payload: fc.oneof(fc.json(), anyText), newer: fc.option(anyEvent) })

/** What an export must say of an event: what went in, and nothing of how it is stored. The id is another test's business. */
function expectedOf(
  mapped: NormalisedEvent | null,
  externalId: string,
  payload: string,
  revision: number,
): Readonly<Record<string, unknown>> {
  const bytes = Buffer.from(payload)
  const unreadable = { occurredAt: null, occurredAtOriginal: null, actor: null, object: null, workspace: null, related: [] }
  const facts = mapped ?? { ...unreadable, externalId, action: 'unmapped', verb: 'other', outcome: 'unknown', summary: 'Unreadable record' }
  const collected = { connection: 'c1', service: 'onehub', collectedAt: '2024-04-01T00:00:00.000Z' }
  return {
    ...facts,
    ...collected,
    revision,
    hash: createHash('sha256').update(bytes).digest('hex'),
    mapped: mapped !== null,
    raw: bytes.toString(),
  }
}

/** The same as cells by column name, formulas disarmed. */
function cellsOf(expected: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const cells = Object.entries(expected).flatMap(([name, value]): (readonly [string, unknown])[] => {
    const parts = { actor: ['id', 'name', 'email', 'kind'], object: ['kind', 'id', 'name'], workspace: ['kind', 'id', 'name'] }[name]
    if (parts !== undefined) return parts.map((part) => [`${name}.${part}`, (value as Record<string, unknown> | null)?.[part]])
    return [[name, name === 'related' ? JSON.stringify(value) : value]]
  })
  return new Map(cells.map(([name, value]) => [name, String(value ?? '').replace(/^(?=[=+\-@\t\r])/, "'")]))
}

/** Lines of all events, as the thread of an export makes them; they must be those of whole events. */
async function linesFrom(home: string, format: LineFormatName): Promise<string> {
  const db = openDatabase({ home, keyHex, role: 'reader' })
  try {
    const rows = db.prepare<[], { seq: number; actor: number; object: number }>('SELECT seq, actor, object FROM event ORDER BY seq').all()
    const [actor, object] = [rows.map((row) => row.actor), rows.map((row) => row.object)]
    const list = {
      rows: Uint32Array.from(rows, ({ seq }) => seq - 1),
      actor: splitOf(actor),
      object: splitOf(object),
      actorCount: Math.max(...actor) + 1,
      objectCount: Math.max(...object) + 1,
    }
    const reader = await ListReader.open(db, list, createSharedNames(list, rows.length, 1), { share: 0, shares: 1 })
    reader.names.read(0, rows.length)
    const { batch } = reader.linesOf(0, rows.length, format, 'UTC')
    const { events, payloads, ends } = reader.eventsFrom(0, rows.length)
    const exported = events.map((event, i) => ({ event, payload: payloads.subarray(ends[i - 1] ?? 0, ends[i]) }))
    const expected = linesOf(format, 'UTC', exported)
    const lines = Buffer.from(batch.bytes).toString()
    expect(lines).toBe(Buffer.from(expected.bytes).toString())
    expect({ ...batch, bytes: null }).toEqual({ ...expected, bytes: null })
    return lines
  } finally {
    db.close()
  }
}

it('says exactly what was collected, however nasty, in the newest revision', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 30 }), async (made) => {
      const { writer, home } = testArchive()
      const expected = new Map<unknown, Readonly<Record<string, unknown>>>()
      const collect = (facts: Partial<NormalisedEvent> | null, at: number, payload: string, revision: number): PageRecord => {
        const externalId = `e${at}`
        const mapped = facts === null ? null : event({ ...facts, externalId })
        expected.set(externalId, expectedOf(mapped, externalId, payload, revision))
        const unmappedReason = mapped === null ? 'No time.' : null
        return { payload: Buffer.from(payload), event: mapped, unmappedReason, externalId: mapped === null ? externalId : null }
      }
      commit(writer, page(made.map(({ facts, payload }, at) => collect(facts, at, payload, 1))))
      const revised = made.flatMap(({ newer, payload }, at) => (newer === null ? [] : [collect(newer, at, `${payload} again`, 2)]))
      commit(writer, page(revised, { receivedAt: '2024-05-01T00:00:00.000Z' }))

      const events = (await linesFrom(home, 'ndjson')).trimEnd().split('\n')
      const read = events.map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(new Map(read.map(({ id, ...rest }) => [rest['externalId'], { ...rest, id: typeof id }]))).toEqual(
        new Map([...expected].map(([externalId, facts]) => [externalId, { ...facts, id: 'string' }])),
      )
      await linesFrom(home, 'ocsf')
      const [, ...names] = tableColumns
      const rows = readCsv(await linesFrom(home, 'csv')).map(([, ...cells]) => new Map(names.map((name, i) => [name, cells[i]])))
      expect(new Map(rows.map((row) => [row.get('externalId'), row]))).toEqual(
        new Map([...expected].map(([externalId, facts]) => [externalId, cellsOf(facts)])),
      )
    }),
    { numRuns: 20 },
  )
})

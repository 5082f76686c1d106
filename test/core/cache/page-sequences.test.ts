import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NormalisedEvent } from '../../../src-main/contract/model/audit-event.ts'
import type { PageRecord } from '../../../src-main/core/cache/archive.ts'
import { archivePath } from '../../../src-main/core/cache/files.ts'
import { openWriter } from '../../../src-main/core/cache/write/writer.ts'
import { verifyArchive } from '../../../src-main/core/ledger/verify-archive.ts'
import { commit, connection, event, keyHex, page, testArchive, type OpenTestArchive } from './archive-fixture.ts'
import { readBack } from './read-back.ts'
import { openForWriting } from '../../../src-main/core/cache/open.ts'

const name = fc.oneof(
  fc.constantFrom('Ada', 'plan.pdf', 'a b', '', ' ', 'viewed', '\u0001', '\u0004x', 'Ä\u0000'),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
)
const nullable = fc.option(name, { freq: 3 })
const subject = fc.option(fc.record({ kind: fc.constantFrom('file', 'room'), id: nullable, name: nullable }), { freq: 5 })

const mapped: fc.Arbitrary<NormalisedEvent> = fc
  .record({
    externalId: fc.integer({ min: 0, max: 30 }).map((id) => `e${id}`),
    ms: fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
    actor: fc.option(fc.record({ id: nullable, name: nullable, email: nullable, kind: fc.constant('user') }), { freq: 5 }),
    object: subject,
    workspace: subject,
    words: fc.array(fc.oneof(name, fc.constantFrom('viewed', 'in')), { maxLength: 5 }),
    outcome: fc.constantFrom('success' as const, 'failure' as const, 'unknown' as const),
  })
  .map(({ ms, words, ...rest }) => {
    const parts = [rest.actor?.name, ...words, rest.object?.name, 'in', rest.workspace?.name].filter((part) => typeof part === 'string')
    return event({ ...rest, occurredAt: new Date(ms).toISOString(), occurredAtOriginal: String(ms), summary: parts.join(' ') })
  })

const anyRecord: fc.Arbitrary<PageRecord> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(mapped, fc.integer({ min: 0, max: 2 }))
      .map(([value, variant]) => readable(value, `${JSON.stringify(value)} ${variant}`)),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 5 }).map((n) => unreadable(`bytes ${n}`, null)) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 30 }).map((n) => unreadable(`odd ${n}`, `e${n}`)) },
  { weight: 1, arbitrary: fc.tuple(mapped, fc.integer({ min: 0, max: 5 })).map(([value, n]) => readable(value, `bytes ${n}`)) },
)

function readable(value: NormalisedEvent, payload: string): PageRecord {
  return { payload: Buffer.from(payload), event: value, unmappedReason: null, externalId: null }
}

function unreadable(payload: string, externalId: string | null): PageRecord {
  return { payload: Buffer.from(payload), event: null, unmappedReason: 'Unreadable.', externalId }
}

interface ModelEvent {
  externalId: string
  mapped: NormalisedEvent | null
  readonly payloads: string[]
  /** Its bytes, where it first came without an id. */
  readonly namelessBytes: string | null
}

/** What an archive should hold, in the simplest words: events in order of arrival, found by id or, without one, by their bytes. */
class Model {
  readonly events: ModelEvent[] = []

  add(record: PageRecord): void {
    const payload = Buffer.from(record.payload).toString()
    const externalId = record.event?.externalId ?? record.externalId ?? ''
    const known = this.#find(externalId, payload)
    if (known === undefined) {
      this.events.push({ externalId, mapped: record.event, payloads: [payload], namelessBytes: externalId === '' ? payload : null })
      return
    }
    if (known.externalId === '') known.externalId = externalId
    const isNew = known.payloads.at(-1) !== payload
    if (isNew) known.payloads.push(payload)
    if (record.event && (isNew || known.mapped === null)) known.mapped = record.event
  }

  #find(externalId: string, payload: string): ModelEvent | undefined {
    const byId = externalId === '' ? undefined : this.events.find((one) => one.externalId === externalId)
    return byId ?? this.events.find((one) => one.namelessBytes === payload && (externalId === '' || one.mapped === null))
  }
}

function compare({ db, home }: Pick<OpenTestArchive, 'db' | 'home'>, model: Model): void {
  const stored = readBack(db).map(({ externalId, mapped: event, payloads }) => ({ externalId, mapped: event, payloads }))
  expect(stored).toEqual(model.events.map(({ externalId, mapped: event, payloads }) => ({ externalId, mapped: event, payloads })))
  expect(verifyArchive(db, archivePath(home), () => {}).findings).toEqual([])
}

describe('any sequence of pages', () => {
  it('leaves the archive as the model says, across groups, merges of keys and reopening', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.array(anyRecord, { maxLength: 8 }), { maxLength: 3 }), { maxLength: 5 }), (groups) => {
        const { db, writer, home } = testArchive({ generationSize: 8 })
        const model = new Model()
        groups.forEach((group, at) => {
          for (const records of group) for (const record of records) model.add(record)
          const results = writer.commitPages(group.map((records) => page(records, { runId: `r${at}` })))
          const counted = results.map((result) =>
            'error' in result ? -1 : result.outcome.added + result.outcome.changed + result.outcome.unchanged,
          )
          expect(counted).toEqual(group.map((records) => records.length))
        })
        compare({ db, home }, model)

        const second = openForWriting(home, keyHex)
        try {
          const later = openWriter(second, archivePath(home), { generationSize: 8 })
          later.saveConnection(connection)
          const everything = groups.flat(2)
          for (const record of everything) model.add(record)
          commit(later, page(everything, { runId: 'again' }))
          // The first writer has to notice what the second one did.
          for (const record of everything) model.add(record)
          commit(writer, page(everything, { runId: 'and again' }))
          compare({ db, home }, model)
        } finally {
          second.close()
        }
      }),
      { numRuns: 25 },
    )
  })
})

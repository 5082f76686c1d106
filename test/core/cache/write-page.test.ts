import { describe, expect, it } from 'vitest'
import type { PageRecord } from '../../../src-main/core/cache/archive.ts'
import { keyOfExternalId } from '../../../src-main/core/cache/identity.ts'
import { verifyArchive } from '../../../src-main/core/ledger/verify-archive.ts'
import { archivePath } from '../../../src-main/core/cache/files.ts'
import { commit, page, record, testArchive, type OpenTestArchive } from './archive-fixture.ts'
import { readBack, readChanges } from './read-back.ts'

const unmapped = (payload: string, externalId: string | null = null): PageRecord => ({
  payload: Buffer.from(payload),
  event: null,
  unmappedReason: 'No time.',
  externalId,
})

function soundness({ db, home }: OpenTestArchive): readonly string[] {
  return verifyArchive(db, archivePath(home), () => {}).findings
}

describe('a page', () => {
  it('adds each record once, however often it comes', () => {
    const archive = testArchive()
    const first = commit(archive.writer, page([record(), record({ externalId: 'e2' }), record()]))
    expect(first).toEqual({ added: 2, changed: 0, unchanged: 1, late: 0, gone: 0, unmapped: 0 })
    const again = commit(archive.writer, page([record()], { runId: 'r2' }))
    expect(again).toEqual({ added: 0, changed: 0, unchanged: 1, late: 0, gone: 0, unmapped: 0 })
    expect(readBack(archive.db).map((event) => event.externalId)).toEqual(['e1', 'e2'])
    expect(soundness(archive)).toEqual([])
  })

  it('is known again after the writer rested', () => {
    const archive = testArchive()
    commit(archive.writer, page([record(), record({ externalId: 'e2' })]))
    const names = archive.db.prepare<[], number>('SELECT count(*) FROM subject').pluck()
    const before = names.get()
    archive.writer.rest()
    const again = commit(archive.writer, page([record(), record({ externalId: 'e3' })], { runId: 'r2' }))
    expect([again.added, again.unchanged]).toEqual([1, 1])
    expect(names.get()).toBe(before)
    expect(soundness(archive)).toEqual([])
  })

  it('gives back the event as it was mapped, and the bytes as they came', () => {
    const { db, writer } = testArchive()
    const odd = record({
      externalId: 'Ä-1',
      occurredAt: '0001-01-01T00:00:00.000Z',
      occurredAtOriginal: 'in the year one',
      actor: { id: null, name: '=cmd()', email: null, kind: 'user' },
      object: { kind: 'file', id: '2', name: null },
      workspace: null,
      related: [{ kind: 'segment', id: 's', name: null }],
      outcome: 'failure',
      summary: '\u0001 =cmd() \u0000 <b>',
    })
    commit(writer, page([odd]))
    const [stored] = readBack(db)
    expect(stored?.mapped).toEqual(odd.event)
    expect(stored?.payloads).toEqual([Buffer.from(odd.payload).toString()])
  })

  it('keeps both payloads of a record that comes back different, and takes the new mapping', () => {
    const archive = testArchive()
    commit(archive.writer, page([record({ summary: 'first' }, 'one')]))
    const changesBefore = readChanges(archive.db).length
    const outcome = commit(archive.writer, page([record({ summary: 'second' }, 'two'), record({ summary: 'third' }, 'three')]))
    expect(outcome).toMatchObject({ added: 0, changed: 2, unchanged: 0 })
    const [stored] = readBack(archive.db)
    expect(stored).toMatchObject({ revision: 3, payloads: ['one', 'two', 'three'] })
    expect(stored?.mapped?.summary).toBe('third')
    expect(readChanges(archive.db).slice(changesBefore)).toEqual([1, 1])
    expect(soundness(archive)).toEqual([])
  })

  it('keeps the earlier reading when a later payload cannot be read', () => {
    const { db, writer } = testArchive()
    commit(writer, page([record({}, 'one')]))
    expect(commit(writer, page([unmapped('two', 'e1')]))).toMatchObject({ changed: 1, unmapped: 0 })
    const [stored] = readBack(db)
    expect(stored?.payloads).toEqual(['one', 'two'])
    expect(stored?.mapped?.occurredAt).toBe('2024-03-01T10:00:00.000Z')
    expect(stored?.reason).toBeNull()
  })

  it('keeps unreadable records with the reason, told apart by their bytes', () => {
    const archive = testArchive()
    const outcome = commit(archive.writer, page([unmapped('{"a":1}'), unmapped('{"a":2}'), unmapped('{"a":1}'), unmapped('x', 'e9')]))
    expect(outcome).toEqual({ added: 3, changed: 0, unchanged: 1, late: 0, gone: 0, unmapped: 3 })
    expect(readBack(archive.db).map(({ externalId, mapped, reason }) => ({ externalId, mapped, reason }))).toEqual([
      { externalId: '', mapped: null, reason: 'No time.' },
      { externalId: '', mapped: null, reason: 'No time.' },
      { externalId: 'e9', mapped: null, reason: 'No time.' },
    ])
    expect(soundness(archive)).toEqual([])
  })

  it('reads a record anew once it can be read, without a second copy', () => {
    const archive = testArchive()
    commit(archive.writer, page([unmapped('bytes'), unmapped('other', 'e2')]))
    const outcome = commit(archive.writer, page([record({}, 'bytes'), record({ externalId: 'e2' }, 'other')]))
    expect(outcome).toMatchObject({ added: 0, changed: 0, unchanged: 2 })
    expect(readBack(archive.db).map(({ externalId, revision, reason }) => ({ externalId, revision, reason }))).toEqual([
      { externalId: 'e1', revision: 1, reason: null },
      { externalId: 'e2', revision: 1, reason: null },
    ])
    expect(commit(archive.writer, page([record({}, 'bytes')]))).toMatchObject({ unchanged: 1 })
    expect(soundness(archive)).toEqual([])
  })

  it('keeps an event whose time is no time as unreadable instead of losing it', () => {
    const { db, writer } = testArchive()
    const outcome = commit(
      writer,
      page([record({ occurredAt: 'never' }), record({ externalId: '', occurredAt: '2024-01-01T00:00:00.000Z' })]),
    )
    expect(outcome).toMatchObject({ added: 2, unmapped: 2 })
    expect(readBack(db).map((event) => event.reason)).toEqual([
      'The time of the record is no instant of the years 0001 to 9999.',
      'The record has no id.',
    ])
  })

  it('tells ids apart that differ only in case or in what UTF-8 cannot hold', () => {
    const archive = testArchive()
    const ids = ['abc', 'ABC', 'x\ud800', 'x\ud801', 'x\ufffd']
    expect(commit(archive.writer, page(ids.map((externalId) => record({ externalId }))))).toMatchObject({ added: 5 })
    expect(soundness(archive)).toEqual([])
  })

  it('keeps the same id of two connections apart', () => {
    const { db, writer } = testArchive()
    writer.saveConnection({
      id: 'c2',
      service: 'oksky',
      name: 'B',
      baseUrl: 'https://b.test',
      options: {},
      createdAt: '2024-01-01T00:00:00.000Z',
      intervalMinutes: 5,
      collectOnStart: true,
      hasCredential: false,
    })
    commit(writer, page([record()]))
    expect(commit(writer, page([record()], { connection: 'c2' }))).toMatchObject({ added: 1 })
    expect(readBack(db).map((event) => event.id)).toEqual(['c1', 'c2'].map((id) => keyOfExternalId(id, 'e1').toString('hex')))
  })

  it('is refused for an unknown connection, and the pages beside it are kept', () => {
    const archive = testArchive()
    const results = archive.writer.commitPages([
      page([record({ externalId: 'a' })]),
      page([record({ externalId: 'b' })], { connection: 'nobody' }),
      page([record({ externalId: 'c' }), record({ externalId: 'a' })]),
    ])
    expect(results.map((result) => ('error' in result ? result.error.message : result.outcome.added))).toEqual([
      1,
      'There is no connection nobody; its page was not stored.',
      1,
    ])
    expect(readBack(archive.db).map((event) => event.externalId)).toEqual(['a', 'c'])
    expect(soundness(archive)).toEqual([])
  })

  it('keeps resume point, memory and names with the records', () => {
    const { db, writer } = testArchive()
    const ada = { kind: 'user', id: 'u1', name: 'Ada' }
    commit(writer, page([], { resume: { page: 2 }, memory: { zone: 'UTC' }, names: [ada] }))
    commit(
      writer,
      page([], { resume: { page: 3 }, names: [{ ...ada, email: 'ada@example.test' }], receivedAt: '2024-04-02T00:00:00.000Z' }),
    )
    commit(writer, page([], { resume: { page: 4 }, names: [ada], receivedAt: '2024-04-03T00:00:00.000Z' }))
    expect(db.prepare('SELECT stream, scope, resume, memory FROM stream').all()).toEqual([
      { stream: 'events', scope: 'all', resume: '{"page":4}', memory: '{}' },
    ])
    expect(db.prepare('SELECT name, email, learnt_at, checked_at FROM name ORDER BY num').all()).toEqual([
      { name: 'Ada', email: null, learnt_at: '2024-04-01T00:00:00.000Z', checked_at: '2024-04-01T00:00:00.000Z' },
      { name: 'Ada', email: 'ada@example.test', learnt_at: '2024-04-02T00:00:00.000Z', checked_at: '2024-04-03T00:00:00.000Z' },
    ])
  })
})

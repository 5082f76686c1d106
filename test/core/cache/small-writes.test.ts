import { describe, expect, it } from 'vitest'
import { archivePath } from '../../../src-main/core/cache/files.ts'
import { findByExternalId, findSeq, keyOfExternalId } from '../../../src-main/core/cache/identity.ts'
import { openForWriting } from '../../../src-main/core/cache/open.ts'
import { openWriter } from '../../../src-main/core/cache/write/writer.ts'
import { verifyArchive } from '../../../src-main/core/ledger/verify-archive.ts'
import { commit, connection, keyHex, page, record, testArchive } from './archive-fixture.ts'
import { readBack, readChanges } from './read-back.ts'

const at = '2024-05-01T00:00:00.000Z'
const idOf = (externalId: string): string => keyOfExternalId('c1', externalId).toString('hex')
const counts = { added: 1, changed: 0, unchanged: 0, late: 0, gone: 0, unmapped: 0, pages: 1, requests: 1 }

describe('connections', () => {
  it('keep their number when saved again, and come back after a removal', () => {
    const { db, writer } = testArchive()
    commit(writer, page([record()]))
    expect(writer.removeConnection('c1', false)).toBe(0)
    expect(db.prepare('SELECT removed_at IS NOT NULL AS removed FROM connection').get()).toEqual({ removed: 1 })
    expect(readBack(db)).toHaveLength(1)
    writer.saveConnection({ ...connection, name: 'New name', intervalMinutes: 15 })
    expect(db.prepare('SELECT num, name, interval_minutes, removed_at FROM connection').all()).toEqual([
      { num: 1, name: 'New name', interval_minutes: 15, removed_at: null },
    ])
  })

  it('take everything of theirs along when they are purged, and leave the rest and a trace', () => {
    const archive = testArchive({ generationSize: 4 })
    const { db, writer, home } = archive
    writer.saveConnection({ ...connection, id: 'c2', name: 'Other' })
    for (const id of ['c1', 'c2']) {
      const own = { connection: id, names: [{ kind: 'user', id: 'u1', name: 'Ada' }] }
      commit(
        writer,
        page(
          [1, 2, 3, 4, 5, 6].map((n) => record({ externalId: `e${n}`, summary: `words of ${id}` })),
          own,
        ),
      )
      commit(writer, page([record({ externalId: 'e1' }, 'changed')], own))
      writer.markReview([keyOfExternalId(id, 'e1').toString('hex')], 'reviewed', at)
      writer.note(keyOfExternalId(id, 'e2').toString('hex'), 'a note', at)
    }
    expect(writer.removeConnection('c1', true)).toBe(6)
    expect(readBack(db)).toHaveLength(6)
    expect(verifyArchive(db, archivePath(home), () => {}).findings).toEqual([])
    const everything = db
      .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('ledger', 'commit')")
      .pluck()
      .all()
      .map((table) => JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all()))
      .join()
    expect(everything).not.toContain('words of c1')
    expect(db.prepare("SELECT json FROM ledger WHERE kind = 'connection-purged'").get()).toEqual({
      json: '{"connection":"c1","events":6,"number":1}',
    })

    // Collected anew, the same events are new ones, under numbers never used before.
    writer.saveConnection(connection)
    expect(commit(writer, page([record()]))).toMatchObject({ added: 1 })
    expect(db.prepare('SELECT max(seq) AS seq FROM event').get()).toEqual({ seq: 13 })
    expect(verifyArchive(db, archivePath(home), () => {}).findings).toEqual([])
  })

  it('are noticed as purged by a writer of another process', () => {
    const { db, writer, home } = testArchive()
    commit(writer, page([record()]))
    const second = openForWriting(home, keyHex)
    openWriter(second, archivePath(home)).removeConnection('c1', true)
    second.close()
    writer.saveConnection(connection)
    expect(commit(writer, page([record()]))).toMatchObject({ added: 1 })
    expect(verifyArchive(db, archivePath(home), () => {}).findings).toEqual([])
  })
})

describe('runs', () => {
  const begun = { id: 'r1', connection: 'c1', startedAt: at, trigger: 'user' }

  it('are kept from beginning to end', () => {
    const { db, writer } = testArchive()
    writer.beginRun(begun)
    writer.endRun({ id: 'r1', status: 'done', endedAt: at, counts, coverage: [null, at], error: null })
    expect(db.prepare('SELECT status, counts, coverage, error FROM run').all()).toEqual([
      { status: 'done', counts: JSON.stringify(counts), coverage: JSON.stringify([null, at]), error: null },
    ])
  })

  it('that nobody ended are closed by the next process, never by their own', () => {
    const { db, writer, home } = testArchive()
    writer.beginRun(begun)
    expect(writer.closeAbandonedRuns(at)).toBe(0)
    const second = openForWriting(home, keyHex)
    expect(openWriter(second, archivePath(home)).closeAbandonedRuns(at)).toBe(1)
    second.close()
    expect(db.prepare("SELECT status, json_extract(error, '$.message') AS message FROM run").get()).toEqual({
      status: 'failed',
      message: 'Trailview ended while this run was collecting. What it had stored is kept; the next run goes on from there.',
    })
  })
})

describe('reviews', () => {
  it('mark, tag and note events, and announce it', () => {
    const { db, writer } = testArchive()
    commit(writer, page([record(), record({ externalId: 'e2' })]))
    expect(writer.markReview([idOf('e1'), idOf('e2'), idOf('e1')], 'follow-up', at)).toBe(2)
    expect(writer.tag(idOf('e1'), ['b', 'a'], [], at)).toEqual(['a', 'b'])
    expect(writer.tag(idOf('e1'), ['c'], ['a'], at)).toEqual(['b', 'c'])
    const note = writer.note(idOf('e2'), 'why', at)
    expect(db.prepare('SELECT id, seq, text, written_at FROM note').all()).toEqual([{ id: note, seq: 2, text: 'why', written_at: at }])
    expect(db.prepare('SELECT seq, status FROM mark ORDER BY seq').all()).toEqual([
      { seq: 1, status: 2 },
      { seq: 2, status: 2 },
    ])
    expect(readChanges(db)).toEqual([1, 2, 1, 1, 2])
  })

  it('of unknown events change nothing', () => {
    const { db, writer } = testArchive()
    commit(writer, page([record()]))
    expect(() => writer.markReview([idOf('e1'), idOf('nobody')], 'reviewed', at)).toThrow(/There is no event/)
    expect(readChanges(db)).toEqual([])
  })

  it('views and facts are kept by id and key', () => {
    const { db, writer } = testArchive()
    const view = { id: 'v', name: 'Mine', query: 'verb:read', zone: null, createdAt: at }
    writer.saveView(view)
    writer.saveView({ ...view, name: 'Ours' })
    expect(db.prepare('SELECT name FROM view').all()).toEqual([{ name: 'Ours' }])
    expect([writer.removeView('v'), writer.removeView('v')]).toEqual([true, false])
    writer.saveFact('settings', { theme: 'dark' })
    writer.saveFact('settings', { theme: 'light' })
    expect(db.prepare("SELECT json FROM fact WHERE key = 'settings'").get()).toEqual({ json: '{"theme":"light"}' })
  })
})

describe('looking events up', () => {
  it('finds them by id and by the service’s id whatever its case, before and after keys were merged', () => {
    const { db, writer } = testArchive({ generationSize: 4 })
    writer.saveConnection({ ...connection, id: 'c2' })
    const ids = Array.from({ length: 40 }, (_, n) => `Ev-${n}`)
    for (const externalId of ids) commit(writer, page([record({ externalId })]))
    commit(writer, page([record({ externalId: 'EV-3' })], { connection: 'c2' }))
    expect(ids.map((externalId) => findSeq(db, keyOfExternalId('c1', externalId)))).toEqual(ids.map((_, n) => n + 1))
    expect(findSeq(db, keyOfExternalId('c1', 'ev-3'))).toBeNull()
    expect(findByExternalId(db, 'ev-3')).toEqual([4, 41])
    expect(findByExternalId(db, 'ev')).toEqual([])
    expect(db.prepare<[], number>('SELECT count(*) FROM identity').pluck().get()).toBeGreaterThan(20)
  })
})

import { describe, expect, it } from 'vitest'
import type { PageRecord } from '../../../src-main/core/cache/archive.ts'
import { countLackingNames, lacksNames, readLackingNames } from '../../../src-main/core/cache/engine/rows/lacking-names.ts'
import { archivePath } from '../../../src-main/core/cache/files.ts'
import { verifyArchive } from '../../../src-main/core/ledger/verify-archive.ts'
import { commit, connection, page, record, testArchive, type OpenTestArchive } from './archive-fixture.ts'
import { readBack, readChanges } from './read-back.ts'

const at = '2024-05-01T00:00:00.000Z'
const lacking = (externalId: string, payload = `bytes of ${externalId}`): PageRecord => ({
  ...record({ externalId, workspace: null, summary: 'Ada Lovelace viewed plan.pdf' }, payload),
  lacksNames: true,
})
const named = (externalId: string, payload = `bytes of ${externalId}`): PageRecord => record({ externalId }, payload)

const waiting = ({ db }: OpenTestArchive): readonly string[] =>
  readLackingNames(db, 'c1', 0, 100).map(({ payload }) => Buffer.from(payload).toString())
const workspaces = ({ db }: OpenTestArchive) => readBack(db).map(({ mapped }) => mapped?.workspace?.name ?? null)
const soundness = ({ db, home }: OpenTestArchive) => verifyArchive(db, archivePath(home), () => {}).findings

describe('events that lack names', () => {
  it('are given back byte for byte, in order, from any place on', () => {
    const archive = testArchive()
    commit(archive.writer, page([lacking('e1'), named('e2'), lacking('e3')]))
    expect(waiting(archive)).toEqual(['bytes of e1', 'bytes of e3'])
    expect(readLackingNames(archive.db, 'c1', 1, 100)).toHaveLength(1)
    expect(readLackingNames(archive.db, 'c1', 0, 1)).toHaveLength(1)
    expect(readLackingNames(archive.db, 'other', 0, 100)).toEqual([])
  })

  it('are counted by connection, and each is known as one', () => {
    const archive = testArchive()
    archive.writer.saveConnection({ ...connection, id: 'c2' })
    commit(archive.writer, page([lacking('e1'), named('e2'), lacking('e3')]))
    expect(countLackingNames(archive.db)).toEqual(new Map([['c1', 2]]))
    commit(archive.writer, page([lacking('e1')], { connection: 'c2' }))
    expect(countLackingNames(archive.db)).toEqual(
      new Map([
        ['c1', 2],
        ['c2', 1],
      ]),
    )
    expect([1, 2, 3, 4].map((seq) => lacksNames(archive.db, seq))).toEqual([true, false, true, true])
  })

  it('take the mapping with names without a revision, and readers hear of it', () => {
    const archive = testArchive()
    commit(archive.writer, page([lacking('e1'), lacking('e2')]))
    const changes = readChanges(archive.db).length
    const records = [named('e1'), lacking('e2')]
    expect(archive.writer.nameEvents({ runId: 'r2', connection: 'c1', records, names: [], at })).toBe(1)
    expect(workspaces(archive)).toEqual(['Engines', null])
    expect(readBack(archive.db).map(({ revision, payloads }) => [revision, payloads])).toEqual([
      [1, ['bytes of e1']],
      [1, ['bytes of e2']],
    ])
    expect(readChanges(archive.db).slice(changes)).toEqual([1])
    expect(waiting(archive)).toEqual(['bytes of e2'])
    expect(soundness(archive)).toEqual([])
  })

  it('are left alone when their payload has changed since, and when they do not lack any', () => {
    const archive = testArchive()
    commit(archive.writer, page([lacking('e1'), named('e2')]))
    commit(archive.writer, page([lacking('e1', 'other bytes')], { runId: 'r2' }))
    const records = [named('e1'), record({ externalId: 'e2', workspace: null }, 'bytes of e2')]
    expect(archive.writer.nameEvents({ runId: 'r3', connection: 'c1', records, names: [], at })).toBe(0)
    expect(workspaces(archive)).toEqual([null, 'Engines'])
    expect(waiting(archive)).toEqual(['other bytes'])
  })

  it('are named when a walk brings them again, which counts as unchanged', () => {
    const archive = testArchive()
    commit(archive.writer, page([lacking('e1')]))
    expect(commit(archive.writer, page([named('e1')], { runId: 'r2' }))).toMatchObject({ added: 0, changed: 0, unchanged: 1 })
    expect(workspaces(archive)).toEqual(['Engines'])
    expect(waiting(archive)).toEqual([])
    // What a walk knows less of than the archive takes nothing away.
    commit(archive.writer, page([lacking('e1')], { runId: 'r3' }))
    expect(workspaces(archive)).toEqual(['Engines'])
    expect(waiting(archive)).toEqual([])
    expect(soundness(archive)).toEqual([])
  })

  it('wait no longer when they come back unreadable, or are purged', () => {
    const archive = testArchive()
    commit(archive.writer, page([lacking('e1'), lacking('e2')]))
    commit(
      archive.writer,
      page([{ payload: Buffer.from('?'), event: null, unmappedReason: 'No time.', externalId: 'e1' }], { runId: 'r2' }),
    )
    expect(waiting(archive)).toEqual(['bytes of e2'])
    archive.writer.removeConnection('c1', true)
    expect(archive.db.prepare('SELECT count(*) FROM lacking_names').pluck().get()).toBe(0)
    expect(soundness(archive)).toEqual([])
  })
})

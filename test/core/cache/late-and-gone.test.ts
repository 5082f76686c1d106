import { describe, expect, it } from 'vitest'
import type { CoverageClaim } from '../../../src-main/core/cache/archive.ts'
import { keyOfExternalId } from '../../../src-main/core/cache/identity.ts'
import { commit, page, record, testArchive } from './archive-fixture.ts'
import { readBack } from './read-back.ts'

const march = (over: Partial<CoverageClaim> = {}): CoverageClaim => ({
  from: '2024-03-01T00:00:00.000Z',
  to: '2024-04-01T00:00:00.000Z',
  findsGone: false,
  goneNotBefore: null,
  ...over,
})
const at = (externalId: string, day: string, payload?: string) => record({ externalId, occurredAt: `2024-${day}T00:00:00.000Z` }, payload)

describe('late events', () => {
  it('are those that arrive in a span that was complete before the run began', () => {
    const { db, writer } = testArchive()
    const first = commit(writer, page([at('a', '03-05')], { claim: march(), receivedAt: '2024-04-01T08:00:00.000Z' }))
    const sameRun = commit(writer, page([at('b', '03-06')]))
    const nextRun = commit(writer, page([at('c', '03-07'), at('d', '04-01'), at('a', '03-05', 'new')], { runId: 'r2' }))
    expect([first.late, sameRun.late, nextRun.late]).toEqual([0, 0, 1])
    expect(readBack(db).map(({ externalId, lateSince }) => [externalId, lateSince])).toEqual([
      ['a', null],
      ['b', null],
      ['c', '2024-04-01T08:00:00.000Z'],
      ['d', null],
    ])
  })

  it('do not exist under other narrowing options', () => {
    const { writer } = testArchive()
    commit(writer, page([], { claim: march() }))
    expect(commit(writer, page([at('a', '03-05')], { runId: 'r2', scope: 'some' })).late).toBe(0)
    expect(commit(writer, page([at('b', '03-05')], { runId: 'r3', stream: 'other' })).late).toBe(0)
  })
})

describe('events no longer at the source', () => {
  it('are marked when a complete walk does not meet them, and cleared when they come back', () => {
    const { db, writer } = testArchive()
    commit(
      writer,
      page([at('old', '03-02'), at('a', '03-05'), at('b', '03-06'), at('later', '04-02')], { receivedAt: '2024-04-03T00:00:00.000Z' }),
    )
    const second = { runId: 'r2', receivedAt: '2024-05-01T00:00:00.000Z' }
    commit(writer, page([at('a', '03-05')], second))
    const walked = commit(writer, page([], { ...second, claim: march({ findsGone: true, goneNotBefore: '2024-03-04T00:00:00.000Z' }) }))
    expect(walked.gone).toBe(1)
    expect(readBack(db).map(({ externalId, goneSince }) => [externalId, goneSince])).toEqual([
      ['old', null],
      ['a', null],
      ['b', '2024-04-03T00:00:00.000Z'],
      ['later', null],
    ])
    const third = commit(
      writer,
      page([at('a', '03-05')], { runId: 'r3', claim: march({ findsGone: true, goneNotBefore: '2024-03-04T00:00:00.000Z' }) }),
    )
    expect(third.gone).toBe(0)
    commit(writer, page([at('b', '03-06')], { runId: 'r4' }))
    expect(readBack(db).every((event) => event.goneSince === null)).toBe(true)
    const ledger = db.prepare<[], string>("SELECT json FROM ledger WHERE kind = 'page' ORDER BY num").pluck().all()
    const idOfB = keyOfExternalId('c1', 'b').toString('hex')
    expect(
      ledger
        .filter((json) => json.includes(idOfB))
        .map((json) => Object.keys(JSON.parse(json) as object).filter((key) => key.endsWith('Ids'))),
    ).toEqual([['goneIds'], ['reappearedIds']])
  })

  it('are only looked for among what the same stream brought under the same options', () => {
    const { db, writer } = testArchive()
    commit(writer, page([at('other stream', '03-05')], { stream: 'other' }))
    commit(writer, page([at('other scope', '03-05')], { scope: 'wider' }))
    expect(commit(writer, page([], { runId: 'r2', claim: march({ findsGone: true }) })).gone).toBe(0)
    expect(readBack(db).map((event) => event.goneSince)).toEqual([null, null])
  })

  it('are found by the time they have now', () => {
    const { writer } = testArchive()
    commit(writer, page([at('moved', '01-01')]))
    commit(writer, page([at('moved', '03-10', 'changed')], { runId: 'r2' }))
    expect(commit(writer, page([], { runId: 'r3', claim: march({ findsGone: true }) })).gone).toBe(1)
  })

  it('can be marked one by one', () => {
    const { db, writer } = testArchive()
    commit(writer, page([at('a', '03-05')]))
    const id = keyOfExternalId('c1', 'a').toString('hex')
    writer.markGone(id, 'all', '2024-06-01T00:00:00.000Z')
    expect(readBack(db)[0]?.goneSince).toBe('2024-06-01T00:00:00.000Z')
    expect(() => writer.markGone('00'.repeat(12), 'all', '2024-06-01T00:00:00.000Z')).toThrow(/There is no event/)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lytics } from '../../../src-main/core/connectors/lytics/connector.ts'
import { eventOf, expectSound, fixtureRecords, hostile, mapAll, nameBook, recordFrom } from '../records.ts'

const account = 'fake46b7afad96f3a4e4b41cee40ecd6'
const event = (change: object) =>
  recordFrom({ id: 'e1', ts: '1465844458666', subject_type: 'segment', subject_id: 's1', verb: 'created', account_id: account, ...change })

describe('the sample of the documentation', () => {
  it('becomes exactly these events', () => {
    expect(mapAll(lytics, fixtureRecords('./lytics/fixtures/events.json', 'data'))).toEqual([
      {
        event: {
          externalId: '13564999017e8b0e9994ff16411fd19b',
          occurredAt: '2016-06-10T18:56:22.676Z',
          occurredAtOriginal: '1465584982676',
          actor: null,
          action: 'created',
          verb: 'create',
          object: { kind: 'topic-document', id: '-1894399319812759219', name: null },
          workspace: { kind: 'account', id: account, name: null },
          related: [],
          outcome: 'unknown',
          summary: 'created topic-document -1894399319812759219',
        },
      },
      {
        event: {
          externalId: 'c57172d7d22e1c7ac4c80ce713e6e7cb',
          occurredAt: '2016-06-13T19:00:58.666Z',
          occurredAtOriginal: '1465844458666',
          actor: null,
          action: 'clustered',
          verb: 'other',
          object: { kind: 'entity', id: 'user/email/[email protected]', name: '[email protected]' },
          workspace: { kind: 'account', id: account, name: null },
          related: [{ kind: 'segment', id: '791734b084019d99c82a475264464304', name: null }],
          outcome: 'unknown',
          summary: 'clustered entity [email protected] → segment 791734b084019d99c82a475264464304',
        },
      },
    ])
  })

  it('version 2 names who did it', () => {
    const record = recordFrom({
      id: 'e2',
      timestamp: '2024-05-01T10:00:00.250+02:00',
      user_id: 'u7',
      aid: 1417,
      account_id: account,
      subject_type: 'segment',
      subject_id: 's1',
      verb: 'updated',
    })
    const names = nameBook(
      { kind: 'user', id: 'u7', name: 'Ann Lee', email: 'ann@example.com' },
      { kind: 'segment', id: 's1', name: 'High value' },
      { kind: 'account', id: account, name: 'Meridian' },
    )
    expect(eventOf(lytics, record, names)).toMatchObject({
      occurredAt: '2024-05-01T08:00:00.250Z',
      occurredAtOriginal: '2024-05-01T10:00:00.250+02:00',
      actor: { id: 'u7', name: 'Ann Lee', email: 'ann@example.com', kind: 'user' },
      object: { kind: 'segment', id: 's1', name: 'High value' },
      workspace: { kind: 'account', id: account, name: 'Meridian' },
      summary: 'Ann Lee updated segment High value in Meridian',
    })
    expect(lytics.wantedNames(record, nameBook())).toEqual([
      { kind: 'user', id: 'u7' },
      { kind: 'account', id: account },
      { kind: 'segment', id: 's1' },
    ])
  })
})

describe('times and ids', () => {
  it.each([
    ['a number', { ts: 1465844458666 }, '2016-06-13T19:00:58.666Z'],
    ['before 1970', { ts: '-1' }, '1969-12-31T23:59:59.999Z'],
    ['the last instant', { ts: '253402300799999' }, '9999-12-31T23:59:59.999Z'],
  ])('reads %s', (_what, change, occurredAt) => {
    expect(eventOf(lytics, event(change)).occurredAt).toBe(occurredAt)
  })

  it.each([
    ['after the years', { ts: '253402300800000' }],
    ['no number', { ts: 'soon' }],
    ['a fraction', { ts: 1.5 }],
    ['absent', { ts: null }],
    ['a time without an offset', { timestamp: '2024-05-01T10:00:00' }],
  ])('keeps a record whose time is %s as unmapped', (_what, change) => {
    expect(lytics.map(event(change), nameBook(), {})).toMatchObject({
      unmapped: expect.stringContaining('time') as string,
      externalId: 'e1',
    })
  })

  it.each([
    ['status', 'status'],
    ['deleted', 'delete'],
    ['failed', 'other'],
    ['constructor', 'other'],
  ])('verb %s is %s', (verb, ours) => {
    expect(eventOf(lytics, event({ verb }))).toMatchObject({ action: verb, verb: ours })
  })

  it('never throws', () => {
    const keys = ['id', 'ts', 'timestamp', 'subject_type', 'subject_id', 'verb', 'related', 'type', 'account_id', 'user_id']
    const values = ['1465844458666', 'entity', 'a/b/', '2024-05-01T10:00:00Z']
    fc.assert(fc.property(hostile(keys, values), (value) => expectSound(lytics, recordFrom(value))))
    fc.assert(
      fc.property(hostile(keys, values), hostile(keys, values), (one, other) =>
        expectSound(lytics, event({ subject_id: one, related: [other, one], verb: other })),
      ),
    )
  })
})

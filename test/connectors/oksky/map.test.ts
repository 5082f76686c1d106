import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { oksky } from '../../../src-main/core/connectors/oksky/connector.ts'
import { includedPeople } from '../../../src-main/core/connectors/oksky/names.ts'
import { eventOf, expectSound, fixtureRecords, hostile, mapAll, nameBook, recordFrom } from '../records.ts'

const event = (attributes: object, more: object = {}) =>
  recordFrom({
    id: '9',
    type: 'user_events',
    attributes: { resource_type: null, kind: 'signin', resource_id: null, created_at_unix: 1542602792, ...attributes },
    relationships: { user: { data: { type: 'users', id: '1' } } },
    ...more,
  })

describe('the sample of the documentation', () => {
  it('becomes exactly these events', () => {
    const plain = { related: [], outcome: 'unknown' }
    expect(mapAll(oksky, fixtureRecords('./oksky/fixtures/user-events.json', 'data'))).toEqual([
      {
        event: {
          externalId: '1',
          occurredAt: '2018-11-19T04:46:32.000Z',
          occurredAtOriginal: '1542602792',
          actor: { id: '1', name: null, email: null, kind: 'user' },
          action: 'signin',
          verb: 'sign-in',
          object: null,
          workspace: null,
          summary: 'user 1 signed in',
          ...plain,
        },
      },
      {
        event: {
          externalId: '2',
          occurredAt: '2018-11-19T04:47:26.000Z',
          occurredAtOriginal: '1542602846',
          actor: { id: '2', name: null, email: null, kind: 'user' },
          action: 'signin',
          verb: 'sign-in',
          object: null,
          workspace: null,
          summary: 'user 2 signed in',
          ...plain,
        },
      },
      {
        event: {
          externalId: '3',
          occurredAt: '2018-11-19T04:47:40.000Z',
          occurredAtOriginal: '1542602860',
          actor: { id: '2', name: null, email: null, kind: 'user' },
          action: 'obj_create',
          verb: 'create',
          object: { kind: 'room', id: '1', name: null },
          workspace: { kind: 'room', id: '1', name: null },
          summary: 'user 2 created room 1',
          ...plain,
        },
      },
    ])
  })
})

describe('people and rooms', () => {
  it('joins included people by id alone; their type is the kind of actor', () => {
    const people = includedPeople({
      included: [
        { id: '1', type: 'administrators', attributes: { full_name: 'Ann Lee', name: 'ann', email: 'ann@example.com' } },
        { id: '2', type: 'customers', attributes: { full_name: '', name: null, username: '1811191347261665' } },
        { id: {}, type: 7 },
        null,
      ],
    })
    const names = nameBook(...people)
    expect(eventOf(oksky, event({}), names).actor).toEqual({ id: '1', name: 'Ann Lee', email: 'ann@example.com', kind: 'administrator' })
    const visitor = event({}, { relationships: { user: { data: { type: 'users', id: '2' } } } })
    expect(eventOf(oksky, visitor, names)).toMatchObject({
      actor: { id: '2', name: '1811191347261665', email: null, kind: 'customer' },
      summary: '1811191347261665 signed in',
    })
  })

  it('finds the room of a message by look-up', () => {
    const record = event({ resource_type: 'Message', kind: 'obj_create', resource_id: 50 })
    expect(oksky.wantedNames(record, nameBook())).toEqual([
      { kind: 'user', id: '1' },
      { kind: 'message', id: '50' },
    ])
    const message = { kind: 'message', id: '50', name: null, parent: { kind: 'room', id: '4' } }
    expect(oksky.wantedNames(record, nameBook(message))).toContainEqual({ kind: 'room', id: '4' })
    const names = nameBook(message, { kind: 'room', id: '4', name: 'Support' }, { kind: 'user', id: '1', name: 'Ann' })
    expect(eventOf(oksky, record, names)).toMatchObject({
      object: { kind: 'message', id: '50', name: null },
      workspace: { kind: 'room', id: '4', name: 'Support' },
      summary: 'Ann created message 50 in room Support',
    })
  })

  it.each([
    ['SupportDraftMessage', 'obj_update', { object: { kind: 'support_draft_message' }, verb: 'update', workspace: null }],
    ['Client', 'obj_destroy', { object: { kind: 'client' }, verb: 'delete', workspace: null }],
    ['Room', 'something_new', { object: { kind: 'room' }, verb: 'other', action: 'something_new' }],
  ])('%s %s', (resource_type, kind, expected) => {
    expect(eventOf(oksky, event({ resource_type, kind, resource_id: '7' }))).toMatchObject(expected)
  })

  it('has no actor where the relationship carries links only', () => {
    expect(eventOf(oksky, event({}, { relationships: { user: { links: {} } } }))).toMatchObject({ actor: null, summary: 'signed in' })
  })
})

describe('records that cannot be read', () => {
  it.each([
    ['no time', {}, { created_at_unix: null }, '9'],
    ['a time far outside', {}, { created_at_unix: 253402300800 }, '9'],
    ['no id', { id: null }, {}, null],
  ])('%s', (_what, more, attributes, externalId) => {
    expect(oksky.map(event(attributes, more), nameBook(), {})).toMatchObject({
      unmapped: expect.stringMatching(/\.$/) as string,
      externalId,
    })
  })

  it('never throws', () => {
    const keys = ['id', 'type', 'attributes', 'relationships', 'user', 'data', 'kind', 'resource_type', 'resource_id', 'created_at_unix']
    const values = [1542602792, 'Room', 'Message', 'signin', '1']
    fc.assert(fc.property(hostile(keys, values), (value) => expectSound(oksky, recordFrom(value))))
    fc.assert(
      fc.property(hostile(keys, values), hostile(keys, values), (kind, id) =>
        expectSound(oksky, event({ kind, resource_type: kind, resource_id: id })),
      ),
    )
  })
})

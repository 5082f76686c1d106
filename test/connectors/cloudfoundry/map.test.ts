import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cloudfoundry } from '../../../src-main/core/connectors/cloudfoundry/connector.ts'
import { verbOf } from '../../../src-main/core/connectors/cloudfoundry/verbs.ts'
import { eventOf, expectSound, fixtureRecords, hostile, mapAll, nameBook, recordFrom } from '../records.ts'

const v3 = (change: object) =>
  recordFrom({
    guid: 'g1',
    created_at: '2024-05-01T10:00:00Z',
    updated_at: '2024-05-01T10:00:00Z',
    type: 'audit.app.update',
    actor: { guid: 'u1', type: 'user', name: 'ann@example.com' },
    target: { guid: 'a1', type: 'app', name: 'dora' },
    data: { request: { instances: 3, memory: 'x' } },
    space: { guid: 's1' },
    organization: { guid: 'o1' },
    ...change,
  })
const v2 = (change: object) =>
  recordFrom({
    metadata: { guid: 'g1', created_at: '2024-05-01T10:00:00Z' },
    entity: {
      type: 'audit.app.update',
      actor: 'u1',
      actor_type: 'user',
      actor_name: 'ann@example.com',
      actee: 'a1',
      actee_type: 'v3-app',
      actee_name: 'dora',
      timestamp: '2024-05-01T10:00:00+00:00',
      metadata: { guid: 'not this one' },
      space_guid: '',
      organization_guid: 'o1',
      ...change,
    },
  })

describe('the sample of the documentation', () => {
  it('becomes exactly these events', () => {
    const mapped = mapAll(cloudfoundry, fixtureRecords('./cloudfoundry/fixtures/v2-events.json', 'resources'))
    expect(mapped).toHaveLength(3)
    expect(mapped[0]).toEqual({
      event: {
        externalId: 'b36b9c8a-6e2b-4357-880b-de95f63db5ac',
        occurredAt: '2015-11-30T23:38:37.000Z',
        occurredAtOriginal: '2015-11-30T23:38:37Z',
        actor: { id: 'guid-6e493e9c-be9e-49fb-b150-e3cc01608ca8', name: 'name-635', email: null, kind: 'name-634' },
        action: 'name-633',
        verb: 'other',
        object: { kind: 'name-636', id: 'guid-a61b472e-14f3-46b2-9bb8-289feabde915', name: 'name-637' },
        workspace: { kind: 'space', id: 'bb24e121-5604-405f-ac28-bdb4cbbc58f1', name: null },
        related: [],
        outcome: 'unknown',
        summary: 'name-635 name-633 name-636 name-637',
      },
    })
    expect(mapped[2]).toMatchObject({ event: { externalId: '9b57aa0b-453a-4210-a613-56fc8c0467a3', action: 'name-649' } })
  })
})

describe('v3 and v2', () => {
  it('v3 with names', () => {
    expect(eventOf(cloudfoundry, v3({}), nameBook({ kind: 'space', id: 's1', name: 'production' }))).toEqual({
      externalId: 'g1',
      occurredAt: '2024-05-01T10:00:00.000Z',
      occurredAtOriginal: '2024-05-01T10:00:00Z',
      actor: { id: 'u1', name: 'ann@example.com', email: 'ann@example.com', kind: 'user' },
      action: 'audit.app.update',
      verb: 'update',
      object: { kind: 'app', id: 'a1', name: 'dora' },
      workspace: { kind: 'space', id: 's1', name: 'production' },
      related: [],
      outcome: 'unknown',
      summary: 'ann@example.com updated app dora (instances, memory) in production',
    })
  })

  it('v2 of the same kind, with user name and organization', () => {
    expect(eventOf(cloudfoundry, v2({ actor_username: 'ann' }))).toMatchObject({
      externalId: 'g1',
      actor: { id: 'u1', name: 'ann', email: 'ann@example.com', kind: 'user' },
      object: { kind: 'app', id: 'a1', name: 'dora' },
      workspace: { kind: 'organization', id: 'o1', name: null },
    })
  })

  it('no space and no organization is no workspace', () => {
    expect(eventOf(cloudfoundry, v3({ space: null, organization: null })).workspace).toBeNull()
    expect(eventOf(cloudfoundry, v2({ organization_guid: '' })).workspace).toBeNull()
  })

  it('an app that crashes did it itself', () => {
    const record = v3({ type: 'app.crash', actor: { guid: 'a1', type: 'app', name: 'dora' }, data: {} })
    expect(eventOf(cloudfoundry, record)).toMatchObject({ verb: 'crash', actor: { kind: 'app' }, summary: 'app dora crashed' })
  })

  it('a role that is given', () => {
    const record = v3({ type: 'audit.user.space_developer_add', target: { guid: 'u2', type: 'user', name: 'bob' }, data: null })
    expect(eventOf(cloudfoundry, record)).toMatchObject({ verb: 'grant', summary: 'ann@example.com granted space developer to user bob' })
  })

  it('asks for the names that are missing', () => {
    const record = v3({ actor: { guid: 'u1', type: 'user', name: '' }, target: { guid: 'a1', type: 'app', name: '' } })
    expect(cloudfoundry.wantedNames(record, nameBook())).toEqual([
      { kind: 'space', id: 's1' },
      { kind: 'user', id: 'u1' },
      { kind: 'app', id: 'a1' },
    ])
  })
})

it.each([
  ['audit.app.create', 'create'],
  ['audit.app.delete-request', 'delete'],
  ['audit.app.start', 'start'],
  ['audit.app.stop', 'stop'],
  ['audit.app.restart', 'restart'],
  ['audit.app.restage', 'restart'],
  ['app.crash', 'crash'],
  ['audit.app.process.crash', 'crash'],
  ['audit.app.process.scale', 'update'],
  ['audit.app.package.upload', 'upload'],
  ['audit.app.droplet.download', 'download'],
  ['audit.app.upload-bits', 'upload'],
  ['audit.app.environment.show', 'read'],
  ['audit.app.task.cancel', 'stop'],
  ['audit.service_instance.share', 'share'],
  ['audit.service_binding.start_create', 'create'],
  ['audit.user.organization_manager_remove', 'revoke'],
  ['audit.user.space_auditor_add', 'grant'],
  ['blob.remove_orphan', 'delete'],
  ['constructor', 'other'],
  ['', 'other'],
])('type %s is %s', (type, verb) => {
  expect(verbOf(type)).toBe(verb)
})

describe('records that cannot be read', () => {
  it.each([
    ['v3 without a guid', v3({ guid: null }), null],
    ['v3 without a time', v3({ created_at: 7 }), 'g1'],
    ['v2 without a time of its own', v2({ timestamp: null }), 'g1'],
  ])('%s', (_what, record, externalId) => {
    expect(cloudfoundry.map(record, nameBook(), {})).toMatchObject({ unmapped: expect.stringMatching(/\.$/) as string, externalId })
  })

  it('never throws', () => {
    const keys = [
      'guid',
      'created_at',
      'type',
      'actor',
      'target',
      'name',
      'data',
      'request',
      'space',
      'organization',
      'metadata',
      'entity',
      'timestamp',
      'actee',
    ]
    const values = ['2024-05-01T10:00:00Z', 'audit.app.update', 'g1', 'v3-app']
    fc.assert(fc.property(hostile(keys, values), (value) => expectSound(cloudfoundry, recordFrom(value))))
    fc.assert(
      fc.property(hostile(keys, values), hostile(keys, values), (actor, type) =>
        expectSound(cloudfoundry, v3({ actor, target: type, type, data: actor, space: type })),
      ),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { onehub } from '../../../src-main/core/connectors/onehub/connector.ts'
import { eventOf, expectSound, fixtureRecords, hostile, mapAll, nameBook, recordFrom } from '../records.ts'

const detailed = (detail: unknown, more: object = {}) =>
  recordFrom({ event: { id: 1, updated_at: '2016-01-18T11:16:53-08:00', detail, workspace_id: 4137, user_id: 481, ...more } })

describe('the sample of the documentation', () => {
  it('activity becomes exactly this event', () => {
    expect(mapAll(onehub, fixtureRecords('./onehub/fixtures/activity.json', 'items'))).toEqual([
      {
        event: {
          externalId: '5063247',
          occurredAt: '2016-01-18T19:16:53.000Z',
          occurredAtOriginal: '2016-01-18T11:16:53-08:00',
          actor: { id: '481', name: 'Matthew Anderson', email: null, kind: 'user' },
          action: 'viewed',
          verb: 'read',
          object: { kind: 'file', id: '849607', name: 'onehub-logo.png' },
          workspace: { kind: 'workspace', id: '4137', name: 'Testing the API' },
          related: [],
          outcome: 'unknown',
          summary: 'Matthew Anderson viewed the onehub-logo.png File (7 KB) in the Testing the API Workspace',
        },
      },
    ])
  })

  it('the audit trail of a file keeps the name of that day', () => {
    const events = fixtureRecords('./onehub/fixtures/audit-trail.json', 'items').map((record) => eventOf(onehub, record))
    expect(events[0]).toMatchObject({
      externalId: '5062927',
      occurredAt: '2016-01-16T00:22:45.000Z',
      action: 'uploaded',
      verb: 'upload',
      object: { kind: 'file', id: '849607', name: 'Onehub_Med_RGB.png' },
      summary: 'Matthew Anderson uploaded the Onehub_Med_RGB.png File (7 KB) to the Testing the API Workspace',
    })
  })
})

describe('detail markup', () => {
  const workspace = '<object><a href="/workspaces/4137">Testing the API</a> Workspace</object>'
  const file = '<object><a href="/workspaces/4137/files/9">a.txt</a> File</object>'
  const cases: readonly (readonly [string, string, object])[] = [
    [
      'a deleted file has no link',
      `<subject>Ann</subject> <predicate>deleted</predicate> the <object>old plan.txt File</object> in the ${workspace}`,
      {
        verb: 'delete',
        object: { kind: 'file', id: null, name: 'old plan.txt' },
        summary: 'Ann deleted the old plan.txt File in the Testing the API Workspace',
      },
    ],
    [
      'an invited address is no known kind',
      `<subject>Ann</subject> <predicate>invited</predicate> <object>bob@example.com</object> to the ${workspace}`,
      { verb: 'invite', object: { kind: 'object', id: null, name: 'bob@example.com' } },
    ],
    [
      'a folder',
      `<subject>Ann</subject> <predicate>created</predicate> the <object><a href="/workspaces/4137/folders/77">Q3</a> Folder</object> in the ${workspace}`,
      { verb: 'create', object: { kind: 'folder', id: '77', name: 'Q3' } },
    ],
    [
      'several objects',
      `<subject>Ann</subject> <predicate>moved</predicate> the ${file} to the <object><a href="/workspaces/4137/folders/77">Q3</a> Folder</object> in the ${workspace}`,
      { verb: 'update', object: { kind: 'file', id: '9', name: 'a.txt' }, related: [{ kind: 'folder', id: '77', name: 'Q3' }] },
    ],
    [
      'the workspace itself',
      `<subject>Ann</subject> <predicate>viewed</predicate> the ${workspace}`,
      { object: { kind: 'workspace', id: '4137', name: 'Testing the API' }, related: [] },
    ],
    [
      'a link to another workspace does not name this one',
      `<subject>Ann</subject> <predicate>copied</predicate> the ${file} to the <object><a href="/workspaces/5">Other</a> Workspace</object>`,
      {
        verb: 'update',
        workspace: { kind: 'workspace', id: '4137', name: null },
        related: [{ kind: 'workspace', id: '5', name: 'Other' }],
      },
    ],
    [
      'entities are decoded once, as text',
      '<subject>Ann &amp; Bob</subject> <predicate>viewed</predicate> the <object><a href="/workspaces/1/files/2">&lt;b&gt;x&lt;/b&gt; &amp;lt; &#233;&#x1F600;</a> File</object>',
      { actor: { name: 'Ann & Bob' }, object: { name: '<b>x</b> &lt; é😀' }, summary: 'Ann & Bob viewed the <b>x</b> &lt; é😀 File' },
    ],
    [
      'unknown tags are stripped',
      '<subject>Ann</subject> <predicate>viewed</predicate> the <object><a class="x>y" href=\'/workspaces/1/files/2?a=b\'><i>a</i>.<img src=x onerror=alert(1)>txt</a> File</object>',
      { object: { kind: 'file', id: '2', name: 'a.txt' }, summary: 'Ann viewed the a.txt File' },
    ],
    ['tags in tags', '<subject>A<scr<script>ipt>b</subject> <predicate>viewed</predicate>', { summary: 'Aipt>b viewed' }],
    ['what reads as a tag once others are gone', '<subject><<b>script>x</subject> <predicate>viewed</predicate>', { summary: 'x viewed' }],
    [
      'cut off in a tag',
      '<subject>Ann</subject> <predicate>viewed</predicate> the <object><a href="/work',
      { summary: 'Ann viewed the', object: { name: null } },
    ],
    [
      'less-than is no tag',
      '<subject>Ann</subject> <predicate>viewed</predicate> <object>I <3 1 < 2 File</object>',
      { object: { kind: 'file', name: 'I <3 1 < 2' } },
    ],
    [
      'parts that touch are set apart',
      '<subject>Ann</subject><predicate>viewed</predicate>the<object>x File</object><complement>(7 KB)</complement>',
      { summary: 'Ann viewed the x File (7 KB)' },
    ],
    [
      'an unknown predicate is an update',
      '<subject>Ann</subject> <predicate>re-organised</predicate>',
      { action: 're-organised', verb: 'update' },
    ],
    [
      'plain text',
      'something happened',
      { action: 'unknown', verb: 'other', object: null, actor: { id: '481', name: null }, summary: 'something happened' },
    ],
  ]
  it.each(cases)('%s', (_what, detail, expected) => {
    expect(eventOf(onehub, detailed(detail))).toMatchObject(expected)
  })

  it('no summary holds what reads as a tag, whatever the markup', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      'script',
      '/',
      '<b>',
      '</b>',
      '"',
      "='",
      ' ',
      'a',
      '<subject>',
      '</object>',
      '<object>',
      '<a href="',
      '!--',
      '<!',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const { summary, object, actor } = eventOf(onehub, detailed(pieces.join('')))
        for (const text of [summary, object?.name, actor?.name]) expect(text ?? '').not.toMatch(/<[a-z/!?]/i)
      }),
    )
  })
})

describe('names', () => {
  it('asks for what the sentence does not say', () => {
    expect(onehub.wantedNames(detailed('nothing'), nameBook())).toEqual([
      { kind: 'workspace', id: '4137' },
      { kind: 'user', id: '481', listedIn: '4137' },
    ])
    const named = fixtureRecords('./onehub/fixtures/activity.json', 'items')
    expect(named.map((record) => onehub.wantedNames(record, nameBook()))).toEqual([[]])
  })

  it('uses them', () => {
    const names = nameBook(
      { kind: 'workspace', id: '4137', name: 'Legal' },
      { kind: 'user', id: '481', name: 'Ann', email: 'ann@example.com' },
    )
    expect(eventOf(onehub, detailed('', {}), names)).toMatchObject({
      actor: { name: 'Ann', email: 'ann@example.com' },
      workspace: { name: 'Legal' },
    })
  })
})

describe('records that cannot be read', () => {
  it.each([
    ['no id', { id: null }, 'id', null],
    ['an id that is no text', { id: { a: 1 } }, 'id', null],
    ['a broken id', { id: 'a\uD800' }, 'id', null],
    ['no time', { updated_at: null }, 'time', '1'],
    ['no offset', { updated_at: '2016-01-18T11:16:53' }, 'time', '1'],
    ['no such day', { updated_at: '2016-02-30T11:16:53Z' }, 'time', '1'],
    ['before the years', { updated_at: '0001-01-01T00:00:00+01:00' }, 'outside', '1'],
    ['after the years', { updated_at: '9999-12-31T23:59:59-01:00' }, 'outside', '1'],
  ])('%s', (_what, change, word, externalId) => {
    const mapped = onehub.map(detailed('x', change), nameBook(), {})
    expect(mapped).toMatchObject({ unmapped: expect.stringContaining(word) as string, externalId })
  })

  it('keeps ids beyond 2^53 exact', () => {
    const record = { ...recordFrom(null), value: { event: { id: '90071992547409931', updated_at: '2016-01-18T11:16:53.5Z' } } }
    expect(eventOf(onehub, record)).toMatchObject({
      externalId: '90071992547409931',
      occurredAt: '2016-01-18T11:16:53.500Z',
      workspace: null,
      actor: null,
    })
  })

  it('never throws', () => {
    const values = ['2016-01-18T11:16:53-08:00', 5, '<object><a href="/workspaces/1/files/2">x</a> File</object>']
    fc.assert(
      fc.property(hostile(['event', 'id', 'updated_at', 'detail', 'workspace_id', 'user_id'], values), (value) =>
        expectSound(onehub, recordFrom(value)),
      ),
    )
    fc.assert(
      fc.property(hostile(['x'], values), hostile(['x'], values), (detail, user) =>
        expectSound(onehub, detailed(detail, { user_id: user, workspace_id: detail })),
      ),
    )
  })
})

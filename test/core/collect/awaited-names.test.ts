import { expect, it } from 'vitest'
import type { AuditEvent, Subject } from '../../../src-main/contract/model/audit-event.ts'
import type { KnownName } from '../../../src-main/core/cache/archive.ts'
import { awaitedNames } from '../../../src-main/core/collect/awaited-names.ts'
import { lytics } from '../../../src-main/core/connectors/lytics/connector.ts'
import { oksky } from '../../../src-main/core/connectors/oksky/connector.ts'

const checkedAt = '2026-03-10T12:00:00.000Z'
const nameless = (kind: string, id: string): Subject => ({ kind, id, name: null })
const message = { actor: null, object: nameless('message', '7'), workspace: null, related: [] }

const awaited = (parts: object, lookUps = oksky.lookUps, known: readonly KnownName[] = [], lacksNames = true) =>
  awaitedNames({ connection: 'c1', ...parts } as AuditEvent, lacksNames, lookUps, { names: () => Promise.resolve(known) })

it('a workspace is awaited until the answer for the object has reached the event', async () => {
  const answer = { kind: 'message', id: '7', name: null, checkedAt }
  expect(await awaited(message)).toMatchObject({ object: true, workspace: true })
  expect(await awaited(message, oksky.lookUps, [{ ...answer, parent: { kind: 'room', id: '3' } }])).toMatchObject({
    object: false,
    workspace: true,
  })
  expect(await awaited(message, oksky.lookUps, [{ ...answer, parent: null }])).toMatchObject({ object: false, workspace: false })
  expect(await awaited(message, oksky.lookUps, [], false)).toMatchObject({ object: false, workspace: false })
})

it('what has a name, no id, or cannot be looked up awaits none, and no workspace hangs on it', async () => {
  const actor = { id: 'u1', name: null, email: null, kind: 'user' }
  expect(await awaited({ ...message, actor, object: nameless('user', 'u2') })).toMatchObject({
    actor: true,
    object: true,
    workspace: false,
  })
  const related = [
    nameless('work', '1'),
    nameless('query', '2'),
    { kind: 'work', id: '3', name: 'Nightly' },
    { kind: 'work', id: null, name: null },
  ]
  expect(await awaited({ ...message, workspace: nameless('account', 'a'), related }, lytics.lookUps)).toEqual({
    actor: false,
    object: false,
    workspace: true,
    related: [true, false, false, false],
  })
})

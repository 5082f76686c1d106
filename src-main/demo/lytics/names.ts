import type { People, Person } from '../generator/people.ts'
import { jsonReply, type Reply } from '../http/message.ts'
import type { PracticeClock } from '../types.ts'
import type { LyticsAccount, LyticsSegment, LyticsWorld } from './records.ts'

/** Users, accounts, segments, jobs and authorisations as they are now. Answers null for a path that is none of these. */
export const createLyticsNames = (
  people: People,
  world: LyticsWorld,
  clock: PracticeClock,
  success: (data: string) => Reply,
  error: (status: number, message: string) => Reply,
): ((path: string) => Reply | null) => {
  const accounts = [world.account, world.otherAccount]
  const userBody = (person: Person): unknown => ({
    id: person.lyticsId,
    email: person.email,
    name: person.fullName,
    accounts: [{ aid: world.account.aid, account_id: world.account.id, roles: ['admin'], granted_by: people.reader.lyticsId }],
    last_logon: new Date(clock.now() - 3_600_000).toISOString(),
  })
  const accountBody = ({ id, aid, name }: LyticsAccount): unknown => ({
    id,
    aid,
    name,
    domain: 'meridian.example',
    timezone: 'America/Los_Angeles',
  })
  const segmentBody = ({ id, name, authorId, createdMs, updatedMs }: LyticsSegment): unknown => ({
    id,
    name,
    slug_name: slug(name),
    short_id: id.slice(0, 8),
    kind: 'segment',
    table: 'user',
    author_id: authorId,
    created: new Date(createdMs).toISOString(),
    updated: new Date(updatedMs).toISOString(),
  })
  const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '_')
  const present = (): readonly Person[] => people.all.filter((person) => people.isThere(person, clock.now()))
  const found = (body: unknown): Reply => success(JSON.stringify(body))
  const notFound = (): Reply => error(404, 'Not Found')

  const one = (kind: string, id: string): Reply | null => {
    switch (kind) {
      case 'user': {
        const person = present().find(({ lyticsId, email }) => lyticsId === id || email === id)
        return person === undefined ? notFound() : found(userBody(person))
      }
      case 'account': {
        const account = id === 'current' ? world.account : accounts.find((candidate) => candidate.id === id || String(candidate.aid) === id)
        // A single account is documented without an envelope.
        return account === undefined ? notFound() : jsonReply(200, accountBody(account))
      }
      case 'segment': {
        const segment = world.segments.find(id) ?? world.segments.all.find(({ name }) => slug(name) === id)
        return segment === undefined ? error(200, 'Not Found') : found(segmentBody(segment))
      }
      case 'work': {
        const work = world.works.find(id)
        if (work === undefined) return notFound()
        return found({ id, user_id: work.userId, workflow_id: work.workflow, workflow: work.workflow, tag: '', statuscode: 2 })
      }
      case 'auth': {
        const auth = world.auths.find(id)
        return auth === undefined ? notFound() : found({ id, provider_name: auth.providerName, user_id: auth.userId })
      }
      default:
        return null
    }
  }

  return (path) => {
    const [, kind = '', id = ''] = /^\/api\/(user|account|segment|work|auth|provider)(?:\/(.+))?$/.exec(path) ?? []
    if (id !== '') return one(kind, id)
    switch (kind) {
      case 'user':
        return found(present().map(userBody))
      case 'account':
        return found(accounts.map(accountBody))
      case 'segment':
        return found(world.segments.all.map(segmentBody))
      default:
        return null
    }
  }
}

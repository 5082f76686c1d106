import { plainName } from '../generator/names.ts'
import type { People, Person } from '../generator/people.ts'
import { createPool, type Pool } from '../generator/pool.ts'
import { appWords } from '../generator/words.ts'
import type { EventSource } from '../practice-service.ts'
import { createRandom } from '../random.ts'
import type { PracticeEvent } from '../types.ts'

export interface LyticsEvent extends PracticeEvent {
  readonly priority: number
  readonly subjectType: string
  readonly subjectId: string
  readonly verb: string
  readonly related: readonly { readonly type: string; readonly id: string }[]
  readonly accountId: string
  readonly context: Readonly<Record<string, string>> | null
  /** Who did it; null for what the system did by itself. Only version 2 shows it. */
  readonly userId: string | null
}

export interface LyticsAccount {
  readonly id: string
  readonly aid: number
  readonly name: string
}

export interface LyticsSegment {
  readonly id: string
  name: string
  readonly authorId: string
  readonly createdMs: number
  updatedMs: number
}

export interface LyticsWork {
  readonly id: string
  readonly workflow: string
  readonly userId: string
}

export interface LyticsAuth {
  readonly id: string
  readonly providerName: string
  readonly userId: string
}

/** Segments, jobs and authorisations as they stand after the events made so far. */
export interface LyticsWorld extends EventSource<LyticsEvent> {
  readonly account: LyticsAccount
  /** A second account that the same token reaches when asked for by id. */
  readonly otherAccount: LyticsAccount
  readonly segments: Pool<LyticsSegment>
  readonly works: Pool<LyticsWork>
  readonly auths: Pool<LyticsAuth>
  /** Events of the other account; not part of the stated number. */
  otherEvents(fromMs: number, count: number): readonly LyticsEvent[]
}

type Deed = Pick<LyticsEvent, 'priority' | 'subjectType' | 'subjectId' | 'verb' | 'related' | 'context' | 'userId'>

const subjectWeights: readonly (readonly [string, number])[] = [
  ['entity', 34],
  ['segment', 18],
  ['work', 16],
  ['user', 10],
  ['auth', 8],
  ['topic-document', 6],
  ['report', 5],
  ['account', 3],
]

const workflows = ['salesforce_import', 'mailchimp_export', 'facebook_audience_export', 'csv_import', 'bigquery_export'] as const

export const createLyticsWorld = (seed: string, people: People, fromMs: number): LyticsWorld => {
  const random = createRandom(`${seed}/lytics`)
  const account: LyticsAccount = { id: random.hex(32), aid: 1_417, name: 'Meridian Holdings' }
  const otherAccount: LyticsAccount = { id: random.hex(32), aid: 2_093, name: 'Meridian Labs' }
  const segments = createPool<LyticsSegment>()
  const works = createPool<LyticsWork>()
  const auths = createPool<LyticsAuth>()

  const addSegment = (person: Person, timeMs: number): LyticsSegment =>
    segments.add({ id: random.hex(32), name: plainName(random), authorId: person.lyticsId, createdMs: timeMs, updatedMs: timeMs })
  const addWork = (person: Person): LyticsWork =>
    works.add({ id: random.hex(32), workflow: random.pick(workflows), userId: person.lyticsId })
  const addAuth = (person: Person): LyticsAuth =>
    auths.add({ id: random.hex(32), providerName: random.pick(appWords), userId: person.lyticsId })
  for (let count = 0; count < 8; count += 1) {
    addSegment(people.reader, fromMs)
    addWork(people.reader)
    addAuth(people.reader)
  }

  const visitor = (): string => `user/email/visitor${random.skewed(5_000)}@customers.example`
  /** A signed 64-bit number, as a hash of some document. */
  const signedId = (): string =>
    `${random.chance(0.5) ? '-' : ''}${1 + random.int(8)}${String(random.int(1e9)).padStart(9, '0')}${String(random.int(1e9)).padStart(9, '0')}`

  const segmentDeed = (person: Person, timeMs: number): Deed => {
    const verb = random.weighted<'created' | 'updated' | 'deleted'>([
      ['created', 3],
      ['updated', 6],
      ['deleted', 1],
    ])
    const segment = verb === 'created' ? addSegment(person, timeMs) : (segments.recent(random) ?? addSegment(person, timeMs))
    if (verb === 'updated') {
      segment.updatedMs = timeMs
      if (random.chance(0.3)) segment.name = plainName(random)
    }
    if (verb === 'deleted') segments.remove(segment)
    return {
      priority: 3,
      subjectType: 'segment',
      subjectId: segment.id,
      verb,
      related: [],
      context: { name: segment.name },
      userId: person.lyticsId,
    }
  }

  const workDeed = (person: Person): Deed => {
    const verb = random.weighted<'created' | 'updated' | 'status'>([
      ['created', 2],
      ['updated', 2],
      ['status', 8],
    ])
    const work = verb === 'created' ? addWork(person) : (works.recent(random) ?? addWork(person))
    const isStatus = verb === 'status'
    const context = isStatus
      ? { status: random.chance(0.12) ? 'failed' : 'completed', workflow: work.workflow }
      : { workflow: work.workflow }
    return {
      priority: isStatus ? 4 : 2,
      subjectType: 'work',
      subjectId: work.id,
      verb,
      related: [{ type: 'user', id: work.userId }],
      context,
      userId: isStatus ? null : person.lyticsId,
    }
  }

  const authDeed = (person: Person): Deed => {
    const verb = random.pick(['created', 'updated', 'deleted'])
    const auth = verb === 'created' ? addAuth(person) : (auths.recent(random) ?? addAuth(person))
    if (verb === 'deleted' && auths.size > 3) auths.remove(auth)
    return {
      priority: 3,
      subjectType: 'auth',
      subjectId: auth.id,
      verb,
      related: [],
      context: { provider: auth.providerName },
      userId: person.lyticsId,
    }
  }

  const act = (subjectType: string, person: Person, timeMs: number): Deed => {
    const plain = { priority: 2, subjectType, related: [], context: null, userId: person.lyticsId }
    switch (subjectType) {
      case 'segment':
        return segmentDeed(person, timeMs)
      case 'work':
        return workDeed(person)
      case 'auth':
        return authDeed(person)
      case 'user':
        return {
          ...plain,
          subjectId: people.actor(random, timeMs).lyticsId,
          verb: random.pick(['created', 'updated', 'updated', 'updated', 'deleted']),
        }
      case 'account':
        return { ...plain, priority: 5, subjectId: account.id, verb: 'updated' }
      case 'report':
        return { ...plain, subjectId: random.hex(32), verb: 'created' }
      case 'topic-document':
        return { ...plain, subjectId: signedId(), verb: 'created', userId: null }
      default: {
        const segment = segments.recent(random) ?? addSegment(person, timeMs)
        const enteredAt = new Date(timeMs - 1000 * random.int(300)).toISOString().replace(/\.\d+Z$/, 'Z')
        return {
          ...plain,
          subjectId: visitor(),
          verb: 'clustered',
          related: [{ type: 'segment', id: segment.id }],
          context: { in: enteredAt },
          userId: null,
        }
      }
    }
  }

  const next = (timeMs: number): LyticsEvent => ({
    id: random.hex(32),
    timeMs,
    accountId: account.id,
    ...act(random.weighted(subjectWeights), people.actor(random, timeMs), timeMs),
  })

  const otherEvents = (startMs: number, count: number): readonly LyticsEvent[] =>
    Array.from({ length: count }, (_unused, index) => ({
      id: random.hex(32),
      timeMs: startMs + index * 3_600_000,
      priority: 2,
      subjectType: 'report',
      subjectId: random.hex(32),
      verb: 'created',
      related: [],
      accountId: otherAccount.id,
      context: null,
      userId: people.reader.lyticsId,
    }))

  return { account, otherAccount, segments, works, auths, next, late: next, otherEvents }
}

import type { AuditEvent, EventRow, Outcome, ReviewStatus, ServiceId, Verb } from '../../../src-main/contract/model/audit-event.ts'

/** Newest generated event, UTC milliseconds; row `i` lies `i` steps before it. */
export const newestMs = Date.UTC(2026, 9, 31, 16, 20, 0)
export const stepMs = 47_000

interface Pattern {
  readonly service: ServiceId
  readonly action: string
  readonly verb: Verb
  readonly outcome: Outcome
  readonly objectKind: string
  readonly say: (actor: string, object: string, place: string) => string
}

const patterns: readonly Pattern[] = [
  {
    service: 'onehub',
    action: 'viewed',
    verb: 'read',
    outcome: 'unknown',
    objectKind: 'file',
    say: (a, o, p) => `${a} viewed the ${o} File (7 KB) in the ${p} Workspace`,
  },
  {
    service: 'onehub',
    action: 'downloaded',
    verb: 'download',
    outcome: 'unknown',
    objectKind: 'file',
    say: (a, o, p) => `${a} downloaded ${o} in ${p}`,
  },
  {
    service: 'lytics',
    action: 'updated',
    verb: 'update',
    outcome: 'success',
    objectKind: 'segment',
    say: (a, o, p) => `${a} updated segment ${o} in ${p}`,
  },
  { service: 'oksky', action: 'join', verb: 'join', outcome: 'unknown', objectKind: 'room', say: (a, o) => `${a} joined room ${o}` },
  {
    service: 'cloudfoundry',
    action: 'audit.app.update',
    verb: 'update',
    outcome: 'unknown',
    objectKind: 'app',
    say: (a, o, p) => `${a} updated app ${o} in space ${p}`,
  },
  {
    service: 'cloudfoundry',
    action: 'app.crash',
    verb: 'crash',
    outcome: 'failure',
    objectKind: 'app',
    say: (a, o, p) => `${a}: app ${o} crashed in space ${p}`,
  },
  {
    service: 'onehub',
    action: 'deleted',
    verb: 'delete',
    outcome: 'unknown',
    objectKind: 'file',
    say: (a, o, p) => `${a} deleted ${o} from ${p}`,
  },
]
const people = [
  'Matthew Anderson',
  'Zoë Lindqvist',
  'Amara Okafor',
  '田中 美咲',
  'Jean-Luc Moreau',
  'Priya Raman',
  'Olga Petrova',
  'Sam Carter',
] as const
const things = [
  'onehub-logo.png',
  'Q3 plan.xlsx',
  'board minutes 2026.pdf',
  'billing-api',
  'churned customers',
  'Support DE',
  '<b>draft</b>.docx',
  'release notes.md',
] as const
const places = ['Testing the API', 'Legal', 'Finance & Tax', 'production', 'Marketing EU'] as const

function pick<T>(from: readonly T[], n: number): T {
  const item = from[n % from.length]
  if (item === undefined) throw new Error('Nothing to pick from.')
  return item
}

/** A well spread number for a row, the same in every run. */
function spread(index: number, salt: number): number {
  let h = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(salt + 7, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return (h ^ (h >>> 13)) >>> 0
}

export const eventId = (index: number): string => `e${index.toString(36)}`

/** The row behind an id; null for an id of no row. */
export function indexOfId(id: string, rows: number): number | null {
  const index = /^e[0-9a-z]+$/u.test(id) ? Number.parseInt(id.slice(1), 36) : -1
  return index >= 0 && index < rows ? index : null
}

/** The generated event at a position, newest first: the same event for the same position, whatever was asked before. */
export function fakeEvent(index: number): AuditEvent {
  const pattern = pick(patterns, spread(index, 1) % 11)
  const isSystem = pattern.service === 'lytics' && spread(index, 2) % 5 === 0
  const person = spread(index, 3) % 3 === 0 ? 0 : spread(index, 4) % people.length
  const thing = spread(index, 5) % things.length
  const place = spread(index, 6) % places.length
  const occurredAt = new Date(newestMs - index * stepMs).toISOString()
  const isUnreadable = index % 5_003 === 5_002
  const actorName = isSystem ? 'Lytics' : pick(people, person)
  const hash = spread(index, 8).toString(16).padStart(8, '0').repeat(8)
  return {
    id: eventId(index),
    connection: `c-${pattern.service}`,
    service: pattern.service,
    externalId: String(90_000_000 - index),
    occurredAt: isUnreadable ? null : occurredAt,
    occurredAtOriginal: isUnreadable ? 'yesterday-ish' : occurredAt,
    collectedAt: new Date(newestMs).toISOString(),
    actor: isSystem ? null : { id: String(480 + person), name: pick(people, person), email: null, kind: 'user' },
    action: pattern.action,
    verb: pattern.verb,
    object: { kind: pattern.objectKind, id: String(849_600 + thing), name: pick(things, thing) },
    workspace: pattern.service === 'oksky' ? null : { kind: 'workspace', id: String(4_130 + place), name: pick(places, place) },
    related: [],
    outcome: pattern.outcome,
    summary: isUnreadable ? 'A record that could not be read' : pattern.say(actorName, pick(things, thing), pick(places, place)),
    revision: index % 401 === 7 ? 2 : 1,
    hash,
    mapped: !isUnreadable,
  }
}

/** The row a timeline shows of it, as nobody has reviewed it yet. */
export function fakeRow(index: number, reviewStatus: ReviewStatus | null = null, tags: readonly string[] = [], hasNote = false): EventRow {
  const isLate = index % 701 === 11
  return {
    event: fakeEvent(index),
    marks: {
      lateSince: isLate ? new Date(newestMs - index * stepMs + 86_400_000).toISOString() : null,
      goneSince: index % 997 === 19 ? new Date(newestMs).toISOString() : null,
      reviewStatus,
      tags,
      hasNote,
    },
  }
}

/** The payload a service would have sent for it. */
export function fakePayload(index: number, revision: number): string {
  const event = fakeEvent(index)
  return `{"id":${event.externalId}00000000000,"type":"${event.action}","attributes":{"timestamp":"${event.occurredAtOriginal ?? ''}","name":${JSON.stringify(event.object?.name ?? '')},"version":${revision},"tags":[],"nested":{"a":[1,2.50,null]}}}`
}

import { serviceIds, type NormalisedEvent, type ServiceId, type Subject, type Verb } from '../../src-main/contract/model/audit-event.ts'
import type { PageCommit, PageRecord, StoredConnection } from '../../src-main/core/cache/archive.ts'

/** One connection a service, `bench-onehub` and so on. */
export const benchConnections: readonly StoredConnection[] = serviceIds.map((service) => ({
  id: `bench-${service}`,
  service,
  name: `Bench ${service}`,
  baseUrl: `https://${service}.example.test`,
  options: {},
  createdAt: '2024-01-01T00:00:00.000Z',
  intervalMinutes: null,
  collectOnStart: false,
  hasCredential: false,
}))

const firstNames =
  'Ada Grace Alan Edsger Barbara Donald Frances Ken Margaret Dennis Radia Niklaus Hedy Linus Katherine Tim Joan Vint Karen Guido'.split(' ')
const lastNames =
  'Lovelace Hopper Turing Dijkstra Liskov Knuth Allen Thompson Hamilton Ritchie Perlman Wirth Lamarr Torvalds Johnson Lee Clarke Cerf Jones Rossum'.split(
    ' ',
  )
const nouns =
  'report budget contract invoice plan minutes summary drawing photo archive draft policy roster forecast ledger audit memo agenda schema quote'.split(
    ' ',
  )
const places =
  'Finance Legal Marketing Research Berlin Lisbon Board Payroll Support Platform Mobile Field Quality Press Sales Security Data Design Training Facilities'.split(
    ' ',
  )
const acts: readonly (readonly [action: string, verb: Verb, words: string])[] = [
  ['file.viewed', 'read', 'viewed'],
  ['file.downloaded', 'download', 'downloaded'],
  ['file.uploaded', 'upload', 'uploaded'],
  ['file.updated', 'update', 'updated'],
  ['file.deleted', 'delete', 'deleted'],
  ['folder.shared', 'share', 'shared'],
  ['user.invited', 'invite', 'invited'],
  ['user.signed_in', 'sign-in', 'signed in to'],
]
const startMs = Date.parse('2022-01-01T00:00:00Z')
const spanMs = 2 * 365 * 86_400_000

/** The same event for the same number, whatever was asked before: skewed like real life, about 740 bytes raw. */
export function syntheticRecord(index: number, total: number): PageRecord {
  const random = generator(index + 1)
  // Newest first, as services list them, give or take an hour.
  const occurredAt = new Date(startMs + burstyMs(1 - index / Math.max(total, 1)) - Math.floor(random() ** 6 * 3_600_000)).toISOString()
  // One actor does a third of everything, the rest follow a long tail.
  const actorNum = random() < 1 / 3 ? 0 : Math.floor(random() ** 3 * 20_000)
  const actorName = `${firstNames[actorNum % 20]} ${lastNames[Math.floor(actorNum / 20) % 20]}${actorNum < 400 ? '' : ` ${actorNum}`}`
  const workspaceNum = Math.floor(random() ** 4 * 3_000)
  const objectNum = Math.floor(random() ** 2 * Math.max(1_000, total / 4))
  const act = acts[Math.floor(random() ** 2 * acts.length)] ?? acts[0]
  if (act === undefined) throw new Error('no acts')
  const object: Subject = {
    kind: 'file',
    id: `f-${objectNum}`,
    name: `${nouns[objectNum % 20]}-${nouns[(objectNum >> 4) % 20]}-${objectNum}.pdf`,
  }
  const workspace: Subject = { kind: 'workspace', id: `w-${workspaceNum}`, name: `${places[workspaceNum % 20]} ${workspaceNum}` }
  const externalId = uuid(random)
  const event: NormalisedEvent = {
    externalId,
    occurredAt,
    occurredAtOriginal: occurredAt,
    actor: { id: `u-${actorNum}`, name: actorName, email: `user${actorNum}@example.test`, kind: 'user' },
    action: act[0],
    verb: act[1],
    object,
    workspace,
    related: [],
    outcome: random() < 0.02 ? 'failure' : 'success',
    summary: `${actorName} ${act[2]} ${object.name} in ${workspace.name}`,
  }
  return { payload: Buffer.from(payloadOf(event, random)), event, unmappedReason: null, externalId: null }
}

/** Milliseconds into the span of the event at this share of all: in twelve hours of each day, most of a half hour's events within its first minute. */
function burstyMs(share: number): number {
  const halfHours = share * (spanMs / 86_400_000) * 24
  const whole = Math.floor(halfHours)
  const day = Math.floor(whole / 24)
  return Math.floor(day * 86_400_000 + (12 + whole - day * 24 + (halfHours - whole) ** 6) * 1_800_000)
}

/** Pages of the set of `total` events from number `from` to `upTo`, one connection after another in turn. */
export function* syntheticPages(total: number, pageSize: number, from = 0, upTo = total): Generator<PageCommit> {
  for (let first = from; first < upTo; first += pageSize) {
    const records: PageRecord[] = []
    for (let index = first; index < Math.min(first + pageSize, upTo); index++) records.push(syntheticRecord(index, total))
    const service: ServiceId = serviceIds[Math.floor(first / pageSize) % serviceIds.length] ?? 'onehub'
    yield {
      runId: `bench-run-${service}`,
      connection: `bench-${service}`,
      stream: 'events',
      scope: '',
      receivedAt: new Date(startMs + spanMs + first).toISOString(),
      records,
      names: [],
      resume: { next: first + records.length },
      memory: {},
      requests: 1,
      claim: null,
    }
  }
}

function payloadOf(event: NormalisedEvent, random: () => number): string {
  const address = `${Math.floor(random() * 223) + 1}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}`
  return JSON.stringify({
    guid: event.externalId,
    type: event.action,
    created_at: event.occurredAt,
    updated_at: event.occurredAt,
    actor: { ...event.actor, session: uuid(random).slice(0, 18), ip: address },
    target: event.object,
    workspace: event.workspace,
    data: {
      request: {
        id: uuid(random),
        method: 'GET',
        path: `/v3/workspaces/${event.workspace?.id}/files`,
        agent: 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36',
        bytes: Math.floor(random() * 1e7),
      },
      outcome: event.outcome,
    },
    links: { self: `https://api.example.test/v3/audit_events/${event.externalId}` },
  })
}

function uuid(random: () => number): string {
  let hex = ''
  for (let part = 0; part < 4; part++)
    hex += Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

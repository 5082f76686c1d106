import type { Actor, AuditEvent, Outcome, Subject, Verb } from '../../contract/model/audit-event.ts'
import type { LineFormat } from './lines.ts'
import { payloadText } from './payload-text.ts'

const ocsfVersion = '1.3.0'

/** One OCSF event a line (NDJSON), schema 1.3.0: https://schema.ocsf.io/1.3.0/ */
export const ocsfLines: LineFormat = {
  header: '',
  addLine(bytes, exported) {
    const { text, isExact } = payloadText(exported.payload)
    bytes.addText(`${JSON.stringify(ocsfEvent(exported.event, text))}\n`)
    return isExact
  },
  parts: null,
  notes: () => [
    `Each line is one event of the Open Cybersecurity Schema Framework ${ocsfVersion}: Authentication (3002) for signing in and out, File Hosting Activity (6006) for what is done to files and folders, API Activity (6003) for everything else.`,
    "unmapped holds Trailview's own event and raw_data its newest payload.",
    'An event without a readable time carries the time of its collection in time; occurredAt in unmapped is null for it.',
    'Where a payload is not valid UTF-8, raw_data shows U+FFFD for what could not be read; an NDJSON export holds its bytes.',
    'Where the schema requires what the service does not say (source endpoint, actor), the name is Unknown.',
  ],
}

interface OcsfClass {
  readonly categoryUid: number
  readonly categoryName: string
  readonly classUid: number
  readonly className: string
  readonly activityId: number
  readonly activityName: string
  /** What only this class has. */
  readonly facts: Readonly<Record<string, unknown>>
}

function ocsfEvent(event: AuditEvent, payload: string): Readonly<Record<string, unknown>> {
  const kind = classOf(event)
  return {
    category_uid: kind.categoryUid,
    category_name: kind.categoryName,
    class_uid: kind.classUid,
    class_name: kind.className,
    activity_id: kind.activityId,
    activity_name: kind.activityName,
    type_uid: kind.classUid * 100 + kind.activityId,
    type_name: `${kind.className}: ${kind.activityName}`,
    time: Date.parse(event.occurredAt ?? event.collectedAt),
    severity_id: 1,
    severity: 'Informational',
    ...statusOf(event.outcome),
    message: event.summary,
    metadata: {
      version: ocsfVersion,
      product: { name: event.service, vendor_name: event.service },
      uid: event.id,
      event_code: event.action,
      log_name: event.connection,
      logged_time: Date.parse(event.collectedAt),
      ...(event.occurredAtOriginal === null ? {} : { original_time: event.occurredAtOriginal }),
    },
    actor: { user: userOf(event.actor) },
    ...kind.facts,
    unmapped: event,
    raw_data: payload,
  }
}

const fileActivities: Partial<Record<Verb, readonly [id: number, name: string]>> = {
  upload: [1, 'Upload'],
  create: [1, 'Upload'],
  download: [2, 'Download'],
  update: [3, 'Update'],
  delete: [4, 'Delete'],
  share: [12, 'Share'],
  read: [14, 'Open'],
}

const apiActivities: Partial<Record<Verb, readonly [id: number, name: string]>> = {
  create: [1, 'Create'],
  read: [2, 'Read'],
  update: [3, 'Update'],
  delete: [4, 'Delete'],
}

function classOf(event: AuditEvent): OcsfClass {
  const { verb, object, actor } = event
  if ((verb === 'sign-in' || verb === 'sign-out') && actor !== null) {
    const [activityId, activityName] = verb === 'sign-in' ? [1, 'Logon'] : [2, 'Logoff']
    const facts = { user: userOf(actor), service: { name: event.service } }
    return {
      categoryUid: 3,
      categoryName: 'Identity & Access Management',
      classUid: 3002,
      className: 'Authentication',
      activityId,
      activityName,
      facts,
    }
  }
  const application = { categoryUid: 6, categoryName: 'Application Activity' }
  const endpoint = { src_endpoint: { name: 'Unknown' } }
  if (object?.kind === 'file' || object?.kind === 'folder') {
    const [activityId, activityName] = fileActivities[verb] ?? [99, event.action]
    const facts = { ...endpoint, file: { ...resourceOf(object), type_id: object.kind === 'file' ? 1 : 2 } }
    return { ...application, classUid: 6006, className: 'File Hosting Activity', activityId, activityName, facts }
  }
  const [activityId, activityName] = apiActivities[verb] ?? [99, event.action]
  const resources = [object, event.workspace, ...event.related]
    .filter((subject) => subject !== null)
    .map((subject) => ({ ...resourceOf(subject), type: subject.kind }))
  const facts = { ...endpoint, api: { operation: event.action, service: { name: event.service } }, resources }
  return { ...application, classUid: 6003, className: 'API Activity', activityId, activityName, facts }
}

function userOf(actor: Actor | null): Readonly<Record<string, unknown>> {
  if (actor === null) return { name: 'Unknown', type_id: 0 }
  return {
    name: actor.name ?? actor.email ?? actor.id ?? 'Unknown',
    ...(actor.id === null ? {} : { uid: actor.id }),
    ...(actor.email === null ? {} : { email_addr: actor.email }),
    ...(actor.kind === 'user' ? { type_id: 1 } : { type_id: 99, type: actor.kind }),
  }
}

function resourceOf(subject: Subject): Readonly<Record<string, unknown>> {
  return { name: subject.name ?? subject.id ?? 'Unknown', ...(subject.id === null ? {} : { uid: subject.id }) }
}

function statusOf(outcome: Outcome): { readonly status_id: number; readonly status: string } {
  switch (outcome) {
    case 'success':
      return { status_id: 1, status: 'Success' }
    case 'failure':
      return { status_id: 2, status: 'Failure' }
    case 'unknown':
      return { status_id: 0, status: 'Unknown' }
  }
}

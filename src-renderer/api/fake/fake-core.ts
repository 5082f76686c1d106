import { TrailviewError } from '../../../src-main/contract/errors.ts'
import type { AppInfo } from '../../../src-main/contract/model/app.ts'
import type { ReviewNote, ReviewStatus } from '../../../src-main/contract/model/audit-event.ts'
import type { Connection } from '../../../src-main/contract/model/connection.ts'
import type { ExportJob } from '../../../src-main/contract/model/export.ts'
import type { SavedView } from '../../../src-main/contract/model/review.ts'
import type { Settings } from '../../../src-main/contract/model/settings.ts'
import type { PushMessage } from '../../../src-main/contract/push.ts'
import { fakeConnections, fakeConnectors, fakeCoverage, fakeRun, fakeStatus } from './fake-connections.ts'
import { fakeParse } from './fake-query.ts'
import { fakePayload, fakeRow, indexOfId, newestMs } from './fake-rows.ts'
import { FakeResults } from './fake-results.ts'
import type { FakeHandlers } from './fake-transport.ts'

export interface FakeOptions {
  readonly rows: number
  /** How the archive stands at the start; open unless told. */
  readonly archive?: AppInfo['archive']
  /** No connections at all, as at the very first start. */
  readonly isEmpty?: boolean
}

const instant = new Date(newestMs).toISOString()

/** Handlers over generated rows, with just enough memory for marks, notes, views, connections and exports to stick. */
export function createFakeCore(options: FakeOptions, push: (message: PushMessage) => void): FakeHandlers {
  const rows = options.isEmpty === true ? 0 : options.rows
  const statuses = new Map<string, ReviewStatus>()
  const tags = new Map<string, readonly string[]>()
  const notes = new Map<string, readonly ReviewNote[]>()
  let connections: readonly Connection[] = options.isEmpty === true ? [] : fakeConnections
  let views: readonly SavedView[] = []
  let exports: readonly ExportJob[] = []
  let archive: AppInfo['archive'] = options.archive ?? { state: 'open' }
  let settings: Settings = {
    theme: 'system',
    zone: 'UTC',
    columns: ['time', 'service', 'summary', 'actor', 'workspace'],
    proxyUrl: '',
    exportFolder: '',
  }
  let version = 1

  const rowOf = (index: number) => {
    const plain = fakeRow(index)
    const { id } = plain.event
    return { ...plain, marks: { ...plain.marks, reviewStatus: statuses.get(id) ?? null, tags: tags.get(id) ?? [], hasNote: notes.has(id) } }
  }
  const results = new FakeResults(rows, rowOf, () => version)
  const changed = (count: number): void => {
    version++
    push({ name: 'events.changed', payload: { added: 0, changed: count } })
  }
  const indexOf = (id: string): number => {
    const index = indexOfId(id, rows)
    if (index === null) throw new TrailviewError('EVENT_NOT_FOUND', `No event has the id ${id}.`)
    return index
  }
  const detailOf = (id: string) => {
    const row = rowOf(indexOf(id))
    const { event } = row
    const revisions = Array.from({ length: event.revision }, (_, i) => ({
      revision: event.revision - i,
      hash: event.hash,
      collectedAt: event.collectedAt,
      sizeBytes: 480,
    }))
    const currentNames = { actor: null, object: event.object?.id === '849601' ? 'Q3 plan (final).xlsx' : null, workspace: null }
    return {
      ...row,
      revisions,
      currentNames,
      awaitedNames: { actor: false, object: false, workspace: event.service === 'oksky', related: [] },
      notes: notes.get(id) ?? [],
      unmappedReason: event.mapped ? null : 'The record has no readable time.',
    }
  }

  return {
    'app.info': () => ({
      version: '0.0.0',
      shell: 'browser',
      isDemo: false,
      home: '/generated',
      systemZone: 'Europe/Berlin',
      archive,
      keychain: 'available',
      tasks: [],
    }),
    'archive.summary': () => ({ eventCount: rows, unmappedCount: 0, firstAt: null, lastAt: instant, sizeBytes: rows * 560 }),
    'archive.unlock': ({ passphrase }) => {
      if (passphrase === 'wrong passphrase')
        throw new TrailviewError('ARCHIVE_WRONG_KEY', 'The passphrase does not open this archive. Try again.')
      archive = { state: 'open' }
      push({ name: 'archive.stateChanged', payload: archive })
      return archive
    },
    'archive.verify': () => ({ isSound: true, findings: [], events: rows, pages: 1234, ledgerEntries: 57 }),
    'connectors.list': () => fakeConnectors,
    'connections.list': () => connections,
    'connections.status': () => connections.map((connection) => fakeStatus(connection.id, rows)),
    'connections.save': (draft) => {
      const id = draft.id ?? `c-${connections.length + 1}`
      const old = connections.find((connection) => connection.id === id)
      const saved: Connection = {
        id,
        service: draft.service,
        name: draft.name,
        baseUrl: draft.baseUrl ?? '',
        options: draft.options ?? {},
        credentialState: draft.credential === undefined && old === undefined ? 'missing' : 'stored',
        createdAt: old?.createdAt ?? instant,
        intervalMinutes: draft.intervalMinutes ?? null,
        collectOnStart: draft.collectOnStart ?? false,
      }
      connections = [...connections.filter((connection) => connection.id !== id), saved]
      push({ name: 'connections.changed', payload: { connection: id } })
      return saved
    },
    'connections.test': () => ({
      isOk: true,
      sentence: 'Signed in as Matthew Anderson; 12 workspaces can be seen.',
      code: null,
      account: 'Matthew Anderson',
      latencyMs: 84,
    }),
    'connections.remove': ({ id }) => {
      connections = connections.filter((connection) => connection.id !== id)
      push({ name: 'connections.changed', payload: { connection: id } })
      return { purgedEvents: 0 }
    },
    'connections.findUser': ({ email }) => ({ user: { id: '480', name: 'Matthew Anderson', email } }),
    'collection.start': ({ connections: ids = [] }) =>
      (ids.length === 0 ? connections.map((connection) => connection.id) : ids).map((id) => fakeRun(id, 0)),
    'collection.cancel': () => ({ wasRunning: true }),
    'collection.progress': () => [],
    'collection.runs': ({ connection }) =>
      connections.filter(({ id }) => (connection ?? id) === id).flatMap(({ id }) => [fakeRun(id, 0), fakeRun(id, 1), fakeRun(id, 2)]),
    'collection.runEvents': ({ run: id, count, first = 0, limit = 100 }) => {
      const run = connections.flatMap((connection) => [0, 1, 2].map((age) => fakeRun(connection.id, age))).find((one) => one.id === id)
      if (run === undefined) throw new TrailviewError('CALL_INVALID', `There is no run ${id}.`)
      return { run, rows: results.window('', first, Math.min(limit, run[count] - first)).rows, first, total: run[count] }
    },
    'collection.pullFileTrail': ({ connection }) => fakeRun(connection, 0),
    'coverage.list': ({ connection }) =>
      fakeCoverage(rows).filter(
        (span) => connections.some(({ id }) => id === span.connection) && (connection ?? span.connection) === span.connection,
      ),
    'query.parse': ({ text = '' }) => fakeParse(text),
    'query.complete': ({ text, caret }) => completions(text, caret),
    'events.page': ({ query, limit = 100 }) => ({
      events: results.window(query.text ?? '', 0, limit).rows.map((row) => row.event),
      next: null,
    }),
    'events.window': ({ query, first, count }) => results.window(query.text ?? '', first, count),
    'events.first': ({ query, count }) => results.window(query.text ?? '', 0, count),
    'events.locate': ({ query, at }) => ({ row: 'id' in at ? results.locate(query.text ?? '', at.id) : 0 }),
    'events.count': ({ query }) => ({ total: results.count(query.text ?? ''), exact: true }),
    'events.facets': ({ query, by, top = 20 }) => ({ values: results.facets(query.text ?? '', by, top), exact: true }),
    'events.histogram': ({ query, by }) => results.histogram(query.text ?? '', by),
    'events.explain': () => ({ steps: ['generated rows'] }),
    'events.get': ({ id }) => detailOf(id),
    'events.payload': ({ id, revision }) => {
      const index = indexOf(id)
      const text = fakePayload(index, revision ?? rowOf(index).event.revision)
      return { text, totalChars: text.length, sizeBytes: text.length, hash: rowOf(index).event.hash }
    },
    'events.around': ({ id, count = 5 }) => {
      const index = indexOf(id)
      const near = Array.from({ length: count * 2 + 1 }, (_, i) => index - count + i).filter((i) => i >= 0 && i < rows)
      return { sameActor: near.map(rowOf), sameObject: near.map(rowOf) }
    },
    'events.refetch': ({ id }) => ({ result: 'unchanged', detail: detailOf(id) }),
    'timelines.list': ({ kind, text = '', ofKind = null, first = 0, count = 200 }) => results.timelines(kind, text, ofKind, first, count),
    'review.mark': ({ ids, status }) => {
      for (const id of ids) statuses.set(id, status)
      changed(ids.length)
      return { changed: ids.length }
    },
    'review.tag': ({ id, add = [], remove = [] }) => {
      const next = [...new Set([...(tags.get(id) ?? []), ...add])].filter((tag) => !remove.includes(tag))
      tags.set(id, next)
      changed(1)
      return { tags: next }
    },
    'review.note': ({ id, text }) => {
      const noteId = `n${(notes.get(id)?.length ?? 0) + 1}`
      notes.set(id, [...(notes.get(id) ?? []), { id: noteId, text, writtenAt: instant }])
      changed(1)
      return { noteId }
    },
    'views.list': () => views,
    'views.save': ({ id = `v${views.length + 1}`, name, query, zone = null }) => {
      const view = { id, name, query, zone, createdAt: instant }
      views = [...views.filter((other) => other.id !== id), view]
      push({ name: 'views.changed', payload: {} })
      return view
    },
    'views.remove': ({ id }) => {
      const removed = views.some((view) => view.id === id)
      views = views.filter((view) => view.id !== id)
      push({ name: 'views.changed', payload: {} })
      return { removed }
    },
    'exports.start': ({ query, format, path }) => {
      const total = results.count(query.text ?? '')
      const file = path ?? `/generated/events.${format}`
      const job: ExportJob = {
        ...{
          id: `x${exports.length + 1}`,
          query: query.text ?? '',
          zone: query.zone ?? 'UTC',
          format,
          path: file,
          manifestPath: `${file}.manifest.json`,
        },
        ...{ status: 'done', rows: total, totalRows: total, sha256: 'ab'.repeat(32), startedAt: instant, endedAt: instant, error: null },
      }
      exports = [job, ...exports]
      push({ name: 'exports.progressed', payload: job })
      return job
    },
    'exports.list': () => exports,
    'exports.cancel': () => ({ wasRunning: false }),
    'exports.verify': ({ path }) => ({
      ...{ isSound: !path.includes('damaged'), findings: path.includes('damaged') ? ['events.ndjson cannot be unpacked.'] : [] },
      ...{ sha256: 'ab'.repeat(32), ledgerHash: 'cd'.repeat(32), events: rows, revisions: 2, pages: 12, ledgerEntries: 57 },
      about: { query: 'verb:delete', inWords: 'the verb is delete', zone: 'UTC', createdAt: instant },
    }),
    'settings.get': () => settings,
    'settings.save': (part) => {
      settings = { ...settings, ...(JSON.parse(JSON.stringify(part)) as Partial<Settings>) }
      push({ name: 'settings.changed', payload: settings })
      return settings
    },
  }
}

function completions(text: string, caret: number) {
  const start = text.slice(0, caret).search(/[^\s]*$/u)
  const word = text.slice(start, caret).toLowerCase()
  if (word === '') return []
  const verb = /^verb:(.*)$/u.exec(word)
  if (verb !== null) {
    const values = ['read', 'download', 'update', 'join', 'crash', 'delete'].filter((value) => value.startsWith(verb[1] ?? ''))
    return values.map((value) => ({ start: start + 5, end: caret, insert: `${value} `, label: value, kind: 'value' as const, count: 1000 }))
  }
  const fields = [
    'actor',
    'verb',
    'action',
    'object',
    'file',
    'kind',
    'workspace',
    'service',
    'outcome',
    'after',
    'before',
    'last',
    'status',
    'tag',
    'has',
  ]
  return fields
    .filter((field) => field.startsWith(word))
    .map((field) => ({ start, end: caret, insert: `${field}:`, label: `${field}:`, kind: 'field' as const, count: null }))
}

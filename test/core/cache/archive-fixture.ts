import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { NormalisedEvent } from '../../../src-main/contract/model/audit-event.ts'
import type { PageCommit, PageRecord, StoredConnection } from '../../../src-main/core/cache/archive.ts'
import type { Database } from '../../../src-main/core/cache/driver.ts'
import { archivePath } from '../../../src-main/core/cache/files.ts'
import { openForWriting } from '../../../src-main/core/cache/open.ts'
import { openWriter, type WriterCore } from '../../../src-main/core/cache/write/writer.ts'

export const keyHex = '5a'.repeat(32)

/** A fresh folder, gone after the test. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'trailview-archive-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

export const connection: StoredConnection = {
  id: 'c1',
  service: 'onehub',
  name: 'Test',
  baseUrl: 'https://example.test',
  options: {},
  createdAt: '2024-01-01T00:00:00.000Z',
  intervalMinutes: null,
  collectOnStart: false,
  hasCredential: true,
}

export interface OpenTestArchive {
  readonly db: Database
  readonly writer: WriterCore
  readonly home: string
}

/** An archive opened for writing in this thread, with one connection. */
export function testArchive(options: { readonly home?: string; readonly generationSize?: number } = {}): OpenTestArchive {
  const home = options.home ?? temporaryHome()
  const db = openForWriting(home, keyHex)
  onTestFinished(() => void db.close())
  const writer = openWriter(db, archivePath(home), options.generationSize === undefined ? {} : { generationSize: options.generationSize })
  writer.saveConnection(connection)
  return { db, writer, home }
}

export function event(over: Partial<NormalisedEvent> = {}): NormalisedEvent {
  return {
    externalId: 'e1',
    occurredAt: '2024-03-01T10:00:00.000Z',
    occurredAtOriginal: '2024-03-01T10:00:00.000Z',
    actor: { id: 'u1', name: 'Ada Lovelace', email: 'ada@example.test', kind: 'user' },
    action: 'file.viewed',
    verb: 'read',
    object: { kind: 'file', id: 'f1', name: 'plan.pdf' },
    workspace: { kind: 'workspace', id: 'w1', name: 'Engines' },
    related: [],
    outcome: 'success',
    summary: 'Ada Lovelace viewed plan.pdf in Engines',
    ...over,
  }
}

export function record(over: Partial<NormalisedEvent> = {}, payload?: string): PageRecord {
  const mapped = event(over)
  return { payload: Buffer.from(payload ?? JSON.stringify(mapped)), event: mapped, unmappedReason: null, externalId: null }
}

export function page(records: readonly PageRecord[], over: Partial<PageCommit> = {}): PageCommit {
  return {
    runId: 'r1',
    connection: 'c1',
    stream: 'events',
    scope: 'all',
    receivedAt: '2024-04-01T00:00:00.000Z',
    records,
    names: [],
    resume: null,
    memory: {},
    requests: 1,
    claim: null,
    ...over,
  }
}

/** Writes one page and returns its outcome; throws what the page was refused with. */
export function commit(writer: WriterCore, content: PageCommit): ReturnType<typeof outcomeOf> {
  return outcomeOf(writer.commitPages([content])[0])
}

function outcomeOf(result: ReturnType<WriterCore['commitPages']>[number] | undefined) {
  if (result === undefined) throw new Error('no result')
  if ('error' in result) throw result.error
  return result.outcome
}

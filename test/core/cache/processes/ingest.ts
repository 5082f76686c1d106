/** Writes pages of 50 events until it is killed, and prints the number of events after each: `ingest.ts HOME KEY FIRST`. */
import type { PageRecord } from '../../../../src-main/core/cache/archive.ts'
import { startWriter } from '../../../../src-main/core/cache/writer-client.ts'
import { workerUrl } from '../../../support/built.ts'

const [home = '', keyHex = '', first = '0'] = process.argv.slice(2)
const { writer } = await startWriter({ home, keyHex, workerUrl }, () => {})
await writer.saveConnection({
  id: 'c1',
  service: 'onehub',
  name: 'Test',
  baseUrl: 'https://example.test',
  options: {},
  createdAt: '2024-01-01T00:00:00.000Z',
  intervalMinutes: null,
  collectOnStart: false,
  hasCredential: true,
})

const recordOf = (num: number): PageRecord => ({
  payload: Buffer.from(`payload ${num} `.repeat(60)),
  event: {
    externalId: `e${num}`,
    occurredAt: new Date(1_700_000_000_000 + num).toISOString(),
    occurredAtOriginal: 'as it was',
    actor: { id: `u${num % 7}`, name: `User ${num % 7}`, email: null, kind: 'user' },
    action: 'viewed',
    verb: 'read',
    object: { kind: 'file', id: `f${num}`, name: `file ${num}` },
    workspace: null,
    related: [],
    outcome: 'unknown',
    summary: `User ${num % 7} viewed file ${num}`,
  },
  unmappedReason: null,
  externalId: null,
})

let next = Number(first)
const commitNext = async (): Promise<void> => {
  const from = next
  next += 50
  const records = Array.from({ length: 50 }, (_, at) => recordOf(from + at))
  await writer.commitPage({
    runId: 'r1',
    connection: 'c1',
    stream: 'events',
    scope: '',
    receivedAt: '2024-01-01T00:00:00.000Z',
    records,
    names: [],
    resume: from + 50,
    memory: {},
    requests: 1,
    claim: null,
  })
  console.log(from + 50)
}
for (;;) await Promise.all([commitNext(), commitNext()])

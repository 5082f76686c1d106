import { serviceIds } from '../../../src-main/contract/model/audit-event.ts'
import type { CollectionRun, ConnectionStatus } from '../../../src-main/contract/model/collection.ts'
import type { Connection } from '../../../src-main/contract/model/connection.ts'
import type { ConnectorInfo } from '../../../src-main/contract/model/connector-info.ts'
import type { CoverageSpan } from '../../../src-main/contract/model/coverage.ts'
import { fakeExtent } from './fake-results.ts'
import { newestMs } from './fake-rows.ts'

const titles = { onehub: 'Onehub', lytics: 'Lytics', oksky: 'OK SKY', cloudfoundry: 'Cloud Foundry' } as const
const iso = (ms: number): string => new Date(ms).toISOString()
const hourMs = 3_600_000

export const fakeConnectors: readonly ConnectorInfo[] = serviceIds.map((service) => ({
  service,
  title: titles[service],
  docsUrl: 'https://docs.example/',
  defaultBaseUrl: service === 'cloudfoundry' ? null : `https://${service}.example`,
  baseUrlHelp: 'Address of the service, without a path.',
  credentialHelp: 'A token with the right to read the audit log, made on the account page of the service.',
  credentialForms: [
    {
      id: 'token',
      label: 'Token',
      fields: [{ key: 'token', label: 'Token', kind: 'secret', help: 'Made on the account page.', isRequired: true }],
    },
    {
      id: 'password',
      label: 'User and password',
      fields: [
        { key: 'username', label: 'User', kind: 'text', help: '', isRequired: true },
        { key: 'password', label: 'Password', kind: 'secret', help: '', isRequired: true },
      ],
    },
  ],
  options: [
    { key: 'workspaces', label: 'Workspaces', kind: 'list', help: 'Ids, separated by commas; empty for all.', isRequired: false },
    {
      key: 'filter_self',
      label: 'Leave out own events',
      kind: 'boolean',
      help: 'Events of the connected account.',
      isRequired: false,
      defaultValue: 'false',
    },
    {
      ...{
        key: 'order',
        label: 'Order',
        kind: 'choice',
        help: 'Order in which the service is asked.',
        isRequired: false,
        defaultValue: 'desc',
      },
      choices: [
        { value: 'asc', label: 'Oldest first' },
        { value: 'desc', label: 'Newest first' },
      ],
    },
  ],
  retentionDays: service === 'cloudfoundry' ? 31 : null,
  capabilities: { canFetchOne: service !== 'onehub', canFindUser: service === 'lytics', canPullFileTrail: service === 'onehub' },
}))

export const fakeConnections: readonly Connection[] = serviceIds.map((service) => ({
  ...{ id: `c-${service}`, service, name: `${titles[service]} of Example Ltd`, baseUrl: `https://${service}.example`, options: {} },
  ...{ credentialState: 'stored', createdAt: iso(newestMs), intervalMinutes: 60, collectOnStart: true },
}))

const noCounts = { added: 0, changed: 0, unchanged: 0, late: 0, gone: 0, unmapped: 0, pages: 0, requests: 0 }

/** The `age`-th last run of a connection; OK SKY's newest one failed. */
export function fakeRun(connection: string, age: number): CollectionRun {
  const startedAt = iso(newestMs - age * hourMs)
  const isFailed = connection === 'c-oksky' && age === 0
  return {
    ...noCounts,
    ...{
      id: `r-${connection}-${age}`,
      connection,
      status: isFailed ? 'failed' : 'done',
      startedAt,
      endedAt: iso(newestMs - age * hourMs + 8_000),
    },
    ...{ added: 120, changed: 2, unchanged: 40, late: 1, pages: 4, requests: 9 },
    coverage: isFailed ? null : [null, startedAt],
    error: isFailed
      ? {
          code: 'SERVICE_UNAVAILABLE',
          message: 'OK SKY answered 503 five times. The next run tries again.',
          isRetryable: true,
          retryAt: iso(newestMs + hourMs),
        }
      : null,
  }
}

export function fakeStatus(connection: string, rows: number): ConnectionStatus {
  const isFailed = connection === 'c-oksky'
  return {
    ...{
      connection,
      activity: isFailed ? 'waiting' : 'idle',
      sentence: isFailed ? 'OK SKY answered 503 five times. The next run tries again.' : null,
    },
    ...{ lastRun: fakeRun(connection, 0), completeTo: iso(newestMs - (isFailed ? 30 * hourMs : 0)), nextRunAt: iso(newestMs + hourMs) },
    ...{ eventCount: Math.round(rows / 4), unmappedCount: 3, changedCount: 25, lateCount: 14, goneCount: 10 },
    awaitingNamesCount: isFailed ? 1_234 : 0,
  }
}

export function fakeCoverage(rows: number): readonly CoverageSpan[] {
  const { fromMs, toMs } = fakeExtent(rows)
  const at = (share: number): string => iso(fromMs + (toMs - fromMs) * share)
  return [
    { connection: 'c-onehub', stream: 'activity', from: null, to: at(1), state: 'complete' },
    { connection: 'c-lytics', stream: 'events', from: at(0.2), to: at(1), state: 'complete' },
    { connection: 'c-oksky', stream: 'events', from: at(0), to: at(0.8), state: 'complete' },
    { connection: 'c-oksky', stream: 'events', from: at(0.8), to: at(1), state: 'failed' },
    { connection: 'c-cloudfoundry', stream: 'v3', from: null, to: at(0.4), state: 'expired' },
    { connection: 'c-cloudfoundry', stream: 'v3', from: at(0.4), to: at(1), state: 'complete' },
  ]
}

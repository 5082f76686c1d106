import type { ConnectionOptions } from '../../../contract/model/connection.ts'
import type { FormField } from '../../../contract/model/connector-info.ts'
import type { RawRecord } from '../define.ts'
import { checkChoice, checkWhole, optionOf, wholeOption } from '../kit/options.ts'
import type { Slice } from '../kit/slices.ts'
import { timeOf } from './map.ts'
import { boundOf } from './times.ts'

/** The most rows one page may hold. */
export const mostPerPage = 100

/** The parameters of `/api/event` and `/v2/event`, and which of the two is asked. */
export const lyticsOptions: readonly FormField[] = [
  {
    key: 'account_id',
    label: 'Account',
    kind: 'text',
    help: 'Id of the account to collect, for a token that reaches several. Empty: the default account of the token.',
    isRequired: false,
  },
  {
    key: 'type',
    label: 'Object type',
    kind: 'text',
    help: 'Only events on this type of object: entity, segment, work, account, user, auth, report. Empty: all.',
    isRequired: false,
  },
  { key: 'id', label: 'Object id', kind: 'text', help: 'Only events on the object with this id. Empty: all.', isRequired: false },
  {
    key: 'verb',
    label: 'Verb',
    kind: 'text',
    help: 'Only this verb: created, updated, deleted, status, clustered. Empty: all.',
    isRequired: false,
  },
  {
    key: 'after',
    label: 'After',
    kind: 'text',
    help: 'Nothing older is collected: a date, a time with an offset, or date math such as now-4w.',
    isRequired: false,
    placeholder: '2016-03-03',
  },
  {
    key: 'before',
    label: 'Before',
    kind: 'text',
    help: 'Nothing newer is collected: a date, a time with an offset, or date math such as now-2h.',
    isRequired: false,
    placeholder: 'now-2h',
  },
  {
    key: 'start',
    label: 'Skip',
    kind: 'number',
    help: 'How many results to leave out at the beginning of each list; paging goes on from there.',
    isRequired: false,
    defaultValue: '0',
  },
  {
    key: 'limit',
    label: 'Page size',
    kind: 'number',
    help: `Events per request, 1 to ${mostPerPage}.`,
    isRequired: false,
    defaultValue: String(mostPerPage),
  },
  {
    key: 'api',
    label: 'API version',
    kind: 'choice',
    help: 'Version 2 names who did it, version 1 does not. Automatic takes version 2 where the service has it.',
    isRequired: false,
    choices: [
      { value: 'auto', label: 'Automatic' },
      { value: 'v1', label: 'Version 1' },
      { value: 'v2', label: 'Version 2' },
    ],
    defaultValue: 'auto',
  },
]

export function checkLyticsOptions(options: ConnectionOptions): string[] {
  const now = Date.UTC(2026, 0)
  const wrong = ['before', 'after'].filter((key) => boundOption(options, key, now) === undefined)
  const before = boundOption(options, 'before', now)
  const after = boundOption(options, 'after', now)
  return [
    ...wrong.map((key) => `The option "${key}" is a date such as 2016-03-03, a time with an offset, or date math such as now-3d.`),
    ...(typeof before === 'number' && typeof after === 'number' && after >= before
      ? ['The option "after" does not lie before "before".']
      : []),
    ...checkWhole(options, 'limit', 1, mostPerPage),
    ...checkWhole(options, 'start', 0, 100_000_000),
    ...checkChoice(options, 'api', ['auto', 'v1', 'v2']),
  ]
}

/** The part of every request that does not depend on time or page. */
export function filterQuery(options: ConnectionOptions): readonly (readonly [string, string])[] {
  return ['account_id', 'type', 'id', 'verb'].flatMap((key) => {
    const value = optionOf(options, key)
    return value === null ? [] : [[key, value] as const]
  })
}

export function pageSize(options: ConnectionOptions): number {
  return Math.max(1, Math.min(mostPerPage, wholeOption(options, 'limit') ?? mostPerPage))
}

/** The span of time the options want; date math moves it on with the clock. */
export function wantedSpan(options: ConnectionOptions, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: boundOption(options, 'after', nowMs) ?? -Infinity, toMs: boundOption(options, 'before', nowMs) ?? Infinity }
}

/** The part of a slice the options allow; null when there is none. */
export function narrowed(slice: Slice, options: ConnectionOptions, nowMs: number): Slice | null {
  const { fromMs, toMs } = wantedSpan(options, nowMs)
  const from = Math.max(slice.fromMs ?? -Infinity, fromMs)
  const to = Math.min(slice.toMs, toMs)
  return from > to ? null : { fromMs: from === -Infinity ? null : from, toMs: to }
}

/** Whether the options want this record: bounds are sent widened, so the user's own are checked again. What has no readable time is wanted. */
export function isWanted(record: RawRecord, options: ConnectionOptions, nowMs: number): boolean {
  const timeMs = timeOf(record)
  if (timeMs === null) return true
  const { fromMs, toMs } = wantedSpan(options, nowMs)
  return timeMs >= fromMs && timeMs <= toMs
}

/** Null: not set. Undefined: set, but no time. */
function boundOption(options: ConnectionOptions, key: string, nowMs: number): number | null | undefined {
  const text = optionOf(options, key)
  return text === null ? null : (boundOf(text, nowMs) ?? undefined)
}

import type { ConnectionOptions } from '../../../contract/model/connection.ts'
import type { FormField } from '../../../contract/model/connector-info.ts'
import type { RawRecord } from '../define.ts'
import { idOf, textOf } from '../kit/fields.ts'
import { checkChoice, checkIds, listOption, optionOf } from '../kit/options.ts'
import type { Slice } from '../kit/slices.ts'
import { parseRfc2822, parseTimestamp } from '../kit/times.ts'
import { eventOf } from './map.ts'
import type { Query } from './offset-pages.ts'

const verbChoices = ['create', 'upload', 'read', 'download', 'update', 'delete', 'invite']

/** The parameters of `/activity`, all optional. */
export const onehubOptions: readonly FormField[] = [
  {
    key: 'workspaces',
    label: 'Workspaces',
    kind: 'list',
    help: 'Ids of the workspaces to collect, separated by commas. Empty: all that the account sees.',
    isRequired: false,
    placeholder: '4137, 4148',
  },
  {
    key: 'verbs',
    label: 'Verbs',
    kind: 'list',
    help: `Only these actions, separated by commas: ${verbChoices.join(', ')}. Empty: all.`,
    isRequired: false,
  },
  {
    key: 'filter_self',
    label: 'Leave out own events',
    kind: 'boolean',
    help: 'Leaves out the events of the account whose credential is used.',
    isRequired: false,
    defaultValue: 'false',
  },
  {
    key: 'actor',
    label: 'Actor',
    kind: 'text',
    help: 'Id of the one user whose events are collected. Empty: everybody.',
    isRequired: false,
  },
  {
    key: 'start_time',
    label: 'Start time',
    kind: 'text',
    help: 'Nothing before this time is collected. RFC 2822 with an offset.',
    isRequired: false,
    placeholder: 'Mon, 18 Jan 2016 11:16:53 -0800',
  },
  {
    key: 'end_time',
    label: 'End time',
    kind: 'text',
    help: 'Nothing after this time is collected. RFC 2822 with an offset.',
    isRequired: false,
    placeholder: 'Mon, 18 Jan 2016 11:16:53 -0800',
  },
]

export function checkOnehubOptions(options: ConnectionOptions): string[] {
  const strange = listOption(options, 'verbs').find((verb) => !verbChoices.includes(verb))
  const times = ['start_time', 'end_time'].filter((key) => optionOf(options, key) !== null && timeOption(options, key) === null)
  const startMs = timeOption(options, 'start_time')
  const endMs = timeOption(options, 'end_time')
  return [
    ...checkIds(options, 'workspaces'),
    ...(strange === undefined ? [] : [`The option "verbs" knows ${verbChoices.join(', ')}; "${strange.slice(0, 40)}" is none of them.`]),
    ...checkChoice(options, 'filter_self', ['true', 'false']),
    ...(listOption(options, 'actor').length > 1 ? ['The option "actor" takes one id.'] : checkIds(options, 'actor')),
    ...times.map((key) => `The option "${key}" is a time with an offset, such as Mon, 18 Jan 2016 11:16:53 -0800.`),
    ...(startMs !== null && endMs !== null && startMs > endMs ? ['The option "start_time" lies after "end_time".'] : []),
  ]
}

/** The part of every request that does not depend on time. */
export function filterQuery(options: ConnectionOptions): Query {
  const actor = optionOf(options, 'actor')
  return [
    ...listOption(options, 'workspaces').map((id) => ['workspaces[]', id] as const),
    ...listOption(options, 'verbs').map((verb) => ['verbs[]', verb] as const),
    ...(optionOf(options, 'filter_self') === 'true' ? [['filter_self', 'true'] as const] : []),
    ...(actor === null ? [] : [['actor', actor] as const]),
  ]
}

/** The span of time the options allow; bounds included. */
export function allowedSpan(options: ConnectionOptions): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: timeOption(options, 'start_time') ?? -Infinity, toMs: timeOption(options, 'end_time') ?? Infinity }
}

/** The part of a slice the options allow; null when there is none. */
export function narrowed(slice: Slice, options: ConnectionOptions): Slice | null {
  const { fromMs, toMs } = allowedSpan(options)
  const from = Math.max(slice.fromMs ?? -Infinity, fromMs)
  const to = Math.min(slice.toMs, toMs)
  return from > to ? null : { fromMs: from === -Infinity ? null : from, toMs: to }
}

/**
 * Whether the options want this record. Checked again here because bounds are sent widened, and because a parameter that has no effect is silent.
 * What cannot be read is wanted.
 */
export function isWanted(record: RawRecord, options: ConnectionOptions): boolean {
  const event = eventOf(record)
  const workspace = idOf(event?.['workspace_id'])
  const user = idOf(event?.['user_id'])
  const timeMs = timeOf(record)
  const workspaces = listOption(options, 'workspaces')
  const actor = optionOf(options, 'actor')
  const { fromMs, toMs } = allowedSpan(options)
  if (workspace !== null && workspaces.length > 0 && !workspaces.includes(workspace)) return false
  if (user !== null && actor !== null && user !== actor) return false
  return timeMs === null || (timeMs >= fromMs && timeMs <= toMs)
}

/** When the event of a record happened, ms since 1970; null when that cannot be read. */
export function timeOf(record: RawRecord): number | null {
  const text = textOf(eventOf(record)?.['updated_at'])
  return text === null ? null : parseTimestamp(text)
}

function timeOption(options: ConnectionOptions, key: string): number | null {
  const text = optionOf(options, key)
  return text === null ? null : (parseRfc2822(text) ?? parseTimestamp(text))
}

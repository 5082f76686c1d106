import type { Slice } from '../kit/slices.ts'
import { parseTimestamp } from '../kit/times.ts'

/** What a `q` compares. The first three are documented; newer services know the others too. */
const filters = ['timestamp', 'type', 'actee', 'space_guid', 'organization_guid'] as const
type Filter = (typeof filters)[number]
type Operator = ':' | '>=' | '<=' | '<' | '>' | 'IN'

export interface Condition {
  readonly filter: Filter
  readonly operator: Operator
  readonly values: readonly string[]
}

/** A stretch of whole seconds, end excluded; null: open on that side. */
export interface Span {
  readonly fromMs: number | null
  readonly toMs: number | null
}

const secondMs = 1000

/** The conditions of the option `q` (one a line, or separated by `;`; `;;` is a semicolon), and a sentence for each that is none. */
export function parseConditions(text: string): { readonly conditions: readonly Condition[]; readonly problems: readonly string[] } {
  const conditions: Condition[] = []
  const problems: string[] = []
  for (const part of partsOf(text)) {
    const found = /^([a-z_]+)\s*(:|>=|<=|<|>|\s+IN\s+)\s*(.*)$/s.exec(part)
    const filter = filters.find((name) => name === found?.[1])
    const operator = found?.[2]?.trim() as Operator | undefined
    const values = operator === 'IN' ? (found?.[3] ?? '').split(',').map((value) => value.trim()) : [found?.[3]?.trim() ?? '']
    const shown = part.slice(0, 60)
    if (filter === undefined || operator === undefined) {
      problems.push(
        `The option "q" takes filter, operator and value, such as type:audit.app.update; filters are ${filters.join(', ')}, operators : >= <= < > IN. "${shown}" is not of this form.`,
      )
    } else if (values.some((value) => value === '')) {
      problems.push(`A value is missing in "${shown}" of the option "q".`)
    } else if (filter === 'timestamp' && values.some((value) => secondOf(value) === null)) {
      problems.push(`The time in "${shown}" of the option "q" cannot be read; write it as 2026-01-31T14:00:00Z.`)
    } else conditions.push({ filter, operator, values })
  }
  return { conditions, problems }
}

function partsOf(text: string): string[] {
  const parts = text.split('\n').flatMap((line) => line.replaceAll(';;', '\0').split(';'))
  return parts.map((part) => part.replaceAll('\0', ';').trim()).filter((part) => part !== '')
}

/** The start of the second that a time of the option names, ms; a date alone is its first second, times without an offset are UTC. */
function secondOf(value: string): number | null {
  const full = /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : /[zZ]$|UTC$|[+-]\d\d:?\d\d$/.test(value) ? value : `${value}Z`
  const ms = parseTimestamp(full)
  return ms === null ? null : Math.floor(ms / secondMs) * secondMs
}

/**
 * The stretches of time that all conditions on `timestamp` allow, oldest first. The service compares whole seconds:
 * `>` leaves out the whole second of its value, `<=` takes it in, `:` is that second.
 */
export function spansOf(conditions: readonly Condition[]): readonly Span[] {
  return conditions
    .filter(({ filter }) => filter === 'timestamp')
    .map(({ operator, values }) => values.flatMap((value) => spanOf(operator, secondOf(value))))
    .reduce<readonly Span[]>(
      (all, some) => all.flatMap((span) => some.flatMap((other) => common(span, other) ?? [])),
      [{ fromMs: null, toMs: null }],
    )
    .toSorted((a, b) => (a.fromMs ?? -Infinity) - (b.fromMs ?? -Infinity))
}

function spanOf(operator: Operator, second: number | null): Span[] {
  if (second === null) return []
  switch (operator) {
    case ':':
    case 'IN':
      return [{ fromMs: second, toMs: second + secondMs }]
    case '>=':
      return [{ fromMs: second, toMs: null }]
    case '>':
      return [{ fromMs: second + secondMs, toMs: null }]
    case '<':
      return [{ fromMs: null, toMs: second }]
    case '<=':
      return [{ fromMs: null, toMs: second + secondMs }]
  }
}

function common(a: Span, b: Span): Span | null {
  const from = Math.max(a.fromMs ?? -Infinity, b.fromMs ?? -Infinity)
  const to = Math.min(a.toMs ?? Infinity, b.toMs ?? Infinity)
  return from < to ? { fromMs: from === -Infinity ? null : from, toMs: to === Infinity ? null : to } : null
}

/** The parts of a slice that the spans allow, in whole seconds, oldest first. */
export function allowedParts(slice: Slice, spans: readonly Span[]): Slice[] {
  const fromMs = slice.fromMs === null ? null : Math.floor(slice.fromMs / secondMs) * secondMs
  const toMs = Math.ceil(slice.toMs / secondMs) * secondMs
  return spans.flatMap((span) => {
    const part = common({ fromMs, toMs }, span)
    return part?.toMs == null ? [] : [{ fromMs: part.fromMs, toMs: part.toMs }]
  })
}

const v3Names: Readonly<Record<Exclude<Filter, 'timestamp'>, string>> = {
  type: 'types',
  actee: 'target_guids',
  space_guid: 'space_guids',
  organization_guid: 'organization_guids',
}

/** The conditions that are not on time as v3 filters; null when nothing can satisfy them all. Conditions `v3CannotSay` names are left out. */
export function v3Filters(conditions: readonly Condition[]): readonly (readonly [string, string])[] | null {
  const allowed = new Map<string, readonly string[]>()
  for (const { filter, operator, values } of conditions) {
    if (filter === 'timestamp' || (operator !== ':' && operator !== 'IN')) continue
    const name = v3Names[filter]
    const before = allowed.get(name)
    allowed.set(name, before === undefined ? values : before.filter((value) => values.includes(value)))
  }
  if ([...allowed.values()].some((values) => values.length === 0)) return null
  // A comma inside a value would end it: it is encoded twice.
  return [...allowed].map(([name, values]) => [name, values.map((value) => value.replaceAll(',', '%2C')).join(',')])
}

/** Conditions for which v3 has no filter: other comparisons than equality on anything but time. */
export function v3CannotSay(conditions: readonly Condition[]): readonly Condition[] {
  return conditions.filter(({ filter, operator }) => filter !== 'timestamp' && operator !== ':' && operator !== 'IN')
}

/** The conditions that are not on time as `q` parameters of v2. */
export function v2Filters(conditions: readonly Condition[]): readonly (readonly [string, string])[] {
  return conditions
    .filter(({ filter }) => filter !== 'timestamp')
    .map(({ filter, operator, values }) => [
      'q',
      `${filter}${operator === 'IN' ? ' IN ' : operator}${values.join(',').replaceAll(';', ';;')}`,
    ])
}

import { outcomes, reviewStatuses, serviceIds, verbs } from '../../contract/model/audit-event.ts'
import type { HasFlag, MatchField } from './tree.ts'

export type DateField = 'after' | 'before' | 'on' | 'last'

interface FieldCommon {
  /** What it looks at, for completion. */
  readonly help: string
  readonly aliases: readonly string[]
  /** The values there are, where they are known beforehand. */
  readonly values: readonly string[]
}

export type QueryField = FieldCommon &
  (
    | { readonly name: MatchField; readonly kind: 'match'; readonly noun: string }
    | { readonly name: 'raw'; readonly kind: 'raw' }
    | { readonly name: 'has'; readonly kind: 'has' }
    | { readonly name: DateField; readonly kind: 'date' }
  )

/** What each `has:` value says about an event, in words. */
export const hasFlags: Readonly<Record<HasFlag, string>> = {
  note: 'has a note',
  revision: 'changed at the source after it was first collected',
  late: 'arrived in a span that was already complete',
  gone: 'is no longer at the source',
  unmapped: 'is kept but not readable',
}

/** The values of `has:`. */
export function isHasFlag(value: string): value is HasFlag {
  return Object.hasOwn(hasFlags, value)
}

/** Every field of the language, in the order in which completion offers them. */
export const queryFields: readonly QueryField[] = [
  match('actor', 'actor', 'who did it: name, e-mail or id', [], ['user', 'by']),
  match('verb', 'verb', 'what was done, in our words', verbs),
  match('action', 'action', "what was done, in the service's word"),
  match('object', 'object', 'what it was done to: name or id'),
  match('file', 'file or folder', 'a file or folder: name or id'),
  match('kind', 'object kind', 'kind of object: file, folder, room, app…'),
  match('workspace', 'workspace', 'where: name or id', [], ['in']),
  match('service', 'service', 'which service', serviceIds),
  match('connection', 'connection', 'which connection: name or id'),
  match('outcome', 'outcome', 'how it ended', outcomes),
  date('after', 'from this date or time on', []),
  date('before', 'until just before this date or time', []),
  date('on', 'on this day, month or year', []),
  date('last', 'in this long up to now: 7d, 12h', ['1h', '24h', '7d', '30d', '12w', '1y']),
  match('status', 'review status', 'review status', reviewStatuses),
  match('tag', 'tag', "a reviewer's tag"),
  { name: 'has', kind: 'has', help: 'note, revision, late, gone, unmapped', aliases: [], values: Object.keys(hasFlags) },
  match('id', 'id', "our id or the service's own"),
  { name: 'raw', kind: 'raw', help: 'text, also within the payload', aliases: [], values: [] },
]

const byName = new Map(queryFields.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, field] as const)))

/** The field of that name or alias, whatever its case. */
export function findField(name: string): QueryField | undefined {
  return byName.get(name.toLowerCase())
}

/** The name or alias that a mistyped one most likely meant; null when none is near. A shared first letter weighs more than a stray one. */
export function nearestFieldName(name: string): string | null {
  const wanted = name.toLowerCase()
  // A name far longer than any field is no slip of the hand, and its distance not worth computing.
  if (wanted.length > 20) return null
  let best: string | null = null
  let bestScore = 1.6
  for (const candidate of byName.keys()) {
    const score = editDistance(wanted, candidate) - (wanted[0] === candidate[0] ? 1.5 : 0)
    if (score < bestScore) [best, bestScore] = [candidate, score]
  }
  return best
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(substituted, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}

function match(name: MatchField, noun: string, help: string, values: readonly string[] = [], aliases: readonly string[] = []): QueryField {
  return { name, kind: 'match', noun, help, values, aliases }
}

function date(name: DateField, help: string, values: readonly string[]): QueryField {
  return { name, kind: 'date', help, values, aliases: [] }
}

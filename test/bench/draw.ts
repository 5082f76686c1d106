import type { AuditEvent } from '../../src-main/contract/model/audit-event.ts'
import type { TestCore } from '../support/open-core.ts'
import { questionFields, type Condition, type QuestionField } from './questions.ts'

/** Makes up questions from what an archive holds. The same seed over the same archive gives the same questions. */
export interface Drawer {
  filter(): Condition
  /** Text in at least 2 % of the events that were looked at. */
  commonText(): Condition
  /** Text in 0.05 to 1 % of them. */
  mediumText(): Condition
  /** The name of an object that occurred once among them. */
  rareText(): Condition
  /** One to six characters from within a word. */
  fragment(): Condition
  twoWords(): Condition
  /** Two to four conditions with AND, OR and NOT. */
  combination(): Condition
  /** The same within a span of a day to a year. */
  ranged(condition: Condition): Condition
  /** A condition on this one field, as often of a common value as of any. */
  of(field: QuestionField): Condition
  /** One event by its id. */
  oneEvent(): Condition
  /** An instant between the first and the last event. */
  instant(): string
  /** 0 to 1, 1 excluded. */
  share(): number
}

const sampleWindows = 40
const rowsPerWindow = 250
const dayMs = 86_400_000

/** Looks at 10,000 events spread over the archive, and returns drawers over them, one for each seed. */
export async function readDrawers(core: TestCore): Promise<(seed: number) => Drawer> {
  const { eventCount, firstAt, lastAt } = await core.call('archive.summary', {})
  const events: AuditEvent[] = []
  for (let window = 0; window < sampleWindows; window++) {
    const first = Math.floor((Math.max(0, eventCount - rowsPerWindow) * window) / (sampleWindows - 1))
    const { rows } = await core.call('events.window', { query: {}, first, count: rowsPerWindow })
    events.push(...rows.map(({ event }) => event))
  }
  const words = wordShares(events)
  const sharesBetween = (from: number, to: number) => [...words].flatMap(([word, share]) => (share >= from && share < to ? [word] : []))
  const objects = countsOf(events.flatMap(({ object }) => plain(object?.name)))
  const known: Known = {
    events,
    distinct: new Map(questionFields.map((field) => [field, [...new Set(events.flatMap((event) => valueOf(event, field)))]])),
    words: [...words.keys()],
    common: sharesBetween(0.02, 2),
    medium: sharesBetween(0.0005, 0.01),
    rare: [...objects].flatMap(([name, count]) => (count === 1 ? [name] : [])),
    fromMs: Date.parse(firstAt ?? '2024-01-01'),
    toMs: Date.parse(lastAt ?? '2024-01-02'),
  }
  for (const kind of ['common', 'medium', 'rare'] as const) {
    if (known[kind].length === 0) throw new Error(`The archive holds too few events to draw ${kind} text from.`)
  }
  return (seed) => createDrawer(known, seed)
}

interface Known {
  readonly events: readonly AuditEvent[]
  readonly distinct: ReadonlyMap<QuestionField, readonly string[]>
  readonly words: readonly string[]
  readonly common: readonly string[]
  readonly medium: readonly string[]
  readonly rare: readonly string[]
  readonly fromMs: number
  readonly toMs: number
}

function createDrawer(known: Known, seed: number): Drawer {
  const share = randomFrom(seed)
  const pick = <T>(list: readonly T[]): T => {
    const item = list[Math.floor(share() * list.length)]
    if (item === undefined) throw new Error('There is nothing to draw from.')
    return item
  }
  const text = (value: string): Condition => ({ is: 'text', value })
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  const between = (fromMs: number, toMs: number): number => fromMs + share() * (toMs - fromMs)

  const drawer: Drawer = {
    share,
    instant: () => new Date(between(known.fromMs, known.toMs)).toISOString(),
    of(field) {
      const byEvents = share() < 0.5 ? valueOf(pick(known.events), field) : []
      return { is: 'field', field, value: byEvents[0] ?? pick(known.distinct.get(field) ?? []) }
    },
    oneEvent: () => ({ is: 'field', field: 'id', value: pick(known.events).id }),
    filter: () => drawer.of(pick(questionFields.filter((field) => known.distinct.get(field)?.length !== 0))),
    commonText: () => text(pick(known.common)),
    mediumText: () => text(pick(known.medium)),
    rareText: () => text(pick(known.rare)),
    fragment() {
      const word = pick(known.words)
      const from = Math.floor(share() * Math.max(1, word.length - 2))
      return text(word.slice(from, from + 1 + Math.floor(share() * 6)))
    },
    twoWords: () => ({ is: 'all', of: [drawer.commonText(), share() < 0.5 ? drawer.commonText() : drawer.mediumText()] }),
    combination() {
      const one = (): Condition => {
        const drawn = share()
        if (drawn < 0.5) return drawer.filter()
        return drawn < 0.8 ? drawer.commonText() : drawer.mediumText()
      }
      switch (Math.floor(share() * 4)) {
        case 0:
          return { is: 'all', of: [one(), one()] }
        case 1:
          return { is: 'all', of: [one(), { is: 'not', of: one() }, drawer.commonText()] }
        case 2:
          return { is: 'all', of: [{ is: 'any', of: [one(), one()] }, one()] }
        default:
          return { is: 'all', of: [{ is: 'any', of: [one(), one()] }, one(), { is: 'not', of: one() }] }
      }
    },
    ranged(condition) {
      const lengthMs = dayMs * Math.ceil(366 ** share())
      const fromMs = between(known.fromMs, Math.max(known.fromMs, known.toMs - lengthMs))
      const time: Condition = { is: 'time', from: day(fromMs), to: day(fromMs + lengthMs + dayMs) }
      return condition.is === 'everything' ? time : { is: 'all', of: [condition, time] }
    },
  }
  return drawer
}

function valueOf(event: AuditEvent, field: QuestionField): readonly string[] {
  switch (field) {
    case 'actor':
      return plain(event.actor?.id)
    case 'workspace':
      return plain(event.workspace?.id)
    case 'object':
      return plain(event.object?.id)
    case 'kind':
      return plain(event.object?.kind)
    case 'id':
    case 'verb':
    case 'action':
    case 'service':
    case 'outcome':
      return plain(event[field])
  }
}

/** Values that mean the same in every contestant's language. */
function plain(value: string | null | undefined): readonly string[] {
  return value !== null && value !== undefined && /^[\x20-\x7e]{1,80}$/.test(value) && !/["*'\\%_]/.test(value) ? [value] : []
}

function wordShares(events: readonly AuditEvent[]): ReadonlyMap<string, number> {
  const wordsOf = (event: AuditEvent) =>
    new Set(
      `${event.summary} ${event.actor?.name ?? ''} ${event.workspace?.name ?? ''}`
        .split(/[^\p{L}\p{N}]+/u)
        .filter((word) => word.length > 2),
    )
  const counts = countsOf(events.flatMap((event) => [...wordsOf(event)].flatMap(plain)))
  return new Map([...counts].map(([word, count]) => [word, count / events.length]))
}

function countsOf(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

import { createRandom } from './random.ts'
import type { Damage, PracticeEvent } from './types.ts'

type Edit = (text: string) => string

const idKeys = new Set(['id', 'guid'])
const timeKeys = new Set(['updated_at', 'created_at', 'ts', 'timestamp', 'created_at_unix'])

const reviveWith =
  (damage: Damage) =>
  (key: string, value: unknown): unknown => {
    if (damage === 'no-id' && idKeys.has(key)) return undefined
    if (damage === 'bad-time' && timeKeys.has(key)) return 'some time ago'
    if (damage === 'wrong-types' && (typeof value === 'string' || typeof value === 'number')) return [value]
    return value
  }

const damageText = (text: string, id: string, damage: Damage): string =>
  damage === 'not-an-object' ? JSON.stringify(`record ${id} could not be read`) : JSON.stringify(JSON.parse(text, reviveWith(damage)))

/** The events of one service: ordered, countable, and changeable while somebody walks them. */
export class EventStore<E extends PracticeEvent> {
  readonly #compare: (left: E, right: E) => number
  readonly #edits = new Map<string, readonly Edit[]>()
  readonly #damaged = new Set<string>()
  #events: E[]
  #listed: readonly E[]
  #disorderSeed: number | null = null
  #memo: { readonly key: string; readonly events: readonly E[] } | null = null

  /** `events` need not be sorted; `compare` is the service's own ascending order. */
  constructor(events: readonly E[], compare: (left: E, right: E) => number) {
    this.#compare = compare
    this.#events = [...events].sort(compare)
    this.#listed = this.#events
  }

  /** All events in the service's ascending order (or what `reorder` made of it). */
  list(): readonly E[] {
    return this.#listed
  }

  /** Events that pass; the last answer is kept under `key`, since the pages of one walk ask the same again and again. */
  select(key: string, passes: (event: E) => boolean): readonly E[] {
    if (this.#memo?.key !== key) this.#memo = { key, events: this.#listed.filter(passes) }
    return this.#memo.events
  }

  find(id: string): E | undefined {
    return this.#events.find((event) => event.id === id)
  }

  add(events: readonly E[]): void {
    this.#events = [...this.#events, ...events].sort(this.#compare)
    this.#relist()
  }

  remove(id: string): E {
    const event = this.#known(id)
    this.#events = this.#events.filter((other) => other !== event)
    this.#relist()
    return event
  }

  edit(id: string, edit: Edit): E {
    const event = this.#known(id)
    this.#edits.set(id, [...(this.#edits.get(id) ?? []), edit])
    return event
  }

  damage(id: string, damage: Damage): E {
    const event = this.edit(id, (text) => damageText(text, id, damage))
    this.#damaged.add(id)
    return event
  }

  /** Whether lists are out of order on purpose. */
  get isReordered(): boolean {
    return this.#disorderSeed !== null
  }

  isDamaged(id: string): boolean {
    return this.#damaged.has(id)
  }

  /** The record's text after everything done to it. */
  edited(id: string, text: string): string {
    return (this.#edits.get(id) ?? []).reduce((current, edit) => edit(current), text)
  }

  reorder(seed: number | null): void {
    this.#disorderSeed = seed
    this.#relist()
  }

  #known(id: string): E {
    const event = this.find(id)
    if (event === undefined) throw new RangeError(`There is no event ${id}.`)
    return event
  }

  #relist(): void {
    this.#memo = null
    this.#listed = this.#disorderSeed === null ? this.#events : shuffledNearby(this.#events, this.#disorderSeed)
  }
}

/** The same elements, each at most a few places from where it was. */
const shuffledNearby = <T>(list: readonly T[], seed: number): readonly T[] => {
  const random = createRandom(`disorder/${seed}`)
  return list
    .map((value, index) => ({ value, place: index + random.int(12) }))
    .sort((left, right) => left.place - right.place)
    .map(({ value }) => value)
}

import type { BucketUnit, FacetCounts, FacetField, Facets, FacetValue, Histogram } from '../../../../contract/model/query.ts'
import type { EventQuery } from '../../archive.ts'
import type { Database } from '../../driver.ts'
import type { ColumnSegment } from '../../reader-port.ts'
import type { ArchiveState } from '../archive-state.ts'
import type { ConnectionEntry } from '../dictionaries/dictionaries.ts'
import { type Moment, readMoment } from '../rows/moment.ts'
import { decode, encode } from './packed.ts'
import { prepared } from '../rows/prepared.ts'

/** Number of the snapshot, beside that of the newest rows. */
const snapshotNum = 3_000_001
/** Archives with fewer events are loaded in no time. */
const leastEvents = 65_536
/** With more changes since the answers were counted, next to nothing would be left of them for certain. */
const mostChanges = 100_000
/** Answers kept; a screen asks for few. */
const mostAnswers = 16

/** Answers by what was asked. */
type Answers = Readonly<Record<string, FacetCounts | Histogram>>

interface StoredNumbers {
  /** What the answers are of: they are as true as long as this is the same. */
  readonly of: string
  readonly answers: Answers
}

const facetsKey = (by: readonly FacetField[], top: number): string => `facets ${top} ${by.join()}`
const histogramKey = (unit: BucketUnit, zone: string): string => `histogram ${unit} ${zone}`

/**
 * The facets and histograms of all events that were asked for, so that the next start shows them without loading the archive: as exact at
 * the very moment of the archive they were counted at, later as what there is at least.
 */
export class FirstNumbers {
  readonly #state: ArchiveState
  readonly #leastEvents: number
  #of: string
  readonly #answers: Map<string, FacetCounts | Histogram>
  #hasNew = false

  constructor(state: ArchiveState, db: Database, least = leastEvents) {
    this.#state = state
    this.#leastEvents = least
    const stored = readStored(db)
    this.#of = stored?.of ?? ''
    this.#answers = new Map(Object.entries(stored?.answers ?? {}))
  }

  /** Notes facets of a query, as they are at present. */
  noteFacets({ tree }: EventQuery, by: readonly FacetField[], top: number, facets: FacetCounts): void {
    if (tree.kind === 'all') this.#note(facetsKey(by, top), facets)
  }

  noteHistogram({ tree, zone }: EventQuery, histogram: Histogram): void {
    if (tree.kind === 'all') this.#note(histogramKey(histogram.unit, zone), histogram)
  }

  /** Whether something is noted that is worth storing and is not stored. */
  get isToSave(): boolean {
    return this.#hasNew && this.#state.columns.count >= this.#leastEvents && this.#of === this.#present
  }

  /** The snapshot to store now; it counts as stored from then on. */
  toSave(): ColumnSegment {
    this.#hasNew = false
    const stored: StoredNumbers = { of: this.#of, answers: Object.fromEntries(this.#answers) }
    return { num: snapshotNum, rows: 0, changeNum: this.#state.moment.lastChange, data: encode(stored) }
  }

  #note(key: string, answer: FacetCounts | Histogram): void {
    const present = this.#present
    if (this.#of !== present) this.#answers.clear()
    this.#of = present
    if (this.#answers.has(key) || this.#answers.size === mostAnswers) return
    this.#answers.set(key, answer)
    this.#hasNew = true
  }

  get #present(): string {
    const { moment, dictionaries } = this.#state
    return momentAndNames(moment, [...dictionaries.connections.values()])
  }
}

/** What is stored, as far as it holds at present. */
export class KnownNumbers {
  readonly #answers: Answers
  /** How many of the events that were counted have changed since; null: all is as it was counted. */
  readonly #changed: number | null

  private constructor(answers: Answers, changed: number | null) {
    this.#answers = answers
    this.#changed = changed
  }

  /** To be called within a transaction. */
  static read(db: Database): KnownNumbers {
    const stored = readStored(db)
    if (stored === null) return new KnownNumbers({}, null)
    const moment = readMoment(db)
    const connections = prepared<[], ConnectionEntry>(db, 'SELECT num, id, service, name FROM connection').all()
    if (stored.of === momentAndNames(moment, connections)) return new KnownNumbers(stored.answers, null)
    const then = momentOf(stored.of)
    if (then.epoch !== moment.epoch || moment.lastChange - then.lastChange > mostChanges) return new KnownNumbers({}, null)
    const changed = prepared<[number, number], number>(db, 'SELECT count(DISTINCT seq) FROM change WHERE num > ? AND seq <= ?', 'values')
    return new KnownNumbers(stored.answers, Number(changed.get(then.lastChange, then.lastSeq)))
  }

  /** `early`: whether less than all will do, which is told as such. */
  facets({ tree }: EventQuery, by: readonly FacetField[], top: number, early: boolean): Facets | undefined {
    const values = tree.kind === 'all' ? (this.#answers[facetsKey(by, top)] as FacetCounts | undefined) : undefined
    if (values === undefined || this.#changed === null) return values && { values, exact: true }
    return early ? { values: leastFacets(values, this.#changed), exact: false } : undefined
  }

  histogram({ tree, zone }: EventQuery, unit: BucketUnit, early: boolean): Histogram | undefined {
    const found = tree.kind === 'all' ? (this.#answers[histogramKey(unit, zone)] as Histogram | undefined) : undefined
    if (found === undefined || this.#changed === null) return found
    return early ? leastHistogram(found, this.#changed) : undefined
  }
}

/** What is left of facets for certain when so many of the events that were counted have changed. */
function leastFacets(values: FacetCounts, changed: number): FacetCounts {
  const left = (found: readonly FacetValue[]): readonly FacetValue[] =>
    found.flatMap((value) => (value.count > changed ? [{ ...value, count: value.count - changed }] : []))
  return Object.fromEntries(Object.entries(values).map(([field, found]) => [field, left(found)]))
}

function leastHistogram({ unit, buckets, untimed }: Histogram, changed: number): Histogram {
  const left = buckets.map(({ start, byService }) => {
    const services = Object.entries(byService).flatMap(([service, count]) => (count > changed ? [[service, count - changed] as const] : []))
    return { start, count: services.reduce((sum, [, count]) => sum + count, 0), byService: Object.fromEntries(services) }
  })
  return { unit, buckets: left.filter(({ count }) => count > 0), untimed: Math.max(0, untimed - changed), exact: false }
}

/** A moment, and what facets call connections by, which can change without any event doing so. */
function momentAndNames({ epoch, lastSeq, lastChange }: Moment, connections: readonly ConnectionEntry[]): string {
  const names = connections.toSorted((a, b) => a.num - b.num).map(({ num, id, service, name }) => [num, id, service, name])
  return JSON.stringify([epoch, lastSeq, lastChange, names])
}

function momentOf(momentAndNames: string): Moment {
  const [epoch, lastSeq, lastChange] = JSON.parse(momentAndNames) as readonly [number, number, number]
  return { epoch, lastSeq, lastChange }
}

function readStored(db: Database): StoredNumbers | null {
  const found = prepared<[number], { data: Uint8Array }>(db, 'SELECT data FROM column_segment WHERE num = ?').get(snapshotNum)
  return found === undefined ? null : decode<StoredNumbers>(found.data)
}

import type { BucketUnit, FacetCounts, FacetField, Histogram } from '../../../contract/model/query.ts'
import type { EventQuery } from '../archive.ts'
import type { Database } from '../driver.ts'
import type { ColumnSegment } from '../reader-port.ts'
import type { ArchiveState } from './archive-state.ts'
import type { ConnectionEntry } from './dictionaries.ts'
import { type Moment, readMoment } from './moment.ts'
import { decode, encode } from './packed.ts'
import { prepared } from './prepared.ts'

/** Number of the snapshot, beside that of the newest rows. */
const snapshotNum = 3_000_001
/** Archives with fewer events are loaded in no time. */
const leastEvents = 65_536
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
 * The facets and histograms of all events that were asked for, so that the next start shows them without loading the archive. They are
 * only ever shown at the very moment of the archive they were counted at.
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

/** What is stored and still true. */
export class KnownNumbers {
  readonly #answers: Answers

  private constructor(answers: Answers) {
    this.#answers = answers
  }

  /** To be called within a transaction. */
  static read(db: Database): KnownNumbers {
    const stored = readStored(db)
    const connections = prepared<[], ConnectionEntry>(db, 'SELECT num, id, service, name FROM connection').all()
    return new KnownNumbers(stored?.of === momentAndNames(readMoment(db), connections) ? stored.answers : {})
  }

  facets({ tree }: EventQuery, by: readonly FacetField[], top: number): FacetCounts | undefined {
    return tree.kind === 'all' ? (this.#answers[facetsKey(by, top)] as FacetCounts | undefined) : undefined
  }

  histogram({ tree, zone }: EventQuery, unit: BucketUnit): Histogram | undefined {
    return tree.kind === 'all' ? (this.#answers[histogramKey(unit, zone)] as Histogram | undefined) : undefined
  }
}

/** A moment, and what facets call connections by, which can change without any event doing so. */
function momentAndNames({ epoch, lastSeq, lastChange }: Moment, connections: readonly ConnectionEntry[]): string {
  const names = connections.toSorted((a, b) => a.num - b.num).map(({ num, id, service, name }) => [num, id, service, name])
  return JSON.stringify([epoch, lastSeq, lastChange, names])
}

function readStored(db: Database): StoredNumbers | null {
  const found = prepared<[number], { data: Uint8Array }>(db, 'SELECT data FROM column_segment WHERE num = ?').get(snapshotNum)
  return found === undefined ? null : decode<StoredNumbers>(found.data)
}

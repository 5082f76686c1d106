import { NumberColumn } from './number-column.ts'

/** The first so many contexts, for telling whether they are the same elsewhere. */
export interface ContextsMark {
  readonly count: number
  /** Of what each of them stands for, 32 bits. */
  readonly check: number
}

/** Numbers kept of each combination: connection, workspace, action, outcome and kind of object. */
const partCount = 5

/**
 * What an event's connection, workspace, action, outcome and kind of object are together, as one number: most events share theirs with many others.
 * Numbers are stored with what uses them, and so are the same from start to start, as long as what they stand for was stored as well.
 */
export class Contexts {
  #parts = new Uint32Array(1_024 * partCount)
  readonly connection = this.#part(0)
  readonly workspace = this.#part(1)
  readonly action = this.#part(2)
  readonly outcome = this.#part(3)
  /** Number of the object's kind plus one; 0: no object. */
  readonly kind = this.#part(4)
  /** Place of the workspace among `workspaces`. */
  readonly workspacePlace = new NumberColumn()
  /** Numbers of the workspaces there are, each once: few of all things in the archive. */
  readonly workspaces: number[] = []
  readonly #placeOf = new Map<number, number>()
  /** Numbers given out; 0 is that of a removed event. */
  count = 0
  /** Open addressing; a number plus one, 0 where free. */
  #slots = new Uint32Array(4_096)
  /** By number: the check of all up to it. */
  readonly #checks = new NumberColumn()
  readonly #kindChecks = new Map<number, number>()
  readonly #kinds: { readonly texts: readonly string[] }

  /** `kinds`: what the numbers of kinds stand for, which differ from start to start. */
  constructor(kinds: { readonly texts: readonly string[] }) {
    this.#kinds = kinds
    this.numberOf(0, 0, 0, 0, 0)
  }

  /** All there are. */
  get mark(): ContextsMark {
    return { count: this.count, check: this.#checks.at(this.count - 1) }
  }

  /** Whether numbers that were given out elsewhere stand for the same here. */
  has({ count, check }: ContextsMark): boolean {
    return count > 0 && count <= this.count && this.#checks.at(count - 1) === check
  }

  /** The number of a combination, given out at its first sight. */
  numberOf(connection: number, workspace: number, action: number, outcome: number, kind: number): number {
    if (this.count * 2 >= this.#slots.length) this.reserve(this.count * 2)
    const mask = this.#slots.length - 1
    for (let slot = hashOf(connection, workspace, action, outcome, kind) & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] as number) - 1
      const at = number * partCount
      if (number < 0) {
        this.#slots[slot] = this.count + 1
        return this.#add(connection, workspace, action, outcome, kind)
      }
      const parts = this.#parts
      const isSame =
        parts[at + 1] === workspace &&
        parts[at + 2] === action &&
        parts[at] === connection &&
        parts[at + 3] === outcome &&
        parts[at + 4] === kind
      if (isSame) return number
    }
  }

  #add(connection: number, workspace: number, action: number, outcome: number, kind: number): number {
    const at = this.count * partCount
    if (at === this.#parts.length) {
      const grown = new Uint32Array(at * 2)
      grown.set(this.#parts)
      this.#parts = grown
    }
    const parts = this.#parts
    parts[at] = connection
    parts[at + 1] = workspace
    parts[at + 2] = action
    parts[at + 3] = outcome
    parts[at + 4] = kind
    this.workspacePlace.set(this.count, this.#placeOfWorkspace(workspace))
    const check = mixed(hashOf(connection, workspace, action, outcome, 0), this.#checkOfKind(kind))
    this.#checks.set(this.count, mixed(this.#checks.at(this.count - 1), check) >>> 0)
    return this.count++
  }

  #checkOfKind(kind: number): number {
    let check = this.#kindChecks.get(kind)
    if (check === undefined) {
      check = kind === 0 ? 0 : Buffer.from(this.#kinds.texts[kind - 1] ?? '').reduce(mixed, 1)
      this.#kindChecks.set(kind, check)
    }
    return check
  }

  #part(place: number): { at(number: number): number } {
    return { at: (number) => this.#parts[number * partCount + place] ?? 0 }
  }

  #placeOfWorkspace(workspace: number): number {
    let place = this.#placeOf.get(workspace)
    if (place === undefined) {
      place = this.workspaces.length
      this.workspaces.push(workspace)
      this.#placeOf.set(workspace, place)
    }
    return place
  }

  /** Makes room for that many in all. */
  reserve(count: number): void {
    const slots = new Uint32Array(2 ** Math.ceil(Math.log2(count * 2 + 2)))
    const mask = slots.length - 1
    for (let number = 0; number < this.count; number++) {
      const hash = hashOf(
        this.connection.at(number),
        this.workspace.at(number),
        this.action.at(number),
        this.outcome.at(number),
        this.kind.at(number),
      )
      let slot = hash & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = number + 1
    }
    this.#slots = slots
  }
}

function hashOf(connection: number, workspace: number, action: number, outcome: number, kind: number): number {
  let hash = Math.imul(workspace, 0x9e3779b1) ^ Math.imul(action, 0x85ebca6b) ^ Math.imul(connection * 4 + outcome, 0xc2b2ae35)
  hash ^= Math.imul(kind, 0x27d4eb2f)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d) >>> 3
}

const mixed = (hash: number, value: number): number => Math.imul(hash ^ value ^ (hash >>> 15), 0x2c1b3c6d)

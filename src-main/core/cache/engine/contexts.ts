import { NumberColumn } from './number-column.ts'

/** What an event's connection, workspace, action, outcome and kind of object are together, as one number: most events share theirs with many others. */
export class Contexts {
  readonly connection = new NumberColumn()
  readonly workspace = new NumberColumn()
  readonly action = new NumberColumn()
  readonly outcome = new NumberColumn()
  /** Number of the object's kind plus one; 0: no object. */
  readonly kind = new NumberColumn()
  /** Place of the workspace among `workspaces`. */
  readonly workspacePlace = new NumberColumn()
  /** Numbers of the workspaces there are, each once: few of all things in the archive. */
  readonly workspaces: number[] = []
  readonly #placeOf = new Map<number, number>()
  /** Numbers given out; 0 is that of a removed event. */
  count = 0
  /** Open addressing; a number plus one, 0 where free. */
  #slots = new Uint32Array(4_096)

  constructor() {
    this.numberOf(0, 0, 0, 0, 0)
  }

  /** The number of a combination, given out at its first sight. */
  numberOf(connection: number, workspace: number, action: number, outcome: number, kind: number): number {
    if (this.count * 2 >= this.#slots.length) this.#grow()
    const mask = this.#slots.length - 1
    for (let slot = hashOf(connection, workspace, action, outcome, kind) & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] as number) - 1
      if (number < 0) {
        this.#slots[slot] = this.count + 1
        this.connection.set(this.count, connection)
        this.workspace.set(this.count, workspace)
        this.action.set(this.count, action)
        this.outcome.set(this.count, outcome)
        this.kind.set(this.count, kind)
        this.workspacePlace.set(this.count, this.#placeOfWorkspace(workspace))
        return this.count++
      }
      const isSame =
        this.workspace.values[number] === workspace &&
        this.action.values[number] === action &&
        this.connection.values[number] === connection &&
        this.outcome.values[number] === outcome &&
        this.kind.values[number] === kind
      if (isSame) return number
    }
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

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2)
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

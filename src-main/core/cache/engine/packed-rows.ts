import type { EventColumns } from './columns.ts'
import type { Dictionaries } from './dictionaries.ts'
import { Interner } from './entries.ts'
import { type Narrow, narrow } from './narrow-column.ts'

/** Contexts by what they stand for, as their numbers differ from start to start. */
export interface PackedContexts {
  readonly connection: Narrow
  readonly workspace: Narrow
  readonly action: Narrow
  readonly outcome: Narrow
  /** Numbers into `kinds` plus one; 0: no object. */
  readonly kind: Narrow
  readonly kinds: readonly string[]
}

/** Some rows of the columns. `context` are numbers into packed contexts. */
export interface PackedRows {
  readonly row: Uint32Array
  readonly timeMs: Float64Array
  readonly actor: Uint32Array
  readonly object: Uint32Array
  readonly context: Uint32Array
  readonly template: Uint32Array
  readonly flags: Uint8Array
}

/** Gathers contexts to be packed, and numbers them as they come. */
export class ContextPacker {
  readonly #dictionaries: Dictionaries
  readonly #numbers: Uint32Array
  /** By context: its place plus one. */
  readonly #places: Uint32Array
  #count = 0

  constructor(dictionaries: Dictionaries) {
    this.#dictionaries = dictionaries
    this.#numbers = new Uint32Array(dictionaries.contexts.count)
    this.#places = new Uint32Array(dictionaries.contexts.count)
  }

  /** The contexts that were asked for, by place. */
  get numbers(): Uint32Array {
    return this.#numbers.subarray(0, this.#count)
  }

  placeOf(context: number): number {
    const known = this.#places[context] as number
    if (known > 0) return known - 1
    this.#numbers[this.#count++] = context
    return (this.#places[context] = this.#count) - 1
  }

  packed(): PackedContexts {
    const { contexts, kinds } = this.#dictionaries
    const own = new Interner()
    const kindOf = (kind: number): number => (kind === 0 ? 0 : own.numberOf(kinds.texts[kind - 1] ?? '') + 1)
    const partOf = (numberOf: (context: number) => number): Narrow => narrow(this.numbers.map(numberOf))
    return {
      connection: partOf((context) => contexts.connection.at(context)),
      workspace: partOf((context) => contexts.workspace.at(context)),
      action: partOf((context) => contexts.action.at(context)),
      outcome: partOf((context) => contexts.outcome.at(context)),
      kind: partOf((context) => kindOf(contexts.kind.at(context))),
      kinds: own.texts,
    }
  }
}

/** The numbers that packed contexts have here, by their place. */
export function unpackContexts(packed: PackedContexts, { contexts, kinds }: Dictionaries): Uint32Array {
  const kindOf = ['', ...packed.kinds].map((kind, at) => (at === 0 ? 0 : kinds.numberOf(kind) + 1))
  const { connection, workspace, action, outcome, kind } = packed
  const numbers = new Uint32Array(connection.length)
  for (let at = 0; at < numbers.length; at++) {
    numbers[at] = contexts.numberOf(
      connection[at] as number,
      workspace[at] as number,
      action[at] as number,
      outcome[at] as number,
      kindOf[kind[at] as number] as number,
    )
  }
  return numbers
}

export function packRows(columns: EventColumns, rows: readonly number[], contexts: ContextPacker): PackedRows {
  return {
    row: Uint32Array.from(rows),
    timeMs: Float64Array.from(rows, (row) => columns.timeMs(row)),
    actor: Uint32Array.from(rows, (row) => columns.actor.at(row)),
    object: Uint32Array.from(rows, (row) => columns.object.at(row)),
    context: Uint32Array.from(rows, (row) => contexts.placeOf(columns.context.at(row))),
    template: Uint32Array.from(rows, (row) => columns.template[row] as number),
    flags: Uint8Array.from(rows, (row) => columns.flags[row] as number),
  }
}

/** Puts packed rows into the columns. `contexts`: the numbers of the packed contexts. */
export function unpackRows(packed: PackedRows, columns: EventColumns, contexts: Uint32Array): void {
  packed.row.forEach((row, at) =>
    columns.set(row, {
      timeMs: packed.timeMs[at] as number,
      actor: packed.actor[at] as number,
      object: packed.object[at] as number,
      context: contexts[packed.context[at] as number] as number,
      template: packed.template[at] as number,
      flags: packed.flags[at] as number,
    }),
  )
}

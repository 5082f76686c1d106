import { narrow, type Narrow, NarrowColumn } from '../columns/narrow-column.ts'
import type { PackedTexts } from '../texts/packed-texts.ts'
import { TextColumn } from '../texts/text-column.ts'
import { mostChunkEntries, type TextMemory } from '../texts/text-memory.ts'
import { type PackedGroups, ValueGroups } from './value-groups.ts'

/** Entries of one stored part of a dictionary; the last has fewer. Their texts are full chunks, or lie behind the last one. */
export const partEntries = mostChunkEntries

/** A part of a dictionary as it is stored. Kinds are numbers into `kinds`. */
export interface PackedEntries extends PackedGroups {
  readonly kinds: readonly string[]
  readonly kind: Narrow
  readonly connection: Narrow
  readonly texts: readonly PackedTexts[]
}

/** Gives numbers to the few different texts of a kind. */
export class Interner {
  readonly #numbers = new Map<string, number>()
  readonly texts: string[] = []

  numberOf(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const number = this.texts.length
    this.#numbers.set(text, number)
    this.texts.push(text)
    return number
  }
}

/** A dictionary of things: to which connection each belongs, its kind, and its texts, folded. */
export class Entries {
  readonly connection = new NarrowColumn()
  readonly kind = new NarrowColumn()
  readonly texts: readonly TextColumn[]
  readonly groups: ValueGroups
  readonly #kinds: Interner

  /** `texts`: in the order in which a query calls a thing by them. */
  constructor(texts: readonly TextColumn[], kinds: Interner) {
    this.texts = texts
    this.groups = new ValueGroups(texts)
    this.#kinds = kinds
  }

  get count(): number {
    return this.texts[0]?.count ?? 0
  }

  /** Makes room for numbers below `count`, so that growing does not copy again and again. */
  reserve(count: number): void {
    for (const column of [this.connection, this.kind, ...this.texts]) column.reserve(count)
    this.groups.reserve(count)
  }

  /** Adds an entry; numbers that no row has hold nothing. */
  add(number: number, connection: number, kind: string, folded: readonly (string | null)[]): void {
    this.connection.set(number, connection)
    this.kind.set(number, this.#kinds.numberOf(kind))
    this.texts.forEach((column, at) => {
      while (column.count < number) column.push(null)
      column.push(folded[at] ?? null)
    })
  }

  /** Part `num` holds the numbers from num × `partEntries` on; the first one lacks number 0, the last may have fewer. */
  pack(num: number): PackedEntries {
    this.groups.catchUp()
    const [begin, to] = [num * partEntries, Math.min((num + 1) * partEntries, this.count)]
    const from = Math.max(begin, 1)
    const kinds = new Interner()
    return {
      kind: narrow(Uint32Array.from(this.kind.slice(from, to), (kind) => kinds.numberOf(this.#kinds.texts[kind] ?? ''))),
      kinds: kinds.texts,
      connection: this.connection.slice(from, to),
      texts: this.texts.map((column) => column.pack(begin, to)),
      ...this.groups.slice(from, to),
    }
  }

  /** Appends the next part. */
  append(packed: PackedEntries): void {
    const from = this.count
    const kinds = Uint32Array.from(packed.kinds, (kind) => this.#kinds.numberOf(kind))
    this.connection.setAll(from, packed.connection)
    const kind = new Uint32Array(packed.kind.length)
    for (let at = 0; at < kind.length; at++) kind[at] = kinds[packed.kind[at] as number] as number
    this.kind.setAll(from, kind)
    this.texts.forEach((column, at) => {
      const texts = packed.texts[at]
      if (texts !== undefined) column.append(texts)
    })
    this.groups.append(packed)
  }
}

export class Actors extends Entries {
  readonly id: TextColumn
  readonly name: TextColumn
  readonly email: TextColumn

  constructor(kinds: Interner, memory: TextMemory) {
    const [id, name, email] = [new TextColumn(memory), new TextColumn(memory), new TextColumn(memory)]
    super([id, name, email], kinds)
    this.id = id
    this.name = name
    this.email = email
  }
}

/** Objects and workspaces. */
export class Subjects extends Entries {
  readonly id: TextColumn
  readonly name: TextColumn

  constructor(kinds: Interner, memory: TextMemory) {
    const [id, name] = [new TextColumn(memory), new TextColumn(memory)]
    super([id, name], kinds)
    this.id = id
    this.name = name
  }
}

import { type NumberByNumber, OriginColumn, type PackedOrigins } from '../columns/origin-column.ts'
import type { PackedTexts } from '../texts/packed-texts.ts'
import { TextColumn } from '../texts/text-column.ts'
import { mostChunkEntries, type TextMemory } from '../texts/text-memory.ts'
import { type PackedGroups, ValueGroups } from './value-groups.ts'

/** Entries of one stored part of a dictionary; the last has fewer. Their texts are full chunks, or lie behind the last one. */
export const partEntries = mostChunkEntries

/** A part of a dictionary as it is stored. Kinds of its origins are numbers into `kindTexts`. */
export interface PackedEntries extends PackedGroups {
  readonly kindTexts: readonly string[]
  readonly origins: PackedOrigins
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
  readonly #origins = new OriginColumn()
  readonly connection: NumberByNumber = this.#origins.connection
  readonly kind: NumberByNumber = this.#origins.kind
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
    for (const column of [this.#origins, ...this.texts]) column.reserve(count)
    this.groups.reserve(count)
  }

  /** Adds an entry; numbers that no row has hold nothing. */
  add(number: number, connection: number, kind: string, folded: readonly (string | null)[]): void {
    this.#origins.set(number, connection, this.#kinds.numberOf(kind))
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
    return {
      kindTexts: this.#kinds.texts,
      origins: this.#origins.part(from, to),
      texts: this.texts.map((column) => column.pack(begin, to)),
      ...this.groups.slice(from, to),
    }
  }

  /** Appends the next part. */
  append(packed: PackedEntries): void {
    const { kindTexts, origins } = packed
    const kinds = origins.kinds.map((kind) => this.#kinds.numberOf(kindTexts[kind] ?? ''))
    this.#origins.put(this.count, { ...origins, kinds })
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

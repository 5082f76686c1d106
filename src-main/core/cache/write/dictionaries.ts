import type { Actor, Subject } from '../../../contract/model/audit-event.ts'
import type { Database } from '../driver.ts'
import { dictionaryTables, entryOf, entryText, keyOfEntry, numOfEntry, type DictionaryTable, type EntryValue } from '../entry-keys.ts'
import type { KeyIndex } from './key-index.ts'

/** Numbers of values that many events share; 0 stands for none. Valid within a transaction of the writer. */
export interface Dictionaries {
  actor(connection: number, actor: Actor | null): number
  subject(connection: number, subject: Subject | null): number
  action(action: string, verb: string): number
  template(text: string): number
  related(subjects: readonly Subject[]): number
  /** What is in memory may be wrong: a transaction was undone, or rows were taken out. */
  forget(): void
}

/** Values remembered of each dictionary, twice at most; a value takes about 200 bytes. Further ones are remembered by their keys. */
const cachedValues = 8_192

export function openDictionaries(db: Database, keys: KeyIndex): Dictionaries {
  const open = (dictionary: DictionaryTable): Dictionary => openDictionary(db, keys, dictionary)
  const actors = open(dictionaryTables.actor)
  const subjects = open(dictionaryTables.subject)
  const actions = open(dictionaryTables.action)
  const templates = open(dictionaryTables.template)
  const relateds = open(dictionaryTables.related)
  return {
    actor: (connection, actor) => (actor ? actors.numberOf([connection, actor.kind, actor.id, actor.name, actor.email]) : 0),
    subject: (connection, subject) => (subject ? subjects.numberOf([connection, subject.kind, subject.id, subject.name]) : 0),
    action: (action, verb) => actions.numberOf([action, verb]),
    template: (text) => templates.numberOf([text]),
    related: (list) =>
      list.length === 0 ? 0 : relateds.numberOf([JSON.stringify(list.map(({ kind, id, name }) => ({ kind, id, name })))]),
    forget: () => {
      for (const dictionary of [actors, subjects, actions, templates, relateds]) dictionary.forget()
    },
  }
}

interface Dictionary {
  numberOf(values: readonly EntryValue[]): number
  forget(): void
}

function openDictionary(db: Database, keys: KeyIndex, dictionary: DictionaryTable): Dictionary {
  const { table, columns } = dictionary
  const known = new RecentlyUsed(cachedValues)
  const insert = db.prepare<EntryValue[]>(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
  const add = (key: Buffer, values: readonly EntryValue[]): number => {
    const num = Number(insert.run(...values).lastInsertRowid)
    keys.claim(key, entryOf(dictionary, num))
    return num
  }
  return {
    numberOf: (values) => {
      const text = entryText(dictionary, values)
      const cached = known.get(text)
      if (cached !== undefined) return cached
      const key = keyOfEntry(text)
      const entry = keys.find(key)
      const num = entry === null ? add(key, values) : numOfEntry(entry)
      known.set(text, num)
      return num
    },
    forget: () => known.clear(),
  }
}

/** A cache in two halves: what is used stays in the new one, the old one is dropped when the new one is full. */
class RecentlyUsed {
  readonly #half: number
  #newer = new Map<string, number>()
  #older = new Map<string, number>()

  constructor(half: number) {
    this.#half = half
  }

  get(key: string): number | undefined {
    const newer = this.#newer.get(key)
    if (newer !== undefined) return newer
    const older = this.#older.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: string, value: number): void {
    if (this.#newer.size >= this.#half) {
      this.#older = this.#newer
      this.#newer = new Map()
    }
    this.#newer.set(key, value)
  }

  clear(): void {
    this.#newer.clear()
    this.#older.clear()
  }
}

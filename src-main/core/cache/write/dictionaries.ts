import { hash } from 'node:crypto'
import type { Actor, Subject } from '../../../contract/model/audit-event.ts'
import type { Database } from '../driver.ts'

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

/** Values remembered of each dictionary, twice at most; a value takes about 200 bytes. */
const cachedValues = 50_000

type Value = string | number | null

export function openDictionaries(db: Database): Dictionaries {
  const actors = openDictionary(db, 'actor', ['connection', 'kind', 'id', 'name', 'email'])
  const subjects = openDictionary(db, 'subject', ['connection', 'kind', 'id', 'name'])
  const actions = openDictionary(db, 'action', ['action', 'verb'])
  const templates = openDictionary(db, 'template', ['text'])
  const relateds = openDictionary(db, 'related', ['json'])
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
  numberOf(values: readonly Value[]): number
  forget(): void
}

function openDictionary(db: Database, table: string, columns: readonly string[]): Dictionary {
  const known = new RecentlyUsed(cachedValues)
  const find = db.prepare<[Uint8Array], number>(`SELECT num FROM ${table} WHERE digest = ?`).pluck()
  const insert = db.prepare<[Uint8Array, ...Value[]]>(
    `INSERT INTO ${table} (digest, ${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length)})`,
  )
  return {
    numberOf: (values) => {
      const key = JSON.stringify(values)
      const cached = known.get(key)
      if (cached !== undefined) return cached
      const digest = hash('sha256', key, 'buffer').subarray(0, 16)
      const num = find.get(digest) ?? Number(insert.run(digest, ...values).lastInsertRowid)
      known.set(key, num)
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

import type { NameFact } from '../../connectors/define.ts'
import type { Database } from '../driver.ts'

export interface Names {
  /** Keeps what was learnt: a new row where something changed, else only the time it was checked. */
  save(connection: string, names: readonly NameFact[], learntAt: string): void
}

interface NameRow {
  readonly num: number
  readonly name: string | null
  readonly email: string | null
  readonly parent_kind: string | null
  readonly parent_id: string | null
  readonly checked_at: string
}

export function openNames(db: Database): Names {
  const newest = db.prepare<[string, string, string], NameRow>(
    'SELECT num, name, email, parent_kind, parent_id, checked_at FROM name WHERE connection = ? AND kind = ? AND id = ? ORDER BY num DESC LIMIT 1',
  )
  const check = db.prepare<[string, number]>('UPDATE name SET checked_at = ? WHERE num = ?')
  const insert = db.prepare<[string, string, string, string | null, string | null, string | null, string | null, string, string]>(
    'INSERT INTO name (connection, kind, id, name, email, parent_kind, parent_id, learnt_at, checked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const saveOne = (connection: string, fact: NameFact, learntAt: string): void => {
    const known = newest.get(connection, fact.kind, fact.id)
    // What a fact does not speak of stays as it was.
    const email = fact.email === undefined ? (known?.email ?? null) : fact.email
    const parentKind = fact.parent === undefined ? (known?.parent_kind ?? null) : (fact.parent?.kind ?? null)
    const parentId = fact.parent === undefined ? (known?.parent_id ?? null) : (fact.parent?.id ?? null)
    const isSame =
      known !== undefined &&
      known.name === fact.name &&
      known.email === email &&
      known.parent_kind === parentKind &&
      known.parent_id === parentId
    if (!isSame) insert.run(connection, fact.kind, fact.id, fact.name, email, parentKind, parentId, learntAt, learntAt)
    else if (learntAt > known.checked_at) check.run(learntAt, known.num)
  }
  return {
    save: (connection, names, learntAt) => {
      for (const fact of names) saveOne(connection, fact, learntAt)
    },
  }
}

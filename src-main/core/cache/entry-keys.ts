import { sha256 } from '../lib/sha256.ts'
import type { KeySet } from './key-set.ts'

/** Which value is which row of which dictionary. 390,000 keys fill a table of 10 MB just not too far. */
export const entryKeys: KeySet = { tree: 'entry_key', column: 'entry', keyBytes: 16, generationKeys: 380_000, recalledKeys: 390_000 }

/** A dictionary: a table whose rows are numbered values that many events share. */
export interface DictionaryTable {
  readonly table: 'actor' | 'subject' | 'action' | 'template' | 'related'
  readonly columns: readonly string[]
  /** Tells its rows from those of the other dictionaries where only an entry is stored: 0 to 7. */
  readonly code: number
  /** Set where another dictionary's rows could read the same as this one's. */
  readonly keyPrefix: string
}

export type EntryValue = string | number | null

export const dictionaryTables = {
  actor: { table: 'actor', columns: ['connection', 'kind', 'id', 'name', 'email'], code: 1, keyPrefix: '' },
  subject: { table: 'subject', columns: ['connection', 'kind', 'id', 'name'], code: 2, keyPrefix: '' },
  action: { table: 'action', columns: ['action', 'verb'], code: 3, keyPrefix: '' },
  template: { table: 'template', columns: ['text'], code: 4, keyPrefix: 'template' },
  related: { table: 'related', columns: ['json'], code: 5, keyPrefix: '' },
} as const satisfies Readonly<Record<string, DictionaryTable>>

const codes = 8

/** What a key stands for: a row of one of the dictionaries. */
export const entryOf = (dictionary: DictionaryTable, num: number): number => num * codes + dictionary.code

/** The row's number in its dictionary. */
export const numOfEntry = (entry: number): number => Math.floor(entry / codes)

/** SQL for the entry of a row of the dictionary. */
export const entrySql = (dictionary: DictionaryTable): string => `num * ${codes} + ${dictionary.code}`

/** SQL that is true for entries of the dictionary. */
export const isEntrySql = (dictionary: DictionaryTable): string => `entry % ${codes} = ${dictionary.code}`

/** What tells a row from every other one of all dictionaries: arrays of different lengths never read the same. */
export const entryText = (dictionary: DictionaryTable, values: readonly EntryValue[]): string =>
  dictionary.keyPrefix + JSON.stringify(values)

/** The key of such a text. */
export const keyOfEntry = (text: string): Buffer => sha256(text).subarray(0, entryKeys.keyBytes)

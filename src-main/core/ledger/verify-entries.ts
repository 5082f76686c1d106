import type { Database } from '../cache/driver.ts'
import {
  dictionaryTables,
  entryKeys,
  entryOf,
  entryText,
  isEntrySql,
  entrySql,
  keyOfEntry,
  type DictionaryTable,
  type EntryValue,
} from '../cache/entry-keys.ts'
import { openKeyIndex, type KeyIndex } from '../cache/write/key-index.ts'
import type { Findings } from './findings.ts'

/** Rows looked at between two calls of `onProgress`. */
const batchRows = 10_000

/** Every row of the dictionaries is found under its key, and every key leads to a row. Throwing from `onProgress` cancels. */
export function verifyEntries(db: Database, findings: Findings, onProgress: () => void): void {
  const keys = openKeyIndex(db, entryKeys, { epoch: 0 })
  for (const dictionary of Object.values<DictionaryTable>(dictionaryTables)) {
    verifyRows(db, keys, dictionary, findings, onProgress)
    const stray = db.prepare<[], number>(strayKeys(dictionary)).pluck().get() ?? 0
    if (stray > 0) findings.add(`${stray} keys lead to rows of ${dictionary.table} that are not there.`)
    onProgress()
  }
}

/** Looks the rows up as the writer does when their values come again. */
function verifyRows(db: Database, keys: KeyIndex, dictionary: DictionaryTable, findings: Findings, onProgress: () => void): void {
  const { table, columns } = dictionary
  const rows = db.prepare<[], [number, ...EntryValue[]]>(`SELECT num, ${columns.join(', ')} FROM ${table}`).raw()
  let looked = 0
  for (const [num, ...values] of rows.iterate()) {
    const found = keys.find(keyOfEntry(entryText(dictionary, values)))
    if (found !== entryOf(dictionary, num)) findings.add(`Row ${num} of ${table} is not found under its key.`)
    if (++looked % batchRows === 0) onProgress()
  }
}

function strayKeys(dictionary: DictionaryTable): string {
  const keys = 'SELECT entry FROM entry_key UNION ALL SELECT entry FROM entry_key_recent'
  const rows = `SELECT ${entrySql(dictionary)} FROM ${dictionary.table}`
  return `SELECT count(*) FROM (${keys}) WHERE ${isEntrySql(dictionary)} AND entry NOT IN (${rows})`
}

import type { Database, Statement } from '../driver.ts'

/** Rows written in one statement: they share its way down the table, and most of what a call costs. */
const rowsAtOnce = 32

/** A value of a row. */
export type RowValue = number | Uint8Array

/**
 * Prepares inserting many rows: `into` is the statement up to its VALUES, `columns` how many values a row has. The function it returns
 * takes the values of all rows, one row after another.
 */
export function prepareInsertRows(db: Database, into: string, columns: number): (values: readonly RowValue[]) => void {
  const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`
  const prepare = (rows: number): Statement<[readonly RowValue[]]> =>
    db.prepare(`${into} VALUES ${Array.from({ length: rows }, () => row).join(', ')}`)
  const one = prepare(1)
  const many = prepare(rowsAtOnce)
  return (values) => {
    const step = rowsAtOnce * columns
    let at = 0
    for (; at + step <= values.length; at += step) many.run(values.slice(at, at + step))
    for (; at < values.length; at += columns) one.run(values.slice(at, at + columns))
  }
}

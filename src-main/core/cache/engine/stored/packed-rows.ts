import type { EventColumns } from '../columns/columns.ts'

/** Some rows of the columns. */
export interface PackedRows {
  readonly row: Uint32Array
  readonly timeMs: Float64Array
  readonly actor: Uint32Array
  readonly object: Uint32Array
  readonly context: Uint32Array
  readonly template: Uint32Array
  readonly flags: Uint8Array
}

export function packRows(columns: EventColumns, rows: readonly number[]): PackedRows {
  return {
    row: Uint32Array.from(rows),
    timeMs: Float64Array.from(rows, (row) => columns.timeMs(row)),
    actor: Uint32Array.from(rows, (row) => columns.actor.at(row)),
    object: Uint32Array.from(rows, (row) => columns.object.at(row)),
    context: Uint32Array.from(rows, (row) => columns.context.at(row)),
    template: Uint32Array.from(rows, (row) => columns.template[row] as number),
    flags: Uint8Array.from(rows, (row) => columns.flags[row] as number),
  }
}

/** Puts packed rows into the columns. */
export function unpackRows(packed: PackedRows, columns: EventColumns): void {
  packed.row.forEach((row, at) =>
    columns.set(row, {
      timeMs: packed.timeMs[at] as number,
      actor: packed.actor[at] as number,
      object: packed.object[at] as number,
      context: packed.context[at] as number,
      template: packed.template[at] as number,
      flags: packed.flags[at] as number,
    }),
  )
}

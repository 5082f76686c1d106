import { isUtf8 } from 'node:buffer'
import type { LineFormat } from './lines.ts'
import { payloadText } from './payload-text.ts'
import { tableCells, tableColumns } from './table.ts'

/** CSV after RFC 4180 in UTF-8: one row per event under a header row, CRLF after each, cells that a spreadsheet would run as a formula disarmed. */
export const csvLines: LineFormat = {
  header: `${tableColumns.join(',')}\r\n`,
  addLine(bytes, { event, payload }) {
    const isExact = isUtf8(payload)
    const cells = tableCells(event)
    let line = ''
    for (let i = 0; i < cells.length; i++) line += `${isPlain[i] === true ? (cells[i] ?? '') : csvCell(cells[i] ?? '')},`
    bytes.addText(line)
    if (isExact && !isFormulaStart(payload[0])) bytes.addQuoted(payload)
    else bytes.addText(csvCell(payloadText(payload).text))
    bytes.addText('\r\n')
    return isExact
  },
  notes: (inexactPayloads) => [
    'Cells are UTF-8 text without a byte order mark; a null value is an empty cell; related is a JSON array; raw is the newest payload.',
    "A cell that would begin with =, +, -, @, a tab or a carriage return begins with an added ' so that no spreadsheet runs it as a formula; take one leading ' off such cells to have the value back.",
    ...(inexactPayloads === 0
      ? []
      : [
          `${inexactPayloads} payloads are not valid UTF-8; their raw cells show U+FFFD where bytes could not be read. An NDJSON export holds their bytes.`,
        ]),
  ],
}

/** Columns whose cells are words, numbers and times of our own: they need no quotes and run no formula. */
const plainColumns: ReadonlySet<string> = new Set<(typeof tableColumns)[number]>([
  'id',
  'service',
  'occurredAt',
  'collectedAt',
  'verb',
  'outcome',
  'revision',
  'hash',
  'mapped',
])
const isPlain = tableColumns.map((column) => plainColumns.has(column))

const needsQuotes = /[",\r\n]/

function csvCell(value: string): string {
  const safe = isFormulaStart(value.charCodeAt(0)) ? `'${value}` : value
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Tab, carriage return, +, -, = and @: spreadsheets take a cell that begins so for a formula, or strip it down to one. */
function isFormulaStart(code: number | undefined): boolean {
  return code === 0x09 || code === 0x0d || code === 0x2b || code === 0x2d || code === 0x3d || code === 0x40
}

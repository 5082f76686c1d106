import { payloadText } from './payload-text.ts'
import { tableCells, tableColumns } from './table.ts'
import { writeText } from './write-text.ts'
import type { ByteSink, ExportedEvent, FormatWriter } from './writer.ts'

/** CSV after RFC 4180 in UTF-8: one row per event under a header row, CRLF between rows, cells that a spreadsheet would run as a formula disarmed. */
export function csvWriter(sink: ByteSink): FormatWriter {
  let inexactPayloads = 0

  const row = ({ event, payload }: ExportedEvent): string => {
    const raw = payloadText(payload)
    if (!raw.isExact) inexactPayloads++
    return csvRow(tableCells(event, raw.text))
  }

  return {
    begin: () => sink(Buffer.from(csvRow(tableColumns))),
    write: (batch) => writeText(batch, row, sink),
    end: () => Promise.resolve(),
    notes: () => [
      'Cells are UTF-8 text without a byte order mark; a null value is an empty cell; related is a JSON array; raw is the newest payload.',
      "A cell that would begin with =, +, -, @, a tab or a carriage return begins with an added ' so that no spreadsheet runs it as a formula; take one leading ' off such cells to have the value back.",
      ...(inexactPayloads === 0
        ? []
        : [
            `${inexactPayloads} payloads are not valid UTF-8; their raw cells show U+FFFD where bytes could not be read. An NDJSON export holds their bytes.`,
          ]),
    ],
  }
}

function csvRow(cells: readonly string[]): string {
  let row = ''
  for (const cell of cells) row += row === '' ? csvCell(cell) : `,${csvCell(cell)}`
  return `${row}\r\n`
}

const needsQuotes = /[",\r\n]/

function csvCell(value: string): string {
  const safe = isFormulaLike(value) ? `'${value}` : value
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function isFormulaLike(value: string): boolean {
  switch (value.charCodeAt(0)) {
    case 0x09:
    case 0x0d:
    case 0x2b:
    case 0x2d:
    case 0x3d:
    case 0x40:
      return true
    default:
      return false
  }
}

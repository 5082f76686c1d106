import { isUtf8 } from 'node:buffer'
import type { LineBytes } from './line-bytes.ts'
import type { LineFormat } from './lines.ts'
import { payloadText } from './payload-text.ts'
import { relatedText, tableCells, tableColumns } from './table.ts'

/** CSV after RFC 4180 in UTF-8: one row per event under a header row, CRLF after each, cells that a spreadsheet would run as a formula disarmed. */
export const csvLines: LineFormat = {
  header: `${tableColumns.join(',')}\r\n`,
  addLine(bytes, { event, payload }) {
    const isExact = isUtf8(payload)
    bytes.addText(
      tableCells(event)
        .map((cell) => `${csvCell(cell)},`)
        .join(''),
    )
    if (isExact) addPayload(bytes, payload, 0, payload.length)
    else bytes.addText(csvCell(payloadText(payload).text))
    bytes.addText('\r\n')
    return isExact
  },
  parts: {
    begin: '',
    connection: ({ id, service }) => `,${csvCell(id)},${service},`,
    beforeTime: ',',
    beforeOriginal: ',',
    collected: (receivedAt) => `,${receivedAt},`,
    actor: { none: ',,,', before: ['', ',', ',', ','], end: '' },
    action: ({ action, verb }) => `,${csvCell(action)},${verb},`,
    object: { none: ',,', before: ['', ',', ','], end: '' },
    workspace: (workspace) => `,${[workspace?.kind, workspace?.id, workspace?.name].map((cell) => `${csvCell(cell ?? '')},`).join('')}`,
    related: (related) => csvCell(relatedText(related)),
    outcome: (outcome) => `,${outcome},`,
    revision: (revision) => `,${revision},`,
    afterHash: ',true,',
    end: '\r\n',
    textForm: 0,
    addPayload,
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

/** Always between quotes: to look whether it needs them would take longer. */
function addPayload(bytes: LineBytes, payload: Uint8Array, from: number, to: number): void {
  if (from < to && isFormulaStart(payload[from])) bytes.addText(csvCell(payloadText(payload.subarray(from, to)).text))
  else bytes.addQuoted(payload, from, to)
}

const needsQuotes = /[",\r\n]/

function csvCell(value: string): string {
  const safe = isFormulaStart(value.charCodeAt(0)) ? `'${value}` : value
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Tab, carriage return, +, -, = and @: spreadsheets take a cell that begins so for a formula, or strip it down to one. */
function isFormulaStart(code: number | undefined): boolean {
  return code === 0x09 || code === 0x0d || code === 0x2b || code === 0x2d || code === 0x3d || code === 0x40
}

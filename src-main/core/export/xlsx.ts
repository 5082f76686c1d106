import { payloadText } from './payload-text.ts'
import { tableCells, tableColumns } from './table.ts'
import type { ByteSink, ExportedEvent, FormatWriter } from './writer.ts'
import { cutToCell, spreadsheetXml } from './xlsx-text.ts'
import { contentTypes, packageRelations, sheetBegin, sheetEnd, styles, workbook, workbookRelations } from './xlsx-package.ts'
import { ZipWriter } from './zip.ts'

/** What a sheet holds besides its header row, and how much XML it may have before the next one begins: an entry ends at 4 GiB. */
export interface SheetLimits {
  readonly rows: number
  readonly xmlBytes: number
}

/** Enough for an efficient write, far below what one string may hold however large the payloads are. */
const flushChars = 2_000_000

const realLimits: SheetLimits = { rows: 1_048_575, xmlBytes: 3_900_000_000 }

/** An XLSX workbook in which every cell is text, so that nothing in it is a formula; as many sheets as the rows need. */
export function xlsxWriter(sink: ByteSink, limits: SheetLimits = realLimits): FormatWriter {
  const zip = new ZipWriter(sink, { mayBeLarge: false })
  let sheets = 0
  let sheetRows = 0
  let sheetBytes = 0
  let cutCells = 0
  let inexactPayloads = 0

  const put = async (xml: string): Promise<void> => {
    const bytes = Buffer.from(xml)
    sheetBytes += bytes.byteLength
    await zip.write(bytes)
  }

  const beginSheet = async (): Promise<void> => {
    if (sheets > 0) await put(sheetEnd)
    sheets++
    sheetRows = 0
    sheetBytes = 0
    await zip.beginEntry(`xl/worksheets/sheet${sheets}.xml`)
    await put(sheetBegin + rowXml(1, tableColumns, 's="1" '))
  }

  const cellsOf = ({ event, payload }: ExportedEvent): readonly string[] => {
    const raw = payloadText(payload)
    if (!raw.isExact) inexactPayloads++
    return [...tableCells(event), raw.text].map((value) => {
      const { text, isCut } = cutToCell(value)
      if (isCut) cutCells++
      return text
    })
  }

  return {
    begin: beginSheet,
    async write(batch) {
      let xml = ''
      for (const exported of batch) {
        const isSheetFull = sheetRows >= limits.rows || sheetBytes + xml.length > limits.xmlBytes
        if (isSheetFull || xml.length > flushChars) {
          await put(xml)
          xml = ''
        }
        if (isSheetFull) await beginSheet()
        sheetRows++
        xml += rowXml(sheetRows + 1, cellsOf(exported), '')
      }
      await put(xml)
    },
    async end() {
      await put(sheetEnd)
      const parts = {
        'xl/workbook.xml': workbook(sheets),
        'xl/_rels/workbook.xml.rels': workbookRelations(sheets),
        'xl/styles.xml': styles,
        '_rels/.rels': packageRelations,
        '[Content_Types].xml': contentTypes(sheets),
      }
      for (const [path, xml] of Object.entries(parts)) {
        await zip.beginEntry(path)
        await zip.write(Buffer.from(xml))
      }
      await zip.end()
    },
    notes: () => [
      'Every cell is text, numbers and times included, so nothing in the workbook is a formula; a null value is an empty cell.',
      `The rows stand on ${sheets} sheet${sheets === 1 ? '' : 's'}, each with the header row.`,
      'Characters that a spreadsheet cannot hold are written as _xHHHH_, which spreadsheet programs show as the character.',
      ...(cutCells === 0
        ? []
        : [
            `${cutCells} cells are longer than the 32,767 characters a spreadsheet cell can hold; they are cut there and say so at their end. A CSV or NDJSON export holds them whole.`,
          ]),
      ...(inexactPayloads === 0
        ? []
        : [
            `${inexactPayloads} payloads are not valid UTF-8; their raw cells show U+FFFD where bytes could not be read. An NDJSON export holds their bytes.`,
          ]),
    ],
  }
}

/** Empty cells are left out: a spreadsheet reads them as empty by the reference of the next one. */
function rowXml(row: number, cells: readonly string[], attributes: string): string {
  let xml = `<row r="${row}">`
  cells.forEach((cell, i) => {
    if (cell !== '')
      xml += `<c r="${columnLetters[i] ?? ''}${row}" ${attributes}t="inlineStr"><is><t xml:space="preserve">${spreadsheetXml(cell)}</t></is></c>`
  })
  return `${xml}</row>\n`
}

const columnLetters = tableColumns.map(
  (_, i) => (i < 26 ? '' : String.fromCharCode(64 + Math.floor(i / 26))) + String.fromCharCode(65 + (i % 26)),
)

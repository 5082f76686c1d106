import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ExportedEvent } from '../../../src-main/core/export/writer.ts'
import { xlsxWriter } from '../../../src-main/core/export/xlsx.ts'
import { exported, readManifest, runSample } from './export-harness.ts'
import { readCsv } from './csv-reader.ts'
import { readZip } from './zip-reader.ts'

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '=1+1',
    '+1',
    '-2',
    '@sum',
    '\tx',
    '\rx',
    '"',
    '","',
    'a\r\nb',
    '',
    "'=x",
    '<b>&amp;</b>',
    '_x000D_',
    '\u0000',
    '\ud800',
    ' padded ',
    '😀',
    '\ufeffx',
  ),
)

const anyEvent: fc.Arbitrary<ExportedEvent> = fc
  .record({
    name: hostile,
    summary: hostile,
    objectName: hostile,
    externalId: hostile,
    payload: fc.oneof(hostile, fc.json()),
    isBare: fc.boolean(),
  })
  .map(({ name, summary, objectName, externalId, payload, isBare }) =>
    exported(
      {
        summary,
        externalId,
        actor: isBare ? null : { id: null, name, email: null, kind: 'user' },
        object: isBare ? null : { kind: 'file', id: '1', name: objectName },
        related: isBare ? [] : [{ kind: 'segment', id: name, name: summary }],
        ...(isBare ? { mapped: false, occurredAt: null, occurredAtOriginal: null } : {}),
      },
      payload,
    ),
  )

/** What a text is after a way through UTF-8: lone surrogates are lost there. */
const throughUtf8 = (text: string) => Buffer.from(text).toString('utf8')

const header =
  'id,connection,service,externalId,occurredAt,occurredAtOriginal,collectedAt,actor.id,actor.name,actor.email,actor.kind,action,verb,object.kind,object.id,object.name,workspace.kind,workspace.id,workspace.name,related,outcome,summary,revision,hash,mapped,raw'

function expectedCells({ event, payload }: ExportedEvent): readonly string[] {
  const cells = [
    event.id,
    event.connection,
    event.service,
    event.externalId,
    event.occurredAt,
    event.occurredAtOriginal,
    event.collectedAt,
    event.actor?.id,
    event.actor?.name,
    event.actor?.email,
    event.actor?.kind,
    event.action,
    event.verb,
    event.object?.kind,
    event.object?.id,
    event.object?.name,
    event.workspace?.kind,
    event.workspace?.id,
    event.workspace?.name,
    JSON.stringify(event.related),
    event.outcome,
    event.summary,
    String(event.revision),
    event.hash,
    String(event.mapped),
    Buffer.from(payload).toString('utf8'),
  ]
  return cells.map((cell) => cell ?? '')
}

async function lines(format: 'ndjson' | 'ocsf', events: readonly ExportedEvent[]): Promise<readonly Record<string, unknown>[]> {
  const result = await runSample(events, { format })
  const text = await readFile(result.path, 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)))
}

describe('CSV', () => {
  it('gives every cell back, formulas disarmed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 5 }), async (events) => {
        const { path } = await runSample(events)
        const [first, ...rows] = readCsv(await readFile(path, 'utf8'))
        expect(first?.join(',')).toBe(header)
        expect(rows).toEqual(
          events.map((event) => expectedCells(event).map((cell) => throughUtf8(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell))),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('says in the manifest what it did to cells', async () => {
    const result = await runSample([exported({}, Uint8Array.of(0x7b, 0xff))])
    const { notes } = await readManifest(result)
    expect(notes.join('\n')).toMatch(/formula/)
    expect(notes.join('\n')).toMatch(/1 payloads are not valid UTF-8/)
    expect(readCsv(await readFile(result.path, 'utf8'))[1]?.at(-1)).toBe('{\ufffd')
  })
})

describe('NDJSON', () => {
  it('holds the event and the payload, from which the hash can be made again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 4 }), async (events) => {
        const read = await lines('ndjson', events)
        expect(read).toEqual(events.map(({ event, payload }) => ({ ...event, raw: Buffer.from(payload).toString('utf8') })))
        for (const { raw, hash } of read) expect(createHash('sha256').update(String(raw)).digest('hex')).toBe(hash)
      }),
      { numRuns: 30 },
    )
  })

  it('keeps the bytes of a payload that is no text', async () => {
    const payload = Uint8Array.of(0x22, 0xff, 0xfe, 0x00, 0x22)
    const [line] = await lines('ndjson', [exported({}, payload)])
    expect(line?.['raw']).toBe('"\ufffd\ufffd\u0000"')
    expect(Buffer.from(String(line?.['rawBase64']), 'base64')).toEqual(Buffer.from(payload))
  })
})

describe('XLSX', () => {
  const cellPattern = /<c r="([A-Z]+)(\d+)" (?:s="1" )?t="inlineStr"><is><t xml:space="preserve">([^<]*)<\/t><\/is><\/c>/g
  const columnOf = (letters: string) => letters.charCodeAt(0) - 65

  function sheetRows(xml: string): readonly (readonly string[])[] {
    const rows: string[][] = []
    for (const [, letters = '', row = '', text = ''] of xml.matchAll(cellPattern)) {
      const cells = (rows[Number(row) - 1] ??= Array.from({ length: 26 }, () => ''))
      const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
      cells[columnOf(letters)] = plain.replace(/_x([0-9A-F]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    }
    return rows
  }

  it('gives every cell back as text, in XML that holds nothing forbidden', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 5 }), async (events) => {
        const { path } = await runSample(events, { format: 'xlsx' })
        const parts = readZip(await readFile(path))
        const sheet = parts.get('xl/worksheets/sheet1.xml') ?? ''
        expect(sheet).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|<f>/)
        const [first, ...rows] = sheetRows(sheet)
        expect(first?.join(',')).toBe(header)
        expect(rows).toEqual(events.map(expectedCells))
      }),
      { numRuns: 30 },
    )
  })

  it('goes on on another sheet when one is full', async () => {
    const chunks: Uint8Array[] = []
    const writer = xlsxWriter((bytes) => Promise.resolve(void chunks.push(bytes)), { rows: 3, xmlBytes: 1e9 })
    await writer.begin()
    await writer.write(Array.from({ length: 5 }, (_, i) => exported({ externalId: String(i) })))
    await writer.write([exported({ externalId: '5' }), exported({ externalId: '6' })])
    await writer.end()
    const parts = readZip(Buffer.concat(chunks))
    const ids = [1, 2, 3].map((n) => sheetRows(parts.get(`xl/worksheets/sheet${n}.xml`) ?? '').map((row) => row[3]))
    expect(ids).toEqual([
      ['externalId', '0', '1', '2'],
      ['externalId', '3', '4', '5'],
      ['externalId', '6'],
    ])
    expect(parts.get('xl/workbook.xml')?.match(/<sheet /g)).toHaveLength(3)
    expect(parts.get('[Content_Types].xml')?.match(/worksheet\+xml/g)).toHaveLength(3)
    expect(writer.notes().join('\n')).toContain('3 sheets')
  })

  it('cuts only what no cell can hold, visibly, and says how often', async () => {
    const result = await runSample([exported({}, JSON.stringify('x'.repeat(40_000))), exported()], { format: 'xlsx' })
    const rows = sheetRows(readZip(await readFile(result.path)).get('xl/worksheets/sheet1.xml') ?? '')
    expect(rows[1]?.[25]).toHaveLength(32_767)
    expect(rows[1]?.[25]).toMatch(/\[cut: 40002 characters in all/)
    expect((await readManifest(result)).notes.join('\n')).toContain('1 cells are longer')
  })
})

describe('OCSF', () => {
  it('puts each event into its class and keeps our event and the payload', async () => {
    const events = [
      exported({ verb: 'sign-in', action: 'login', object: null }),
      exported({ verb: 'read' }),
      exported({ verb: 'grant', action: 'audit.user_add', object: { kind: 'space', id: '5', name: 'dev' }, outcome: 'failure' }),
      exported({ verb: 'other', action: '', object: null, actor: null, occurredAt: null, mapped: false }, 'not json'),
    ]
    const read = await lines('ocsf', events)
    expect(
      read.map(({ class_uid, category_uid, activity_id, type_uid, status_id }) => [
        class_uid,
        category_uid,
        activity_id,
        type_uid,
        status_id,
      ]),
    ).toEqual([
      [3002, 3, 1, 300201, 0],
      [6006, 6, 14, 600614, 0],
      [6003, 6, 99, 600399, 2],
      [6003, 6, 99, 600399, 0],
    ])
    expect(read[1]).toMatchObject({
      time: Date.parse('2026-03-01T10:00:00Z'),
      actor: { user: { uid: '42', type_id: 1 } },
      file: { name: 'onehub-logo.png', type_id: 1 },
    })
    expect(read[2]).toMatchObject({ api: { operation: 'audit.user_add' }, resources: [{ uid: '5' }, { uid: '9' }] })
    expect(read[3]).toMatchObject({ time: Date.parse('2026-03-02T00:00:00Z'), actor: { user: { name: 'Unknown' } }, raw_data: 'not json' })
    expect(read.map(({ unmapped }) => unmapped)).toEqual(events.map(({ event }) => event))
  })
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hexKeyOfExternalId, keyPrefix, storedExternalId } from '../../../src-main/core/cache/identity.ts'
import { inputAt, inputBytes, LineBytes } from '../../../src-main/core/export/line-bytes.ts'

const bytes = new LineBytes()
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('"', ',', '\\', '\n', '\r', '\u0000', '\u001f', '\u007f', 'x', 'ä', '😀'), maxLength: 40 }),
  fc.tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '(', '?', 'A'), fc.string({ maxLength: 20 })).map((parts) => parts.join('')),
)

/** What is added to empty bytes. */
function added(add: () => void): string {
  bytes.clear()
  add()
  return Buffer.from(bytes.take()).toString()
}

/** What is put of a text that was laid out. */
function put(text: string, putOne: (at: number, sizeBytes: number) => void): string {
  const at = inputAt + 3
  const sizeBytes = bytes.memory.write(text, at)
  // What lies behind must not matter.
  bytes.memory.write('"",\n\\=', at + sizeBytes)
  return added(() => {
    bytes.reserve(inputBytes)
    putOne(at, sizeBytes)
  })
}

it('puts texts as they are, as cells and within JSON strings', () => {
  const { putting } = bytes
  fc.assert(
    fc.property(anyText, (text) => {
      const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
      expect(put(text, putting.put)).toBe(text)
      expect(put(text, (at, sizeBytes) => putting.putText(at, sizeBytes, 0))).toBe(
        /[",\r\n]/.test(text) ? `"${guarded.replaceAll('"', '""')}"` : guarded,
      )
      expect(put(text, putting.putDoubled)).toBe(text.replaceAll('"', '""'))
      expect(put(text, (at, sizeBytes) => putting.putText(at, sizeBytes, 1))).toBe(JSON.stringify(text))
      expect(JSON.parse(`"${put(text, (at, sizeBytes) => putting.putEscaped(at, sizeBytes, 0))}"`)).toBe(text)
    }),
    { numRuns: 500 },
  )
})

it('puts times as a date does, from the year 0 to 9999', () => {
  const anyTime = fc.oneof(
    fc.integer({ min: Date.parse('0000-01-01T00:00:00.000Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
    fc
      .tuple(fc.integer({ min: 0, max: 9_998 }), fc.constantFrom('02-28', '03-01', '12-31', '01-01'), fc.integer({ min: -1, max: 1 }))
      .map(([year, day, ms]) => Date.parse(`${String(year).padStart(4, '0')}-${day}T00:00:00.000Z`) + 86_400_000 + ms),
  )
  fc.assert(
    fc.property(anyTime, (timeMs) => {
      expect(added(() => bytes.putting.putTime(timeMs))).toBe(new Date(timeMs).toISOString())
    }),
    { numRuns: 1_000 },
  )
})

it('puts hashes in hex and texts that were kept', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), anyText, (hash, text) => {
      bytes.memory.set(hash, inputAt)
      expect(added(() => bytes.putting.putHash(inputAt))).toBe(Buffer.from(hash).toString('hex'))
      const places = [bytes.keep(text), bytes.keep('x'.repeat(70_000)), bytes.keep(text)]
      expect(added(() => places.forEach((at) => bytes.putting.putKept(at)))).toBe(`${text}${'x'.repeat(70_000)}${text}`)
      if (bytes.keptBytes > 4_000_000) bytes.forgetKept()
    }),
    { numRuns: 100 },
  )
})

it('puts the ids that events have', () => {
  const anyId = fc.oneof(
    fc.string({ minLength: 1, maxLength: 300 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 9 }),
    fc.nat(8_000).map((size) => 'aZ0'.repeat(size + 1).slice(0, size + 1)),
  )
  fc.assert(
    fc.property(fc.string({ maxLength: 90 }), anyId, (connection, externalId) => {
      const stored = storedExternalId(externalId)
      const prefix = bytes.keep(keyPrefix(connection))
      const id = put(stored, (at, sizeBytes) => bytes.putting.putId(prefix, at, sizeBytes))
      const isPlain = /^[\0-~]+$/.test(stored)
      expect(id).toBe(isPlain ? hexKeyOfExternalId(connection, stored) : '')
    }),
    { numRuns: 500 },
  )
})

it('takes texts of any size, in whatever room there is', () => {
  const anyLongText = fc.tuple(fc.constantFrom('"', 'ä', '😀', '\u0001', 'abc'), fc.integer({ min: 0, max: 700_000 }))
  fc.assert(
    fc.property(fc.array(anyLongText, { minLength: 1, maxLength: 4 }), (made) => {
      const texts = made.map(([unit, count]) => unit.repeat(count))
      const lines = added(() => {
        for (const text of texts) {
          const payload = Buffer.from(text)
          bytes.addText(text)
          bytes.addQuoted(payload, 0, payload.length)
          bytes.addJsonString(payload, 0, payload.length)
        }
      })
      const expected = texts.map((text) => `${text}"${text.replaceAll('"', '""')}"${JSON.stringify(text)}`)
      expect(lines === expected.join('')).toBe(true)
    }),
    { numRuns: 10 },
  )
})

it('gives lines away in the room it was given where they fit', () => {
  bytes.addText('lines')
  const room = new Uint8Array(8)
  expect(bytes.take(room).buffer).toBe(room.buffer)
  bytes.addText('longer lines')
  expect(Buffer.from(bytes.take(room)).toString()).toBe('longer lines')
  expect(bytes.length).toBe(0)
})

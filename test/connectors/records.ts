import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { NormalisedEvent } from '../../src-main/contract/model/audit-event.ts'
import { verbs } from '../../src-main/contract/model/audit-event.ts'
import type { ConnectorDefinition, Mapped, NameBook, NameFact, RawRecord } from '../../src-main/core/connectors/define.ts'
import { recordOf, sliceElements } from '../../src-main/core/connectors/runtime/records.ts'

/** The records of a fixture's list, cut out as a walk cuts them. */
export function fixtureRecords(path: string, list: string): RawRecord[] {
  const bytes = readFileSync(new URL(path, import.meta.url))
  return (sliceElements(bytes, [list]) ?? []).map(recordOf)
}

/** A record as it would come over the wire. */
export const recordFrom = (value: unknown): RawRecord => recordOf(Buffer.from(JSON.stringify(value)))

export function nameBook(...facts: readonly NameFact[]): NameBook {
  return { get: ({ kind, id }) => facts.find((fact) => fact.kind === kind && fact.id === id) }
}

export function mapAll(definition: ConnectorDefinition, records: readonly RawRecord[], names: NameBook = nameBook()): Mapped[] {
  return records.map((record) => definition.map(record, names, {}))
}

/** The event of a record; fails the test when it is unmapped. */
export function eventOf(definition: ConnectorDefinition, record: RawRecord, names: NameBook = nameBook()): NormalisedEvent {
  const mapped = definition.map(record, names, {})
  if ('unmapped' in mapped) throw new Error(mapped.unmapped)
  return mapped.event
}

/** Any JSON, with the keys and values of this service more often than chance would bring them. */
export function hostile(keys: readonly string[], values: readonly unknown[]): fc.Arbitrary<unknown> {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', ' ', '\u0000', '\uD800', '<b', '\u202E', '__proto__', 'constructor', '9'.repeat(60)),
  )
  return fc.letrec<{ node: unknown; list: unknown[]; object: Record<string, unknown> }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<unknown>(...values),
      fc.constant(null),
      fc.boolean(),
      fc.double(),
      fc.integer(),
      text,
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('node'), { maxLength: 4 }),
    object: fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), tie('node'), { maxKeys: 8 }),
  })).node
}

/** Whatever the record: it is mapped to a sound event, or unmapped with a sentence; never an exception. */
export function expectSound(definition: ConnectorDefinition, record: RawRecord): void {
  definition.wantedNames(record, nameBook())
  const mapped = definition.map(record, nameBook(), {})
  if ('unmapped' in mapped) {
    expect(mapped.unmapped).toMatch(/^[A-Z].*\.$/s)
    return
  }
  const { event } = mapped
  expect(event.externalId).not.toBe('')
  expect(event.occurredAt).toMatch(/^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect(verbs).toContain(event.verb)
  expect(JSON.stringify(event).isWellFormed()).toBe(true)
  for (const text of [event.summary, event.action, event.actor?.name, event.object?.name, event.workspace?.name])
    expect((text ?? '').isWellFormed()).toBe(true)
}

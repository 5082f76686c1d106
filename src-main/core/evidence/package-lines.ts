import { z } from 'zod'
import type { PageLine, RevisionLine } from './evidence-part.ts'

const digest = z.string().regex(/^[0-9a-f]{64}$/)
const wholeNumber = z.int().min(1)
/** As we make them: findings name events by their ids, whatever somebody may have put there. */
const eventId = z.string().regex(/^[0-9a-f]{24}$/)
const payload = { hash: digest, raw: z.string(), rawBase64: z.base64().optional() }

/** What is checked of a line of `events.ndjson`. */
const eventSchema = z.object({
  id: eventId,
  connection: z.string(),
  service: z.string(),
  externalId: z.string(),
  occurredAt: z.iso.datetime().nullable(),
  revision: wholeNumber,
  mapped: z.boolean(),
  ...payload,
})
export type PackedEvent = z.infer<typeof eventSchema>

const revisionSchema = z.object({ id: eventId, revision: wholeNumber, receivedAt: z.string(), ...payload })
export type PackedRevision = z.infer<typeof revisionSchema> & RevisionLine

const pageSchema = z.object({ page: wholeNumber, entry: wholeNumber, payloads: z.array(digest), others: z.array(digest) })

const ledgerSchema = z.tuple([wholeNumber, z.string(), z.string(), z.string()])

/** An entry of the ledger, as its line says. */
export interface PackedEntry {
  readonly num: number
  readonly at: string
  readonly kind: string
  readonly json: string
}

const reader =
  <Item>(schema: z.ZodType<Item>) =>
  (value: unknown): Item | null =>
    schema.safeParse(value).data ?? null

/** Each makes an item of a line's value; null when it is none. */
export const readEvent = reader(eventSchema)
export const readRevision = reader(revisionSchema)
export const readPage: (value: unknown) => PageLine | null = reader(pageSchema)
export function readEntry(value: unknown): PackedEntry | null {
  const entry = reader(ledgerSchema)(value)
  if (entry === null) return null
  const [num, at, kind, json] = entry
  return { num, at, kind, json }
}

/** What is checked of the facts of an entry about a page. */
export const pageFactsSchema = z.object({ commit: z.number(), stored: digest })

const head = z.object({ entries: z.int().min(0), hash: digest })

/** What is checked of `manifest.json`. */
export const manifestSchema = z.object({
  manifestVersion: z.literal(1),
  file: z.literal('events.ndjson'),
  format: z.literal('package'),
  rows: z.int().min(0),
  sizeBytes: z.int().min(0),
  sha256: digest,
  createdAt: z.string(),
  createdBy: z.string(),
  query: z.object({ text: z.string(), inWords: z.string(), zone: z.string().max(100), order: z.enum(['newest', 'oldest']) }),
  counts: z.object({
    byService: z.record(z.string(), z.number()),
    byDay: z.array(z.object({ day: z.string(), count: z.number() })),
    untimed: z.number(),
    unmapped: z.number(),
  }),
  moment: head,
  files: z.array(z.object({ name: z.string(), sizeBytes: z.number(), sha256: digest })),
})
export type PackageManifest = z.infer<typeof manifestSchema>

import { payloadSliceChars } from '../../contract/api.ts'
import type { EventDetail } from '../../contract/model/audit-event.ts'
import type { Query } from '../../contract/model/query.ts'
import type { ArchiveReader, EventQuery } from '../cache/archive.ts'
import { awaitedNames } from '../collect/awaited-names.ts'
import { connectors } from '../connectors/registry.ts'
import type { AreaHandlers } from '../dispatch.ts'
import type { CoreParts } from '../parts.ts'
import { parseQuery } from '../query/parse.ts'
import { requireNoProblems } from '../query/require.ts'

export function eventHandlers({ ports, opened }: CoreParts): AreaHandlers<'events'> {
  const read = ({ text, zone }: Query): EventQuery => ({
    tree: requireNoProblems(parseQuery(text, { zone, nowMs: ports.clock.now() })).tree,
    zone,
  })
  return {
    'events.page': async ({ query, order, cursor, limit }, { signal }) => {
      const asked = read(query)
      return (await opened()).archive.reader.page(asked, order, cursor, limit, signal)
    },
    'events.window': async ({ query, order, first, count }, { signal }) => {
      const asked = read(query)
      const { reader } = (await opened()).archive
      const startedAt = performance.now()
      const window = await reader.window(asked, order, first, count, signal)
      return { ...window, tookMs: performance.now() - startedAt }
    },
    'events.first': async ({ query, order, count }, { signal }) => {
      const asked = read(query)
      const { reader } = (await opened()).archive
      const startedAt = performance.now()
      const found = await reader.first(asked, order, count, signal)
      return { ...found, tookMs: performance.now() - startedAt }
    },
    'events.locate': async ({ query, order, at }, { signal }) => {
      const asked = read(query)
      return { row: await (await opened()).archive.reader.locate(asked, order, at, signal) }
    },
    'events.count': async ({ query }, { signal }) => {
      const asked = read(query)
      return (await opened()).archive.reader.count(asked, signal)
    },
    'events.facets': async ({ query, by, top, early }, { signal }) => {
      const asked = read(query)
      return (await opened()).archive.reader.facets(asked, by, top, early, signal)
    },
    'events.histogram': async ({ query, by, early }, { signal }) => {
      const asked = read(query)
      return (await opened()).archive.reader.histogram(asked, by, early, signal)
    },
    'events.explain': async ({ query }) => {
      const asked = read(query)
      return { steps: await (await opened()).archive.reader.explain(asked) }
    },
    'events.get': async ({ id }) => detailOf((await opened()).archive.reader, id),
    'events.payload': async ({ id, revision, from }) => {
      const { bytes, hash } = await (await opened()).archive.reader.payload(id, revision)
      const text = new TextDecoder().decode(bytes)
      return { text: text.slice(from, from + payloadSliceChars), totalChars: text.length, sizeBytes: bytes.byteLength, hash }
    },
    'events.payloadBytes': async ({ id, revision }) => {
      const { bytes, hash } = await (await opened()).archive.reader.payload(id, revision)
      return { base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'), sizeBytes: bytes.byteLength, hash }
    },
    'events.around': async ({ id, count }) => (await opened()).archive.reader.around(id, count),
    'events.refetch': async ({ id }, { signal }) => {
      const { archive, access } = await opened()
      const { event } = await archive.reader.get(id)
      const result = await access.refetch(event, signal)
      return { result, detail: await detailOf(archive.reader, id) }
    },
  }
}

async function detailOf(reader: ArchiveReader, id: string): Promise<EventDetail> {
  const { lacksNames, ...detail } = await reader.get(id)
  const { event } = detail
  return { ...detail, awaitedNames: await awaitedNames(event, lacksNames, connectors[event.service].lookUps, reader) }
}

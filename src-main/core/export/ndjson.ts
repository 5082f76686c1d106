import { isUtf8 } from 'node:buffer'
import type { LineBytes } from './line-bytes.ts'
import type { LineFormat } from './lines.ts'
import { payloadBase64, payloadText } from './payload-text.ts'

/** One JSON object a line: the event as the command line prints it, and its payload in `raw`. */
export const ndjsonLines: LineFormat = {
  header: '',
  addLine: (bytes, { event, payload }) => addWithPayload(bytes, event, payload),
  parts: {
    begin: '{"id":"',
    connection: ({ id, service }) => `","connection":${JSON.stringify(id)},"service":${JSON.stringify(service)},"externalId":`,
    beforeTime: ',"occurredAt":"',
    beforeOriginal: '","occurredAtOriginal":',
    collected: (receivedAt) => `,"collectedAt":${JSON.stringify(receivedAt)},"actor":`,
    actor: { none: 'null', before: ['{"id":', ',"name":', ',"email":', ',"kind":'], end: '}' },
    action: ({ action, verb }) => `,"action":${JSON.stringify(action)},"verb":${JSON.stringify(verb)},"object":`,
    object: { none: 'null', before: ['{"kind":', ',"id":', ',"name":'], end: '}' },
    workspace: (workspace) => `,"workspace":${JSON.stringify(workspace)},"related":`,
    related: (related) => JSON.stringify(related),
    outcome: (outcome) => `,"outcome":${JSON.stringify(outcome)},"summary":`,
    revision: (revision) => `,"revision":${revision},"hash":"`,
    afterHash: '","mapped":true,"raw":',
    end: '}\n',
    textForm: 1,
    addPayload: (bytes, payload, from, to) => bytes.addJsonString(payload, from, to),
  },
  notes: (inexactPayloads) => [
    'Each line is one event as a JSON object; raw is the newest payload as received, and hash is the SHA-256 of its UTF-8 bytes.',
    ...(inexactPayloads === 0
      ? []
      : [
          `${inexactPayloads} payloads are not valid UTF-8: their raw shows U+FFFD where bytes could not be read, and rawBase64 beside it holds the exact bytes, of which hash is the SHA-256.`,
        ]),
  ],
}

/** Adds an object as a line, and a payload to it as `raw`. False when that is no UTF-8: then `rawBase64` holds its bytes. */
export function addWithPayload(bytes: LineBytes, object: object, payload: Uint8Array): boolean {
  const isExact = isUtf8(payload)
  bytes.addText(`${JSON.stringify(object).slice(0, -1)},"raw":`)
  if (isExact) bytes.addJsonString(payload, 0, payload.length)
  else bytes.addText(`${JSON.stringify(payloadText(payload).text)},"rawBase64":"${payloadBase64(payload)}"`)
  bytes.addText('}\n')
  return isExact
}

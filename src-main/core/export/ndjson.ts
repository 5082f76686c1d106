import { payloadBase64, payloadText } from './payload-text.ts'
import { writeText } from './write-text.ts'
import type { ByteSink, ExportedEvent, FormatWriter } from './writer.ts'

/** One JSON object a line: the event as the command line prints it, and its payload in `raw`. */
export function ndjsonWriter(sink: ByteSink): FormatWriter {
  let inexactPayloads = 0

  const line = ({ event, payload }: ExportedEvent): string => {
    const raw = payloadText(payload)
    if (raw.isExact) return `${JSON.stringify({ ...event, raw: raw.text })}\n`
    inexactPayloads++
    return `${JSON.stringify({ ...event, raw: raw.text, rawBase64: payloadBase64(payload) })}\n`
  }

  return {
    begin: () => Promise.resolve(),
    write: (batch) => writeText(batch, line, sink),
    end: () => Promise.resolve(),
    notes: () => [
      'Each line is one event as a JSON object; raw is the newest payload as received, and hash is the SHA-256 of its UTF-8 bytes.',
      ...(inexactPayloads === 0
        ? []
        : [
            `${inexactPayloads} payloads are not valid UTF-8: their raw shows U+FFFD where bytes could not be read, and rawBase64 beside it holds the exact bytes, of which hash is the SHA-256.`,
          ]),
    ],
  }
}

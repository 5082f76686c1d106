import { isUtf8 } from 'node:buffer'
import { ByteBuilder, flushBytes } from './byte-builder.ts'
import { payloadBase64, payloadText } from './payload-text.ts'
import type { ByteSink, ExportedEvent, FormatWriter } from './writer.ts'

/** One JSON object a line: the event as the command line prints it, and its payload in `raw`. */
export function ndjsonWriter(sink: ByteSink): FormatWriter {
  const bytes = new ByteBuilder()
  let inexactPayloads = 0

  const addLine = ({ event, payload }: ExportedEvent): void => {
    if (isUtf8(payload)) {
      bytes.addText(`${JSON.stringify(event).slice(0, -1)},"raw":`)
      bytes.addJsonString(payload)
      bytes.addText('}\n')
      return
    }
    inexactPayloads++
    bytes.addText(`${JSON.stringify({ ...event, raw: payloadText(payload).text, rawBase64: payloadBase64(payload) })}\n`)
  }

  return {
    begin: () => Promise.resolve(),
    async write(batch) {
      for (const exported of batch) {
        addLine(exported)
        if (bytes.length > flushBytes) await sink(bytes.take())
      }
    },
    end: () => sink(bytes.take()),
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

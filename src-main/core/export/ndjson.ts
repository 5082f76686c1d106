import { isUtf8 } from 'node:buffer'
import type { LineFormat } from './lines.ts'
import { payloadBase64, payloadText } from './payload-text.ts'

/** One JSON object a line: the event as the command line prints it, and its payload in `raw`. */
export const ndjsonLines: LineFormat = {
  header: '',
  addLine(bytes, { event, payload }) {
    const isExact = isUtf8(payload)
    if (isExact) {
      bytes.addText(`${JSON.stringify(event).slice(0, -1)},"raw":`)
      bytes.addJsonString(payload)
      bytes.addText('}\n')
    } else bytes.addText(`${JSON.stringify({ ...event, raw: payloadText(payload).text, rawBase64: payloadBase64(payload) })}\n`)
    return isExact
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

import type { IncomingMessage } from 'node:http'

/** The JSON body of a request, or the HTTP status that says why not. Reads no further than the limit. */
export async function readJson(
  request: IncomingMessage,
  maxSizeBytes: number,
): Promise<{ readonly json: unknown } | { readonly status: 400 | 413 | 415 }> {
  if (!/^application\/json(;|$)/i.test(request.headers['content-type'] ?? '')) return { status: 415 }
  const parts: Buffer[] = []
  let sizeBytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    sizeBytes += part.length
    if (sizeBytes > maxSizeBytes) return { status: 413 }
    parts.push(part)
  }
  try {
    return { json: JSON.parse(Buffer.concat(parts).toString('utf8')) }
  } catch {
    return { status: 400 }
  }
}

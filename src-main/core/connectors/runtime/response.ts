import type { ServiceResponse } from '../define.ts'
import { JsonStructureError, checkStructure } from './json-slices.ts'
import { notJson, parseJson } from './records.ts'
import type { TransportResponse } from './transport.ts'

/** A whole answer as connectors see it. */
export function responseOf(url: URL, received: TransportResponse): ServiceResponse {
  const { status, headers, bytes } = received
  const text = (): string => new TextDecoder().decode(bytes)
  return {
    status,
    headers,
    bytes,
    url,
    text,
    json: () => {
      try {
        return parseJson(text())
      } catch {
        throw notJson(url, headers['content-type'] ?? '', bytes, isCutShort(bytes))
      }
    },
  }
}

/** False for a success whose body is empty, or JSON that ends in the middle: a connection cut where HTTP could not tell. */
export function isWholeBody(response: ServiceResponse): boolean {
  if (response.status !== 200) return true
  return response.bytes.length > 0 && !isCutShort(response.bytes)
}

/** True for HTML: its text is for a browser, not for a sentence. */
export function isWebPage(response: ServiceResponse): boolean {
  return (
    (response.headers['content-type'] ?? '').includes('html') || /^\s*</.test(new TextDecoder().decode(response.bytes.subarray(0, 256)))
  )
}

function isCutShort(bytes: Uint8Array): boolean {
  try {
    checkStructure(bytes)
    return false
  } catch (error) {
    return error instanceof JsonStructureError && error.isTruncated
  }
}

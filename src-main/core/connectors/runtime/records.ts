import { TrailviewError } from '../../../contract/errors.ts'
import type { RawRecord, ServiceResponse } from '../define.ts'
import { JsonStructureError, sliceElements, sliceValue } from './json-slices.ts'

export { sliceElements, sliceValue } from './json-slices.ts'

/**
 * JSON.parse that keeps whole numbers beyond 2^53 as strings of digits. Throws SyntaxError.
 * A number that needs it is looked for first, because the reviver makes parsing several times slower.
 */
export function parseJson(text: string): unknown {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  if (!bigNumberInside.test(body)) return JSON.parse(body)
  try {
    return JSON.parse(body, keepDigits)
  } catch (error) {
    // The reviver recurses; nesting beyond the stack is parsed without it rather than not at all.
    if (error instanceof RangeError) return JSON.parse(body)
    throw error
  }
}

const bigNumberInside = /(?:^|[:,[\s])-?\d{16,}/

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source) ? source : value
}

/**
 * One record from its exact bytes, decoded as UTF-8 with replacement.
 * `value` is undefined when the bytes are no valid JSON: the record is kept all the same, as an unmapped one.
 */
export function recordOf(bytes: Uint8Array): RawRecord {
  try {
    return { bytes, value: parseJson(new TextDecoder().decode(bytes)) }
  } catch {
    return { bytes, value: undefined }
  }
}

/**
 * The elements of the array at `path` of a response, each with its exact bytes, whatever their type.
 * Throws SERVICE_NOT_JSON (retryable when the document was cut short), and SERVICE_UNEXPECTED when there is no array at the path.
 */
export function recordsAt(response: ServiceResponse, path: readonly string[]): RawRecord[] {
  const elements = inStructure(response, () => sliceElements(response.bytes, path))
  if (elements === null) {
    const place = path.length === 0 ? 'at its top' : `under "${path.join('.')}"`
    throw new TrailviewError(
      'SERVICE_UNEXPECTED',
      `The answer of ${response.url.host} to ${response.url.pathname} holds no list ${place}. Check that the base URL belongs to this service; if it does, its API has changed.`,
    )
  }
  return elements.map(recordOf)
}

/** The one record at `path` of a response with its exact bytes; null when there is none or it is JSON null. Throws SERVICE_NOT_JSON. */
export function recordAt(response: ServiceResponse, path: readonly string[]): RawRecord | null {
  const bytes = inStructure(response, () => sliceValue(response.bytes, path))
  if (bytes === null) return null
  const record = recordOf(bytes)
  return record.value === null ? null : record
}

function inStructure<T>(response: ServiceResponse, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof JsonStructureError)
      throw notJson(response.url, response.headers['content-type'] ?? '', response.bytes, error.isTruncated)
    throw error
  }
}

/** SERVICE_NOT_JSON for a body that is none: says what came instead, never what was in it. */
export function notJson(url: URL, contentType: string, bytes: Uint8Array, isTruncated: boolean): TrailviewError {
  const where = `${url.host} answered ${url.pathname} with`
  if (bytes.length === 0) {
    return new TrailviewError(
      'SERVICE_NOT_JSON',
      `${where} an empty body instead of JSON. Check the base URL; if it is right, try again later.`,
      { retryable: true },
    )
  }
  const start = new TextDecoder().decode(bytes.subarray(0, 512)).trimStart().toLowerCase()
  if (start.startsWith('<') || contentType.includes('html')) {
    return new TrailviewError(
      'SERVICE_NOT_JSON',
      `${where} a web page instead of JSON. Check the base URL, and whether a proxy or a sign-in page stands in between.`,
    )
  }
  if (isTruncated) {
    return new TrailviewError(
      'SERVICE_NOT_JSON',
      `${where} JSON that ends in the middle, after ${bytes.length} bytes. Try again; if it stays so, look at the proxies in between.`,
      {
        retryable: true,
      },
    )
  }
  return new TrailviewError(
    'SERVICE_NOT_JSON',
    `${where} something that is not JSON (${bytes.length} bytes). Check the base URL of the connection.`,
  )
}

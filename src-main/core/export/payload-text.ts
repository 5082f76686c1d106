import { isUtf8 } from 'node:buffer'

/** A payload as text. Bytes that are not UTF-8 are read with replacement characters, and `isExact` is false. */
export interface PayloadText {
  readonly text: string
  readonly isExact: boolean
}

/** Reads a payload as UTF-8, a byte order mark included. */
export function payloadText(payload: Uint8Array): PayloadText {
  return { text: bufferOf(payload).toString('utf8'), isExact: isUtf8(payload) }
}

/** The payload's bytes as base64, for where text would not give them back. */
export function payloadBase64(payload: Uint8Array): string {
  return bufferOf(payload).toString('base64')
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

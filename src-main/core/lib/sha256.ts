import { hash } from 'node:crypto'

/** SHA-256, 32 bytes. Through a string, which takes half the time of asking Node for a buffer. */
export function sha256(data: string | Uint8Array): Buffer {
  return Buffer.from(hash('sha256', data, 'binary'), 'latin1')
}

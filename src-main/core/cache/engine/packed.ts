import { deserialize, serialize } from 'node:v8'

/** Changes with every change of what is stored. */
const format = 1

/** Bytes of a value made of typed arrays, numbers and texts. */
export function encode(value: object): Uint8Array {
  return serialize({ format, value })
}

/** The value again; null when another build wrote it in another form, or another engine in one this engine does not read. */
export function decode<Value>(bytes: Uint8Array): Value | null {
  try {
    const stored = deserialize(bytes) as { readonly format: number; readonly value: Value }
    return stored.format === format ? stored.value : null
  } catch {
    return null
  }
}

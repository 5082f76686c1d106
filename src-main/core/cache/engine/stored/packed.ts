/** Begins every packed value; its last byte changes with every change of what is stored. */
const signature = Buffer.from('TVP\u0008')
/** Numbers of a typed array begin at a multiple of this. */
const alignment = 8

const kinds = { Uint8Array, Uint16Array, Uint32Array, Float64Array } as const
type Kind = keyof typeof kinds
type Numbers = InstanceType<(typeof kinds)[Kind]>

/** Stands in the JSON head for a typed array: its kind, where it begins after the head, and how many numbers it has. */
interface Place {
  readonly $numbers: readonly [kind: Kind, offset: number, length: number]
}

/** Bytes of a value made of typed arrays, numbers and texts: a head as JSON, and the arrays as they lie in memory. */
export function encode(value: object): Uint8Array {
  const arrays: Numbers[] = []
  let sizeBytes = 0
  // What stands in the holder: `part` would be a buffer's own idea of JSON.
  const json = JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, part: unknown) {
    const numbers = this[key]
    if (!isNumbers(numbers)) return part
    const place: Place = { $numbers: [kindOf(numbers), sizeBytes, numbers.length] }
    arrays.push(numbers)
    sizeBytes = aligned(sizeBytes + numbers.byteLength)
    return place
  })
  const head = Buffer.from(json)
  const begin = aligned(signature.length + 4 + head.length)
  const bytes = Buffer.alloc(begin + sizeBytes)
  signature.copy(bytes)
  bytes.writeUInt32LE(head.length, signature.length)
  head.copy(bytes, signature.length + 4)
  let at = begin
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at)
    at = aligned(at + byteLength)
  }
  return bytes
}

/** The value again, its arrays being views of the bytes; null when another build wrote it in another form. */
export function decode<Value>(bytes: Uint8Array): Value | null {
  try {
    if (!signature.equals(bytes.subarray(0, signature.length))) return null
    const whole = bytes.byteOffset % alignment === 0 ? bytes : Uint8Array.from(bytes)
    const view = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength)
    const headBytes = view.readUInt32LE(signature.length)
    const headAt = signature.length + 4
    const begin = aligned(headAt + headBytes)
    return JSON.parse(view.toString('utf8', headAt, headAt + headBytes), (_, part: unknown) => {
      if (!isPlace(part)) return part
      const [kind, offset, length] = part.$numbers
      return new kinds[kind](view.buffer as ArrayBuffer, view.byteOffset + begin + offset, length)
    }) as Value
  } catch {
    return null
  }
}

const aligned = (sizeBytes: number): number => Math.ceil(sizeBytes / alignment) * alignment

const isNumbers = (value: unknown): value is Numbers => Object.values(kinds).some((kind) => value instanceof kind)

function kindOf(numbers: Numbers): Kind {
  if (numbers instanceof Uint8Array) return 'Uint8Array'
  if (numbers instanceof Uint16Array) return 'Uint16Array'
  return numbers instanceof Uint32Array ? 'Uint32Array' : 'Float64Array'
}

const isPlace = (value: unknown): value is Place => typeof value === 'object' && value !== null && '$numbers' in value

/** Where a value stands in a document: `from` included, `to` excluded, byte offsets. */
export interface ByteSpan {
  readonly from: number
  readonly to: number
}

/** A document that is no JSON as far as its structure goes. `isTruncated`: it ended too early, so the same request may answer better. */
export class JsonStructureError extends Error {
  override readonly name = 'JsonStructureError'
  readonly isTruncated: boolean

  constructor(message: string, isTruncated: boolean) {
    super(message)
    this.isTruncated = isTruncated
  }
}

/**
 * The exact bytes of each element of the array at `path`, in order; null when there is no array at that path.
 * Only the structure of the document is checked, not the inside of its elements: a record that cannot be parsed must still come out whole.
 * Where a key of the path is repeated, the elements of every array under it come out, so that none is lost.
 * Throws JsonStructureError when brackets do not match, the document ends early or something follows it.
 */
export function sliceElements(bytes: Uint8Array, path: readonly string[]): Uint8Array[] | null {
  const arrays = locate(bytes, path).filter((span) => bytes[span.from] === openBracket)
  if (arrays.length === 0) return null
  const elements: Uint8Array[] = []
  for (const array of arrays) {
    const scanner = new Scanner(bytes, array.from)
    scanner.eachElement((span) => elements.push(bytes.subarray(span.from, span.to)))
  }
  return elements
}

/** The exact bytes of the value at `path` (of the last one where a key is repeated, as JSON.parse has it); null when there is none. */
export function sliceValue(bytes: Uint8Array, path: readonly string[]): Uint8Array | null {
  const span = locate(bytes, path).at(-1)
  return span === undefined ? null : bytes.subarray(span.from, span.to)
}

/** Throws JsonStructureError unless the bytes are one whole JSON document in structure. */
export function checkStructure(bytes: Uint8Array): void {
  locate(bytes, [])
}

const space = 0x20
const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** Every value at the path, first to last; the whole document has been walked when this returns. */
function locate(bytes: Uint8Array, path: readonly string[]): ByteSpan[] {
  const scanner = new Scanner(bytes, startOf(bytes))
  const document = scanner.value()
  if (!canBegin(bytes[document.from] ?? 0)) throw new JsonStructureError('no JSON value at the start', false)
  scanner.end()
  let spans = [document]
  for (const key of path) {
    const inner: ByteSpan[] = []
    for (const span of spans) {
      if (bytes[span.from] !== openBrace) continue
      new Scanner(bytes, span.from).eachMember((name, value) => {
        if (name === key) inner.push(value)
      })
    }
    spans = inner
  }
  return spans
}

function startOf(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
}

/** Walks one value at a time, without recursion: nesting is limited by the document's size only. */
class Scanner {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  value(): ByteSpan {
    this.#skipSpace()
    const from = this.#at
    const first = this.#bytes[from]
    if (first === undefined) throw this.#truncated()
    if (first === quote) this.#skipString()
    else if (first === openBracket || first === openBrace) this.#skipContainer()
    else this.#skipWord()
    return { from, to: this.#at }
  }

  eachElement(visit: (span: ByteSpan) => void): void {
    this.#enter(openBracket)
    if (this.#leaveIf(closeBracket)) return
    do visit(this.value())
    while (this.#separated(closeBracket))
  }

  eachMember(visit: (key: string, value: ByteSpan) => void): void {
    this.#enter(openBrace)
    if (this.#leaveIf(closeBrace)) return
    do {
      const key = this.value()
      if (this.#bytes[key.from] !== quote) throw this.#broken(key.from)
      this.#skipSpace()
      this.#enter(colon)
      visit(this.#text(key), this.value())
    } while (this.#separated(closeBrace))
  }

  /** Checks that nothing but white space is left. */
  end(): void {
    this.#skipSpace()
    if (this.#at < this.#bytes.length) throw this.#broken(this.#at)
  }

  #text(span: ByteSpan): string {
    const text = new TextDecoder().decode(this.#bytes.subarray(span.from, span.to))
    if (!text.includes('\\')) return text.slice(1, -1)
    try {
      return String(JSON.parse(text))
    } catch {
      return text
    }
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.#at]
      if (byte !== space && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
      this.#at++
    }
  }

  #skipString(): void {
    for (let at = this.#at + 1; at < this.#bytes.length; at++) {
      const byte = this.#bytes[at]
      if (byte === backslash) at++
      else if (byte === quote) {
        this.#at = at + 1
        return
      }
    }
    throw this.#truncated()
  }

  /** Inside a container only strings and brackets matter. */
  #skipContainer(): void {
    const expected: number[] = []
    for (; this.#at < this.#bytes.length; this.#at++) {
      const byte = this.#bytes[this.#at]
      if (byte === quote) {
        this.#skipString()
        this.#at--
      } else if (byte === openBracket) expected.push(closeBracket)
      else if (byte === openBrace) expected.push(closeBrace)
      else if (byte === closeBracket || byte === closeBrace) {
        if (expected.pop() !== byte) throw this.#broken(this.#at)
        if (expected.length === 0) {
          this.#at++
          return
        }
      }
    }
    throw this.#truncated()
  }

  /** A number, true, false or null: everything up to the next white space or punctuation. */
  #skipWord(): void {
    const from = this.#at
    while (this.#at < this.#bytes.length && isWordByte(this.#bytes[this.#at] ?? 0)) this.#at++
    if (this.#at === from) throw this.#broken(from)
  }

  #enter(byte: number): void {
    if (this.#bytes[this.#at] !== byte) throw this.#broken(this.#at)
    this.#at++
    this.#skipSpace()
  }

  #leaveIf(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false
    this.#at++
    return true
  }

  /** True after a comma, false after the closing byte. */
  #separated(closing: number): boolean {
    this.#skipSpace()
    if (this.#leaveIf(comma)) return true
    if (this.#leaveIf(closing)) return false
    throw this.#broken(this.#at)
  }

  #broken(at: number): JsonStructureError {
    return at >= this.#bytes.length ? this.#truncated() : new JsonStructureError(`unexpected byte at offset ${at}`, false)
  }

  #truncated(): JsonStructureError {
    return new JsonStructureError(`the document ends at byte ${this.#bytes.length} before it is complete`, true)
  }
}

/** A brace, a bracket, a quote, a minus, a digit, or the first letter of true, false, null. */
function canBegin(byte: number): boolean {
  return '{["-0123456789tfn'.includes(String.fromCharCode(byte))
}

function isWordByte(byte: number): boolean {
  return (
    byte > space &&
    byte !== comma &&
    byte !== colon &&
    byte !== quote &&
    byte !== openBracket &&
    byte !== closeBracket &&
    byte !== openBrace &&
    byte !== closeBrace
  )
}

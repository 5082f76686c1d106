/** Bits of a digit: as a character it takes one byte for the smallest, four for the largest. */
const digitBits = 20
const digitMask = 2 ** digitBits - 1

/** Far above any time there is, so that none is negative. */
const timeOffset = 2 ** 59

/** Stands for a digit that is too large to be one. */
export const noDigit = 0xfffd

/** Whole numbers of an SQL row: of columns from 0 to 2^40 - 1, of columns below `noDigit`, and of a time in milliseconds, or null. */
export interface NumberColumns {
  readonly numbers?: readonly string[]
  readonly digits?: readonly string[]
  readonly time?: string
}

/**
 * SQL for numbers as a text, a character or a few for each: many rows joined into one value pass from the database to here several times as fast
 * as a value at a time.
 */
export function asText({ numbers = [], digits = [], time }: NumberColumns): string {
  const characters = numbers.flatMap((column) => [`(${column}) & ${digitMask}`, `(${column}) >> ${digitBits}`])
  characters.push(...digits)
  if (time !== undefined)
    characters.push(
      `${time} & ${digitMask}`,
      `(${time} >> ${digitBits}) & ${digitMask}`,
      `(${time} >> ${2 * digitBits}) + ${timeOffset / 2 ** (2 * digitBits)}`,
    )
  return `char(${characters.join(', ')})`
}

/** Takes joined rows apart. */
export class NumberReader {
  readonly bytes: Buffer
  /** Where the next number or text begins. */
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length
  }

  /** One of the numbers. */
  next(): number {
    return this.digit() + this.digit() * (digitMask + 1)
  }

  /** A time. */
  nextTime(): number | null {
    const low = this.digit() + this.digit() * (digitMask + 1)
    const high = this.digit()
    return high === 0 ? null : low + (high * 2 ** (2 * digitBits) - timeOffset)
  }

  /** One of the digits: exact below `noDigit`, which others may read as. */
  digit(): number {
    const { bytes } = this
    const first = bytes[this.at++] as number
    if (first < 0x80) return first
    const second = (bytes[this.at++] as number) & 0x3f
    if (first < 0xe0) return ((first & 0x1f) << 6) | second
    const third = (bytes[this.at++] as number) & 0x3f
    if (first < 0xf0) return ((first & 0x0f) << 12) | (second << 6) | third
    return ((first & 0x07) << 18) | (second << 12) | (third << 6) | ((bytes[this.at++] as number) & 0x3f)
  }
}

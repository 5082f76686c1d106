/** A deterministic stream of numbers. Equal seeds give equal streams on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** Whole, in [0, below). */
  int(below: number): number
  /** True with the given probability. */
  chance(probability: number): boolean
  /** An element; the list must not be empty. */
  pick<T>(list: readonly T[]): T
  /** An element by weight; weights must not all be zero. */
  weighted<T>(list: readonly (readonly [value: T, weight: number])[]): T
  /** Index into a list of `length`, the first ones far more often than the last (Zipf with exponent near one). */
  skewed(length: number): number
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string
  uuid(): string
}

/** FNV-1a with a final mix: spreads seeds that differ in one character. */
const hash = (text: string, salt: number): number => {
  let h = 0x811c9dc5 ^ salt
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** The generator sfc32, seeded with a text. */
export const createRandom = (seed: string): Random => {
  let a = hash(seed, 1)
  let b = hash(seed, 2)
  let c = hash(seed, 3)
  let counter = 1

  const uint32 = (): number => {
    const t = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    return t >>> 0
  }
  for (let i = 0; i < 12; i += 1) uint32()

  const next = (): number => uint32() / 0x1_0000_0000
  const int = (below: number): number => Math.floor(next() * below)
  const hex = (digits: number): string => {
    let text = ''
    while (text.length < digits) text += uint32().toString(16).padStart(8, '0')
    return text.slice(0, digits)
  }

  return {
    next,
    int,
    hex,
    chance: (probability) => next() < probability,
    pick: (list) => {
      const picked = list[int(list.length)]
      if (picked === undefined) throw new RangeError('Cannot pick from an empty list.')
      return picked
    },
    weighted: (list) => {
      let left = next() * list.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [value, weight] of list) {
        left -= weight
        if (left < 0) return value
      }
      throw new RangeError('Cannot pick by weight from an empty list.')
    },
    skewed: (length) => Math.min(length - 1, Math.floor((length + 1) ** next()) - 1),
    uuid: () => {
      const digits = hex(32)
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`
    },
  }
}

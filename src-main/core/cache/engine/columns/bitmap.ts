/** Bits set in a 32-bit word. */
export function popcount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Bits set in words `from` to `to` (exclusive). */
export function popcountWords(words: Uint32Array, from: number, to: number): number {
  let count = 0
  for (let i = from; i < to; i++) {
    const word = words[i] ?? 0
    if (word !== 0) count += popcount(word)
  }
  return count
}

export function hasBit(words: Uint32Array, bit: number): boolean {
  return (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1
}

/** 1 where a bit is set, else 0; it must lie within the words. */
export function bitOf(words: Uint32Array, bit: number): number {
  return ((words[bit >>> 5] as number) >>> (bit & 31)) & 1
}

/** Whether no bit is set. */
export function isEmpty(words: Uint32Array): boolean {
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false
  return true
}

/** Sets in `words` what is set in `added`, which is no longer. */
export function addBits(words: Uint32Array, added: Uint32Array): void {
  for (let i = 0; i < added.length; i++) words[i] = (words[i] as number) | (added[i] as number)
}

/** Words for `count` bits, none of them set. */
export const emptyBits = (count: number): Uint32Array => new Uint32Array((count + 31) >>> 5)

export function setBit(words: Uint32Array, bit: number): void {
  words[bit >>> 5] = (words[bit >>> 5] as number) | (1 << (bit & 31))
}

export function clearBit(words: Uint32Array, bit: number): void {
  words[bit >>> 5] = (words[bit >>> 5] as number) & ~(1 << (bit & 31))
}

/** Bits of the numbers from `first` to `count` (exclusive) for which something holds. */
export function bitsWhere(first: number, count: number, isSet: (number: number) => boolean): Uint32Array {
  const words = emptyBits(count)
  for (let number = first; number < count; number++) if (isSet(number)) setBit(words, number)
  return words
}

/** Calls back for every set bit of words `from` to `to` (exclusive), ascending. */
export function forEachBit(words: Uint32Array, from: number, to: number, visit: (bit: number) => void): void {
  for (let i = from; i < to; i++) {
    let word = words[i] ?? 0
    while (word !== 0) {
      const lowest = word & -word
      visit(i * 32 + (31 - Math.clz32(lowest)))
      word ^= lowest
    }
  }
}

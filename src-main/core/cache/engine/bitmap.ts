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

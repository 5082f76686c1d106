/** Lists the rows of words `from` to `to` (exclusive) of a result, but for those of another. Returns how many. */
export function listRows(words: Uint32Array, without: Uint32Array | null, from: number, to: number, rows: Uint32Array): number {
  let count = 0
  for (let at = from; at < to; at++) {
    let word = words[at] as number
    if (without !== null) word &= ~(without[at] as number)
    const last = at * 32 + 31
    while (word !== 0) {
      rows[count++] = last - Math.clz32(word & -word)
      word &= word - 1
    }
  }
  return count
}

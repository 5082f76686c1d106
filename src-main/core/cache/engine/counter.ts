/** Counts by number, and which numbers were counted at all: emptying and reading take as long as there are such, not as there are numbers. */
export class Counter {
  counts = new Uint32Array(0)
  touched = new Uint32Array(0)
  touchedCount = 0

  /** Makes room for numbers below `size`. */
  reserve(size: number): void {
    if (size <= this.counts.length) return
    const capacity = Math.ceil(size * 1.25)
    const counts = new Uint32Array(capacity)
    counts.set(this.counts)
    const touched = new Uint32Array(capacity)
    touched.set(this.touched)
    this.counts = counts
    this.touched = touched
  }

  add(number: number, by: number): void {
    const before = this.counts[number] as number
    if (before === 0) this.touched[this.touchedCount++] = number
    this.counts[number] = before + by
  }

  clear(): void {
    for (let at = 0; at < this.touchedCount; at++) this.counts[this.touched[at] as number] = 0
    this.touchedCount = 0
  }

  /** The numbers counted, each once. */
  *numbers(): Generator<number> {
    for (let at = 0; at < this.touchedCount; at++) yield this.touched[at] as number
  }
}

/** Counts from here on are told apart by sorting alone. */
const finestCount = 65_535

/** The keys with the greatest counts, descending; equal counts by key. Key 0 stands for none and is left out. */
export function topKeys(keys: Uint32Array, counts: Uint32Array, top: number): readonly number[] {
  // How many keys have each count tells the least count that is still among the first, so that few are sorted.
  const having = new Uint32Array(finestCount + 1)
  for (const key of keys) {
    const at = Math.min(counts[key] as number, finestCount)
    if (key !== 0) having[at] = (having[at] as number) + 1
  }
  let least = finestCount
  for (let seen = having[least] as number; seen < top && least > 1; seen += having[least] as number) least--
  const found: number[] = []
  for (const key of keys) if (key !== 0 && (counts[key] as number) >= least) found.push(key)
  return found.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b).slice(0, top)
}

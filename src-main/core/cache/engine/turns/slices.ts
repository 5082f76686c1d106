/** What is gone through in slices, in numbers that threads can be given. */
export interface SharedSlices {
  /** How much there is, of rows or whatever, and how much of it a slice is. */
  readonly count: number
  readonly size: number
  /** Number of the next slice, and how many other threads are at work; in memory that threads share. */
  readonly state: Int32Array
}

const nextSlice = 0
const workers = 1

/** Slices of `count` rows, or of whatever is counted, `size` each. */
export const sharedSlices = (count: number, size: number): SharedSlices => ({
  count,
  size,
  state: new Int32Array(new SharedArrayBuffer(8)),
})

/** Slices that several threads go through together: each takes the next one, so that nobody waits for the slower. */
export class Slices {
  readonly shared: SharedSlices

  constructor(shared: SharedSlices) {
    this.shared = shared
  }

  /** The next slice that nobody has taken; `to` is excluded. Null: none is left. */
  take(): { readonly from: number; readonly to: number } | null {
    const { count, size, state } = this.shared
    const from = Atomics.add(state, nextSlice, 1) * size
    return from < count ? { from, to: Math.min(from + size, count) } : null
  }

  /** Nobody shall take another one. */
  drop(): void {
    const { count, size, state } = this.shared
    Atomics.store(state, nextSlice, Math.ceil(count / size))
  }

  /** Whether another thread is at a slice it took. */
  get isUnderWay(): boolean {
    return Atomics.load(this.shared.state, workers) > 0
  }

  /** Goes through slices in another thread until none is left. */
  async each(visit: (slice: { readonly from: number; readonly to: number }) => Promise<void>): Promise<void> {
    Atomics.add(this.shared.state, workers, 1)
    try {
      for (let slice = this.take(); slice !== null; slice = this.take()) await visit(slice)
    } finally {
      Atomics.sub(this.shared.state, workers, 1)
    }
  }
}

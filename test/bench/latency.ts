/** A row of a table: how long a kind of question took, or one figure. `target` null: nothing was promised. */
export type Row =
  | {
      readonly kind: 'latency'
      readonly name: string
      readonly questions: number
      readonly p50Ms: number
      readonly p95Ms: number
      readonly maxMs: number
      /** Of the whole process, all threads: on a machine shared with others it says more than the clock. Null: not known. */
      readonly processor: { readonly p50Ms: number; readonly p95Ms: number } | null
      /** For p95. */
      readonly targetMs: number | null
    }
  | {
      readonly kind: 'figure'
      readonly name: string
      readonly value: number
      readonly unit: string
      readonly target: { readonly bound: 'at least' | 'at most'; readonly value: number } | null
    }

export interface Latencies {
  /** Adds a time that was taken elsewhere. */
  add(tookMs: number): void
  timed<Value>(work: () => Promise<Value>): Promise<Value>
  row(name: string, targetMs: number | null): Row
}

export function createLatencies(): Latencies {
  const timesMs: number[] = []
  const processorMs: number[] = []
  return {
    add: (tookMs) => void timesMs.push(tookMs),
    async timed(work) {
      const before = process.cpuUsage()
      const beganMs = performance.now()
      const value = await work()
      timesMs.push(performance.now() - beganMs)
      const { user, system } = process.cpuUsage(before)
      processorMs.push((user + system) / 1_000)
      return value
    },
    row: (name, targetMs) => ({
      kind: 'latency',
      name,
      targetMs,
      questions: timesMs.length,
      p50Ms: quantile(timesMs, 0.5),
      p95Ms: quantile(timesMs, 0.95),
      maxMs: quantile(timesMs, 1),
      processor: processorMs.length === 0 ? null : { p50Ms: quantile(processorMs, 0.5), p95Ms: quantile(processorMs, 0.95) },
    }),
  }
}

export function figure(name: string, value: number, unit: string, bound: 'at least' | 'at most' | null = null, target = 0): Row {
  return { kind: 'figure', name, value, unit, target: bound === null ? null : { bound, value: target } }
}

/** The value below which this share of the values lies; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

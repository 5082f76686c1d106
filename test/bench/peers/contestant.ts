import { createLatencies, type Row } from '../latency.ts'
import type { Condition } from '../questions.ts'

/** From nothing to the newest 100 events · the newest 100 matches · their number · the 50 largest values of six fields, and the number by day · the number by day · the raw payload. */
export type Asks = 'open' | 'page' | 'count' | 'summary' | 'histogram' | 'payload'

/** One kind of question to all contestants. */
export interface Task {
  readonly name: string
  readonly asks: Asks
  readonly questions: readonly Condition[]
}

/** The files every contestant answers from: one export of the same archive. */
export interface PeerFiles {
  readonly home: string
  readonly csv: string
  readonly ndjson: string
  /** For what a contestant makes of them. */
  readonly folder: string
}

export interface Answer {
  readonly tookMs: number
  /** How many events matched, where that was asked. */
  readonly matches: number | null
}

export interface Contestant {
  readonly version: string
  /** What it takes once before the first question, milliseconds: loading a table, writing Parquet. */
  readonly preparedMs: number
  /** Null: it has no way to answer this. */
  ask(asks: Asks, condition: Condition): Promise<Answer> | null
  /** The most memory it held, bytes; 0 when nobody could look. */
  peakBytes(): number
  close(): Promise<void>
}

/** What a contestant made of the tasks. A task that it cannot answer is not among the rows. */
export interface ContestantReport {
  readonly version: string
  readonly preparedMs: number
  readonly peakBytes: number
  readonly rows: readonly Row[]
  /** Numbers of matches by task, where they were asked for, in the order of the questions. */
  readonly matches: Readonly<Record<string, readonly number[]>>
  /** Its time was up before it had been asked everything. */
  readonly wasCutShort: boolean
}

/** How long a contestant may be asked, by the time its answers take. */
export interface Budget {
  readonly taskMs: number
  readonly totalMs: number
}

/**
 * Asks all questions, or as many as the budget allows: one of a task at least, and none of a task that comes too late. What is left of the
 * whole is shared by the tasks that are left, so that the first do not take it from the last.
 */
export async function askAll(contestant: Contestant, tasks: readonly Task[], budget: Budget): Promise<ContestantReport> {
  const rows: Row[] = []
  const matches: Record<string, readonly number[]> = {}
  let totalMs = 0
  for (const [at, { name, asks, questions }] of tasks.entries()) {
    if (totalMs > budget.totalMs) break
    const taskMs = Math.min(budget.taskMs, (budget.totalMs - totalMs) / (tasks.length - at))
    const latencies = createLatencies()
    const counted: number[] = []
    let spentMs = 0
    for (const [index, condition] of questions.entries()) {
      if (index > 0 && spentMs > taskMs) break
      const asked = contestant.ask(asks, condition)
      if (asked === null) break
      const answer = await asked
      spentMs += answer.tookMs
      latencies.add(answer.tookMs)
      if (answer.matches !== null) counted.push(answer.matches)
    }
    if (spentMs === 0) continue
    totalMs += spentMs
    rows.push(latencies.row(name, null))
    if (counted.length > 0) matches[name] = counted
  }
  const { version, preparedMs } = contestant
  return { version, preparedMs, peakBytes: contestant.peakBytes(), rows, matches, wasCutShort: totalMs > budget.totalMs }
}

import { z } from 'zod'
import { createDueTimes, type DueTimes } from './due-times.ts'
import { marks } from './page-marks.ts'

/** What Chromium is asked to trace: no more than is read, as writing it down takes the time of what is measured. */
export const traceCategories = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-devtools.timeline.frame',
  'input.scrolling',
  'blink.user_timing',
]

/** Chromium's own account of what was put on the screen, and what the page did meanwhile. */
export interface TraceFigures {
  /** Per picture: the time since the one before it; after a rest, since its change was due (`createDueTimes`). */
  readonly framesMs: readonly number[]
  /** The same, but counted from the display's last tick before the change, as Chromium dates it: up to a tick before anybody asked for it. */
  readonly sinceTickMs: readonly number[]
  /** Changes that missed their tick, as the compositor counts them. */
  readonly dropped: number
  /** From each input to the picture that shows the rows it asked for. */
  readonly paintedMs: readonly number[]
  /** From each input that left a text which cannot be run to the picture that says so. */
  readonly refusedMs: readonly number[]
  /** Inputs whose rows were never shown. */
  readonly unanswered: number
  /** Tasks of the page's main thread, by processor time. */
  readonly longestTaskMs: number
  readonly mainThreadMs: number
}

const eventSchema = z.object({
  name: z.string(),
  ph: z.string(),
  ts: z.number(),
  pid: z.number(),
  tid: z.number(),
  dur: z.number().default(0),
  tdur: z.number().default(0),
  id2: z.object({ local: z.string() }).partial().default({}),
  args: z
    .object({
      name: z.string(),
      frameSeqId: z.number(),
      frame_reporter: z.object({ state: z.string(), frame_type: z.string().optional(), frame_sequence: z.number() }),
      event_latency: z.object({ event_type: z.string() }),
      data: z.object({ needsBeginFrame: z.number().optional() }).optional().catch(undefined),
    })
    .partial()
    .catch({}),
})
export type TraceEvent = z.output<typeof eventSchema>

/** A change on its way to the screen. Times of the trace, µs. */
interface Change {
  readonly sequence: number
  readonly isDropped: boolean
  readonly isPresented: boolean
  readonly tickAt: number
  readonly dueAt: number
  readonly endedAt: number
}

/** `inputTypes`: kinds of input (as Chromium calls them) that the page's `asked` marks follow. */
export function readTrace(json: Buffer, inputTypes: readonly string[]): TraceFigures {
  const { traceEvents } = z.object({ traceEvents: z.array(z.unknown()) }).parse(JSON.parse(json.toString('utf8')))
  const events = traceEvents.flatMap((event) => eventSchema.safeParse(event).data ?? []).sort((a, b) => a.ts - b.ts)
  const page = pageOf(events)
  const own = events.filter(({ pid }) => pid === page.pid)
  const changes = changesOf(own, createDueTimes(own, page.tid))
  const tasks = own.filter(({ name, tid }) => name === 'RunTask' && tid === page.tid).map(({ tdur }) => tdur / 1_000)
  return {
    framesMs: framesOf(changes, ({ dueAt }) => dueAt),
    sinceTickMs: framesOf(changes, ({ tickAt }) => tickAt),
    dropped: changes.filter(({ isDropped }) => isDropped).length,
    ...paintedOf(own, changes, inputTypes),
    longestTaskMs: Math.max(0, ...tasks),
    mainThreadMs: tasks.reduce((sum, taskMs) => sum + taskMs, 0),
  }
}

/** The process and main thread of the page: where its marks come from. */
function pageOf(events: readonly TraceEvent[]): { readonly pid: number; readonly tid: number } {
  const mark = events.find(({ name }) => name.startsWith(marks.asked))
  if (mark === undefined) throw new Error('The page handled no input that was traced.')
  return mark
}

function changesOf(events: readonly TraceEvent[], dueTimes: DueTimes): readonly Change[] {
  const begun = new Map<string, { readonly event: TraceEvent; sentAt: number | null }>()
  const changes: Change[] = []
  for (const event of events) {
    const id = event.id2.local ?? ''
    if (event.name === 'PipelineReporter' && event.ph === 'b') begun.set(id, { event, sentAt: null })
    const begin = begun.get(id)
    if (begin !== undefined && event.name === 'SendBeginMainFrameToCommit' && event.ph === 'b') begin.sentAt ??= event.ts
    const reporter = begin?.event.args.frame_reporter
    if (event.name !== 'PipelineReporter' || event.ph !== 'e' || begin === undefined || reporter === undefined) continue
    begun.delete(id)
    changes.push({
      sequence: reporter.frame_sequence,
      isDropped: reporter.state === 'STATE_DROPPED',
      isPresented: reporter.state.startsWith('STATE_PRESENTED'),
      tickAt: begin.event.ts,
      dueAt: dueTimes.of(begin.event.ts, begin.sentAt),
      endedAt: event.ts,
    })
  }
  return changes
}

/** Changes that came to the screen together are one picture, due when the first of them was. In ms, since then or since the picture before. */
function framesOf(changes: readonly Change[], dueOf: (change: Change) => number): readonly number[] {
  const dueAt = new Map<number, number>()
  for (const change of changes) {
    if (change.isPresented) dueAt.set(change.endedAt, Math.min(dueOf(change), dueAt.get(change.endedAt) ?? Infinity))
  }
  const pictures = [...dueAt].map(([at, due]) => ({ at, due })).sort((a, b) => a.at - b.at)
  return pictures.map(({ at, due }, i) => (at - Math.max(due, pictures[i - 1]?.at ?? due)) / 1_000)
}

/**
 * Follows each input: the page handles it, has its rows in the document, hands that over for drawing, and it is presented. Where the rows
 * before are also those asked for, the picture may be older than the knowledge that they are: then it counts from that.
 */
function paintedOf(
  events: readonly TraceEvent[],
  changes: readonly Change[],
  inputTypes: readonly string[],
): Pick<TraceFigures, 'paintedMs' | 'refusedMs' | 'unanswered'> {
  const numbered = (prefix: string) =>
    events.filter(({ name }) => name.startsWith(prefix)).map(({ name, ts }) => ({ at: ts, number: Number(name.slice(prefix.length)) }))
  const asked = numbered(marks.asked)
  const shown = [
    ...numbered(marks.shown).map((mark) => ({ ...mark, isRefused: false })),
    ...numbered(marks.refused).map((mark) => ({ ...mark, isRefused: true })),
  ].sort((a, b) => a.at - b.at)
  const changed = new Map(numbered(marks.changed).map(({ number, at }) => [number, at]))
  const commits = events.filter(({ name, ph }) => name === 'Commit' && ph === 'X')
  const presentedAt = new Map<number, number>()
  for (const { sequence, isPresented, endedAt } of changes) {
    if (isPresented) presentedAt.set(sequence, Math.max(endedAt, presentedAt.get(sequence) ?? 0))
  }
  const paintedMs: number[] = []
  const refusedMs: number[] = []
  let unanswered = 0
  for (const input of inputsOf(events, inputTypes)) {
    const question = asked.find(({ at }) => at >= input)
    const answer = shown.find(({ number }) => number >= (question?.number ?? Infinity))
    const changedAt = changed.get(answer?.number ?? -1) ?? Infinity
    const commit = commits.find(({ ts, args }) => ts >= changedAt && presentedAt.has(args.frameSeqId ?? -1))
    const presented = presentedAt.get(commit?.args.frameSeqId ?? -1)
    if (answer === undefined || presented === undefined) unanswered++
    else (answer.isRefused ? refusedMs : paintedMs).push((Math.max(answer.at, presented) - input) / 1_000)
  }
  return { paintedMs, refusedMs, unanswered }
}

/** When each input reached the browser, in order. */
function inputsOf(events: readonly TraceEvent[], types: readonly string[]): readonly number[] {
  return events
    .filter(({ name, ph, args }) => name === 'EventLatency' && ph === 'b' && types.includes(args.event_latency?.event_type ?? ''))
    .map(({ ts }) => ts)
}

import { z } from 'zod'
import { marks } from './page-marks.ts'

/** What Chromium is asked to trace. */
export const traceCategories = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-devtools.timeline.frame',
  'cc',
  'benchmark',
  'input',
  'blink.user_timing',
]

/** Chromium's own account of what was put on the screen, and what the page did meanwhile. */
export interface TraceFigures {
  /** Per picture: the time since the one before it; after a rest, since the display's tick in which the change was due. */
  readonly framesMs: readonly number[]
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
    })
    .partial()
    .catch({}),
})
type TraceEvent = z.output<typeof eventSchema>

/** A change on its way to the screen. Times of the trace, µs. */
interface Change {
  readonly sequence: number
  readonly isDropped: boolean
  readonly isPresented: boolean
  readonly dueAt: number
  readonly endedAt: number
}

/** `inputTypes`: kinds of input (as Chromium calls them) that the page's `asked` marks follow. */
export function readTrace(json: Buffer, inputTypes: readonly string[]): TraceFigures {
  const { traceEvents } = z.object({ traceEvents: z.array(z.unknown()) }).parse(JSON.parse(json.toString('utf8')))
  const events = traceEvents.flatMap((event) => eventSchema.safeParse(event).data ?? []).sort((a, b) => a.ts - b.ts)
  const page = pageOf(events)
  const own = events.filter(({ pid }) => pid === page.pid)
  const changes = changesOf(own)
  const pictures = picturesOf(changes)
  const tasks = own.filter(({ name, tid }) => name === 'RunTask' && tid === page.tid).map(({ tdur }) => tdur / 1_000)
  return {
    framesMs: pictures.map(({ dueAt, at }, i) => (at - Math.max(dueAt, pictures[i - 1]?.at ?? dueAt)) / 1_000),
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

function changesOf(events: readonly TraceEvent[]): readonly Change[] {
  const begun = new Map<string, TraceEvent>()
  const changes: Change[] = []
  for (const event of events) {
    if (event.name !== 'PipelineReporter') continue
    const id = event.id2.local ?? ''
    if (event.ph === 'b') begun.set(id, event)
    const begin = begun.get(id)
    const reporter = begin?.args.frame_reporter
    if (event.ph !== 'e' || begin === undefined || reporter === undefined) continue
    begun.delete(id)
    changes.push({
      sequence: reporter.frame_sequence,
      isDropped: reporter.state === 'STATE_DROPPED',
      isPresented: reporter.state.startsWith('STATE_PRESENTED'),
      dueAt: begin.ts,
      endedAt: event.ts,
    })
  }
  return changes
}

/** Changes that came to the screen together are one picture, due when the first of them was. */
function picturesOf(changes: readonly Change[]): readonly { readonly at: number; readonly dueAt: number }[] {
  const dueAt = new Map<number, number>()
  for (const change of changes) {
    if (change.isPresented) dueAt.set(change.endedAt, Math.min(change.dueAt, dueAt.get(change.endedAt) ?? Infinity))
  }
  return [...dueAt].map(([at, due]) => ({ at, dueAt: due })).sort((a, b) => a.at - b.at)
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

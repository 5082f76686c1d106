import type { ConnectorMemory, ServiceClient } from '../define.ts'
import { formatSeconds, parseTimestamp } from '../kit/times.ts'
import { listEvents, type Flavour } from './api.ts'

/** How bounds are written: as absolute times, or, where version 1 does not take those, as date math from now. */
export type TimeForm = 'absolute' | 'math'

const unitMs: ReadonlyMap<string, number> = new Map([
  ['y', 365 * 86_400_000],
  ['M', 30 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
])

/** Date math counts from the service's own now; this much its clock may differ from ours. */
const clockMarginMs = 3_600_000
const minuteMs = 60_000

/** What the user wrote as a bound (`now-3d`, `2016-03-03`, RFC 3339), ms since 1970; null when it is none of these. */
export function boundOf(text: string, nowMs: number): number | null {
  const math = /^now(?:\s*([+-])\s*(\d{1,6})([yMwdhms]))?$/.exec(text)
  if (math !== null) return nowMs + (math[1] === '-' ? -1 : 1) * Number(math[2] ?? '0') * (unitMs.get(math[3] ?? 's') ?? 0)
  return parseTimestamp(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)
}

/** Both bounds of a span, widened because it is not said whether they are included. `fromMs` null: a very early date. */
export function boundsQuery(
  span: { readonly fromMs: number | null; readonly toMs: number },
  form: TimeForm,
  nowMs: number,
): readonly (readonly [string, string])[] {
  const { fromMs, toMs } = span
  if (form === 'absolute') {
    const after = fromMs === null ? '1970-01-01T00:00:00Z' : formatSeconds(Math.floor(fromMs / 1000) * 1000 - 1000)
    return [
      ['after', after],
      ['before', formatSeconds(Math.ceil(toMs / 1000) * 1000 + 1000)],
    ]
  }
  const ageMinutes = (ms: number): number => (nowMs - ms) / minuteMs
  const before = Math.floor(ageMinutes(toMs + clockMarginMs))
  return [
    ['after', fromMs === null ? 'now-60y' : mathOf(Math.ceil(ageMinutes(fromMs - clockMarginMs)), Math.ceil)],
    ['before', before <= 0 ? 'now' : mathOf(before, Math.floor)],
  ]
}

/** `now-90m`; beyond about two years in days, so that the number stays short. */
function mathOf(minutes: number, round: (value: number) => number): string {
  return minutes <= 999_999 ? `now-${minutes}m` : `now-${round(minutes / 1440)}d`
}

/**
 * Which form of bounds version 1 understands. Absolute times with a clock are not documented: they may be refused, or ignored in favour of the
 * defaults, which can look like an empty list. Asked once and remembered; not settled while there are no events to tell by.
 */
export async function settleTimeForm(
  client: ServiceClient,
  flavour: Flavour,
  filter: readonly (readonly [string, string])[],
  memory: ConnectorMemory,
  nowMs: number,
): Promise<TimeForm> {
  if (flavour === 'v2') return 'absolute'
  const remembered = memory.get('timeForm')
  if (remembered === 'absolute' || remembered === 'math') return remembered
  const ask = async (bounds: readonly (readonly [string, string])[]): Promise<'rows' | 'none' | 'refused'> => {
    const answer = await listEvents(client, flavour, [...filter, ...bounds, ['limit', '1']])
    return answer.kind === 'records' ? (answer.records.length > 0 ? 'rows' : 'none') : 'refused'
  }
  const settled = (form: TimeForm): TimeForm => {
    memory.set('timeForm', form)
    return form
  }
  // Lytics did not exist yet: events from before then mean that the bounds were ignored.
  const tooEarly = await ask(boundsQuery({ fromMs: null, toMs: Date.UTC(1995, 0) }, 'absolute', nowMs))
  if (tooEarly !== 'none') return settled('math')
  if ((await ask(boundsQuery({ fromMs: null, toMs: nowMs }, 'absolute', nowMs))) === 'rows') return settled('absolute')
  return (await ask(boundsQuery({ fromMs: null, toMs: nowMs }, 'math', nowMs))) === 'rows' ? settled('math') : 'absolute'
}

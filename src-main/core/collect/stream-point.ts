import type { Json } from '../connectors/define.ts'
import { fromIso, toIso, type Span } from './spans.ts'
import type { PlannedWindow } from './time-plan.ts'

/**
 * What is kept as the resume point of a stream: which window was being walked and how far it came.
 * Null parts read "nothing was interrupted".
 */
export type StreamPoint =
  | { readonly plan: 'time'; readonly window: PlannedWindow | null }
  | {
      readonly plan: 'sequence'
      /** Greatest id when the last walk came to its clean end: everything at or below it is collected. */
      readonly floor: bigint | null
      readonly walk: SequenceWalk | null
    }

/** A descending walk that has not ended yet. */
export interface SequenceWalk {
  /** What it claims when it ends: everything before this instant, ms. */
  readonly endMs: number
  /** Greatest id it has met; the floor of later runs once it has ended. */
  readonly top: bigint | null
  readonly resume: Json
}

/** Nothing interrupted, nothing known. */
export function emptyPoint(plan: StreamPoint['plan']): StreamPoint {
  return plan === 'time' ? { plan, window: null } : { plan, floor: null, walk: null }
}

/** The point as plain data. */
export function encodePoint(point: StreamPoint): Json {
  if (point.plan === 'time') return { plan: 'time', window: point.window === null ? null : encodeWindow(point.window) }
  const { floor, walk } = point
  return {
    plan: 'sequence',
    floor: floor === null ? null : floor.toString(),
    walk: walk === null ? null : { endMs: walk.endMs, top: walk.top === null ? null : walk.top.toString(), resume: walk.resume },
  }
}

/** Reads a kept point; anything else than one of the wanted plan reads as the empty point, which only costs a longer walk. */
export function decodePoint(kept: Json, plan: StreamPoint['plan']): StreamPoint {
  if (!isRecord(kept) || kept['plan'] !== plan) return emptyPoint(plan)
  if (plan === 'time') return { plan, window: decodeWindow(kept['window'] ?? null) }
  return { plan, floor: decodeId(kept['floor']), walk: decodeWalk(kept['walk'] ?? null) }
}

function encodeWindow(window: PlannedWindow): Json {
  const { resume, happenedMs } = window
  return { ...toIso(window), resume, ...(happenedMs === null ? {} : { happenedMs: happenedMs === Infinity ? null : happenedMs }) }
}

function decodeWindow(kept: Json): PlannedWindow | null {
  if (!isRecord(kept)) return null
  const { from, to, resume, happenedMs } = kept
  if (typeof to !== 'string' || (from !== null && typeof from !== 'string') || resume === undefined || resume === null) return null
  const span: Span = fromIso({ from, to })
  return Number.isNaN(span.from) || Number.isNaN(span.to)
    ? null
    : { ...span, resume, happenedMs: happenedMs === null ? Infinity : typeof happenedMs === 'number' ? happenedMs : null }
}

function decodeWalk(kept: Json): SequenceWalk | null {
  if (!isRecord(kept)) return null
  const { endMs, top, resume } = kept
  if (typeof endMs !== 'number' || resume === undefined || resume === null) return null
  return { endMs, top: decodeId(top), resume }
}

function decodeId(kept: Json | undefined): bigint | null {
  return typeof kept === 'string' && /^-?\d+$/.test(kept) ? BigInt(kept) : null
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

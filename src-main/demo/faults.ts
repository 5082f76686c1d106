import { createRandom, type Random } from './random.ts'

/** The shapes in which services say "too many requests". */
export const rateLimitShapes = [
  'retry-after-seconds',
  'retry-after-date',
  'x-ratelimit',
  'x-ratelimit-v2-api',
  'html',
  'text-plain',
] as const
export type RateLimitShape = (typeof rateLimitShapes)[number]

/** What can happen to the data behind a walk's back. */
export const disturbances = ['append', 'append-late', 'change', 'vanish', 'damage', 'reorder'] as const
export type Disturbance = (typeof disturbances)[number]

/** One thing that goes wrong with one request. */
export type Fault =
  | { readonly kind: 'reset-before-reply' }
  | { readonly kind: 'reset-mid-body' }
  | { readonly kind: 'truncated-json' }
  | { readonly kind: 'server-error'; readonly status: 500 | 502 | 503 | 504; readonly body: 'html' | 'json' | 'empty' }
  | { readonly kind: 'rate-limit'; readonly shape: RateLimitShape; readonly waitSeconds: number }
  | { readonly kind: 'slow-drip'; readonly pieces: number; readonly pauseMs: number }
  | { readonly kind: 'stall'; readonly stallMs: number }
  | { readonly kind: 'expire-tokens' }
  | { readonly kind: 'unreadable-page' }
  | { readonly kind: 'wrong-types' }
  | { readonly kind: 'html-200' }
  | { readonly kind: 'oversized'; readonly sizeBytes: number }
  | { readonly kind: 'redirect'; readonly origin: string }
  | { readonly kind: 'foreign-next-link'; readonly origin: string }
  | { readonly kind: 'encoded'; readonly encoding: 'gzip' | 'deflate' | 'br' }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'disturbance'; readonly what: Disturbance }

/** Which requests a fault may strike: lists of events, sign-in, or whatever comes. */
export type FaultTarget = 'list' | 'sign-in' | 'any'

export interface FaultRule {
  /** Default `list`. */
  readonly on?: FaultTarget
  /** Matching requests let through before the first strike. Default 0. */
  readonly skip?: number
  /** Requests struck, one after another. Default 1. */
  readonly times?: number
}

/** A fault with the list request that it strikes, counted from the moment the schedule is loaded. */
export interface ScheduledFault {
  readonly atListRequest: number
  readonly fault: Fault
}

export interface InjectedFault {
  /** `index` of the request in the request log. */
  readonly requestIndex: number
  readonly fault: Fault
}

interface Pending {
  readonly fault: Fault
  readonly on: FaultTarget
  skip: number
  times: number
}

/** The faults waiting for one service, and those that struck. */
export class FaultBox {
  readonly #log: InjectedFault[] = []
  #pending: Pending[] = []

  get log(): readonly InjectedFault[] {
    return this.#log
  }

  /** Strikes still to come. */
  get pendingCount(): number {
    return this.#pending.reduce((sum, { times }) => sum + times, 0)
  }

  inject(fault: Fault, { on = 'list', skip = 0, times = 1 }: FaultRule = {}): void {
    this.#pending.push({ fault, on, skip, times })
  }

  /** Adds a schedule; several faults at one request strike in turn, each at the next request that is free. */
  load(schedule: readonly ScheduledFault[]): void {
    for (const { atListRequest, fault } of schedule) this.inject(fault, { skip: atListRequest })
  }

  clear(): void {
    this.#pending = []
  }

  /** The fault for this request, if one is due; called once per request by the server. */
  take(requestIndex: number, kind: 'list' | 'sign-in' | 'other'): Fault | null {
    let due: Pending | null = null
    for (const pending of this.#pending) {
      if (pending.on !== 'any' && pending.on !== kind) continue
      if (pending.skip > 0) pending.skip -= 1
      else due ??= pending
    }
    if (due === null) return null
    due.times -= 1
    this.#pending = this.#pending.filter(({ times }) => times > 0)
    this.#log.push({ requestIndex, fault: due.fault })
    return due.fault
  }
}

/** Faults that a patient client outlives within one run. */
const passing = (random: Random): Fault =>
  random.weighted<Fault>([
    [{ kind: 'reset-before-reply' }, 2],
    [{ kind: 'reset-mid-body' }, 3],
    [{ kind: 'truncated-json' }, 2],
    [{ kind: 'server-error', status: random.pick([500, 502, 503, 504]), body: random.pick(['html', 'json', 'empty']) }, 4],
    [{ kind: 'rate-limit', shape: random.pick(rateLimitShapes), waitSeconds: random.int(3) }, 4],
    [{ kind: 'slow-drip', pieces: 2 + random.int(6), pauseMs: 1 }, 1],
    [{ kind: 'expire-tokens' }, 2],
    [{ kind: 'wrong-types' }, 1],
    [{ kind: 'html-200' }, 1],
    [{ kind: 'encoded', encoding: random.pick(['gzip', 'deflate', 'br']) }, 2],
    [{ kind: 'chunked' }, 2],
  ])

export interface ScheduleOptions {
  /** List requests over which the faults are spread. Default 60. */
  readonly requests?: number
  /** Which disturbances of the data may occur beside faults of the transport. Default: all but damage. */
  readonly disturbances?: readonly Disturbance[]
}

/**
 * A reproducible schedule: on average `intensity` (0 to 1) faults a request over the first `requests` list requests, then none, and never more than two
 * in a row, so that a client which retries, or runs again, always comes to the end.
 */
export const scheduleFaults = (seed: number | string, intensity: number, options: ScheduleOptions = {}): readonly ScheduledFault[] => {
  const { requests = 60, disturbances: allowed = ['append', 'append-late', 'change', 'vanish', 'reorder'] } = options
  const random = createRandom(`faults/${seed}`)
  const schedule: ScheduledFault[] = []
  let inARow = 0
  for (let atListRequest = 0; atListRequest < requests; atListRequest += 1) {
    if (inARow === 2 || !random.chance(intensity)) {
      inARow = 0
      continue
    }
    const disturbs = allowed.length > 0 && random.chance(0.3)
    schedule.push({ atListRequest, fault: disturbs ? { kind: 'disturbance', what: random.pick(allowed) } : passing(random) })
    inARow += 1
  }
  return schedule
}

import { createCfWorld, type CfEvent, type CfWorld } from '../cloudfoundry/records.ts'
import { createLyticsWorld, type LyticsEvent, type LyticsWorld } from '../lytics/records.ts'
import { createOkskyWorld, type OkskyEvent, type OkskyWorld } from '../oksky/records.ts'
import { createOnehubWorld, type OnehubEvent, type OnehubWorld } from '../onehub/records.ts'
import type { ServiceId } from '../types.ts'
import { moments } from './calendar.ts'
import { createPeople, type People } from './people.ts'

export interface GenerateOptions {
  readonly seed: number | string
  /** Of all services together. */
  readonly events: number
  /** The last event lies before it, the first up to two years earlier. */
  readonly nowMs: number
}

/** The four services' worlds, empty of events until those are drawn from them. */
export interface Worlds {
  readonly seed: string
  readonly people: People
  readonly fromMs: number
  readonly onehub: OnehubWorld
  readonly lytics: LyticsWorld
  readonly oksky: OkskyWorld
  readonly cloudfoundry: CfWorld
}

/** Events of each service, oldest first. */
export interface GeneratedEvents {
  readonly onehub: Iterable<OnehubEvent>
  readonly lytics: Iterable<LyticsEvent>
  readonly oksky: Iterable<OkskyEvent>
  readonly cloudfoundry: Iterable<CfEvent>
}

const spanMs = 2 * 365 * 86_400_000

/** How many of `events` each service has. */
export const shares = (events: number): Readonly<Record<ServiceId, number>> => {
  const lytics = Math.round(events * 0.25)
  const oksky = Math.round(events * 0.15)
  const cloudfoundry = Math.round(events * 0.25)
  return { onehub: events - lytics - oksky - cloudfoundry, lytics, oksky, cloudfoundry }
}

/**
 * Two years of audit events of one organisation in four services, the same for the same options on every machine. The lists are lazy and can be drawn once: each
 * event is made when it is asked for, so any number fits into memory.
 */
export const generate = ({ seed, events, nowMs }: GenerateOptions): { readonly worlds: Worlds; readonly events: GeneratedEvents } => {
  const text = String(seed)
  const fromMs = nowMs - spanMs
  const people = createPeople({ seed: text, events, fromMs, nowMs })
  const worlds: Worlds = {
    seed: text,
    people,
    fromMs,
    onehub: createOnehubWorld(text, people, fromMs),
    lytics: createLyticsWorld(text, people, fromMs),
    oksky: createOkskyWorld(text, people, fromMs),
    cloudfoundry: createCfWorld(text, people),
  }
  const counts = shares(events)
  const draw = <E>(service: ServiceId, source: { next(timeMs: number): E }): Iterable<E> =>
    drawEvents(`${text}/${service}`, source, counts[service], fromMs, nowMs)
  return {
    worlds,
    events: {
      onehub: draw('onehub', worlds.onehub),
      lytics: draw('lytics', worlds.lytics),
      oksky: draw('oksky', worlds.oksky),
      cloudfoundry: draw('cloudfoundry', worlds.cloudfoundry),
    },
  }
}

function* drawEvents<E>(
  seed: string,
  source: { next(timeMs: number): E },
  count: number,
  fromMs: number,
  toMs: number,
): Generator<E, void, void> {
  for (const timeMs of moments(seed, count, fromMs, toMs)) yield source.next(timeMs)
}

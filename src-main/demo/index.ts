import { createCloudFoundry, type CloudFoundryQuirks } from './cloudfoundry/service.ts'
import { generate } from './generator/generate.ts'
import { serve, type RunningServer, type ServedParts } from './http/server.ts'
import { createLytics, type LyticsQuirks } from './lytics/service.ts'
import { createOksky, type OkskyQuirks } from './oksky/service.ts'
import { createOnehub, type OnehubQuirks } from './onehub/service.ts'
import { assemble } from './practice-service.ts'
import { createRandom } from './random.ts'
import type { PracticeClock, PracticeService, ServiceId } from './types.ts'

export { scheduleFaults } from './faults.ts'
export { generatePayloads, type GeneratedPayload } from './payloads.ts'
export type { Disturbance, Fault, FaultBox, FaultRule, InjectedFault, RateLimitShape, ScheduledFault } from './faults.ts'
export type { CloudFoundryQuirks, LyticsQuirks, OkskyQuirks, OnehubQuirks }
export type { Damage, GroundTruthEvent, LoggedRequest, PracticeClock, PracticeService, ServiceId } from './types.ts'

export interface PracticeOptions {
  readonly seed: number | string
  /** Of all four services together. Default 20,000. */
  readonly events?: number
  /** Stops the services' clock there. Absent: they follow the machine's clock. */
  readonly nowMs?: number
  readonly host?: '127.0.0.1'
  /** Absent or 0: any free port. `uaa` is Cloud Foundry's authorization server. */
  readonly ports?: Partial<Readonly<Record<ServiceId | 'uaa', number>>>
  /** A new event now and then, on average one every so many milliseconds over all services; absent: none. */
  readonly arrivalEveryMs?: number
}

export interface PracticeServices {
  readonly onehub: PracticeService<OnehubQuirks>
  readonly lytics: PracticeService<LyticsQuirks>
  readonly oksky: PracticeService<OkskyQuirks>
  readonly cloudfoundry: PracticeService<CloudFoundryQuirks>
  readonly all: readonly PracticeService[]
  readonly clock: PracticeClock
  /** Cuts open connections and frees the ports. */
  close(): Promise<void>
}

const createClock = (startMs: number | null): PracticeClock => {
  let stoppedAtMs = startMs
  return {
    now: () => stoppedAtMs ?? Date.now(),
    set: (ms) => {
      stoppedAtMs = ms
    },
  }
}

/** Starts the four practice services on the loopback address, filled with seeded data. Rejects when a wanted port is taken. */
export const startPracticeServices = async (options: PracticeOptions): Promise<PracticeServices> => {
  const { seed, events = 20_000, nowMs = null, host = '127.0.0.1', ports = {}, arrivalEveryMs } = options
  const clock = createClock(nowMs)
  const { worlds, events: generated } = generate({ seed, events, nowMs: clock.now() })
  const { people, fromMs } = worlds
  const text = worlds.seed

  const origins: Record<ServiceId | 'uaa', string> = { onehub: '', lytics: '', oksky: '', cloudfoundry: '', uaa: '' }
  const lyticsEvents = [...generated.lytics, ...worlds.lytics.otherEvents(fromMs, 25)]
  const onehub = assemble(createOnehub(text, people, worlds.onehub, [...generated.onehub], clock), clock, text, () => origins.onehub)
  const lytics = assemble(createLytics(text, people, worlds.lytics, lyticsEvents, clock), clock, text, () => origins.lytics)
  const okskyParts = createOksky(text, people, worlds.oksky, [...generated.oksky], clock, fromMs, () => origins.oksky)
  const oksky = assemble(okskyParts, clock, text, () => origins.oksky)
  const cfOrigins = { api: () => origins.cloudfoundry, uaa: () => origins.uaa }
  const cfParts = createCloudFoundry(text, people, worlds.cloudfoundry, [...generated.cloudfoundry], clock, cfOrigins)
  const cloudfoundry = assemble(cfParts, clock, text, () => origins.cloudfoundry)

  const servers: RunningServer[] = []
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()))
  }
  const start = async (name: ServiceId | 'uaa', parts: ServedParts): Promise<void> => {
    const server = await serve(parts, host, ports[name] ?? 0)
    servers.push(server)
    origins[name] = server.origin
  }
  try {
    await start('onehub', onehub.served)
    await start('lytics', lytics.served)
    await start('oksky', oksky.served)
    await start('uaa', { ...cloudfoundry.served, classify: () => 'sign-in', handle: (request) => cfParts.handleUaa(request) })
    await start('cloudfoundry', cloudfoundry.served)
  } catch (error) {
    await close()
    throw error
  }

  const all = [onehub.service, lytics.service, oksky.service, cloudfoundry.service]
  const arrivals = arrivalEveryMs === undefined ? null : startArrivals(all, text, arrivalEveryMs)
  return {
    onehub: onehub.service,
    lytics: lytics.service,
    oksky: oksky.service,
    cloudfoundry: cloudfoundry.service,
    all,
    clock,
    close: () => {
      if (arrivals !== null) clearInterval(arrivals)
      return close()
    },
  }
}

const startArrivals = (services: readonly PracticeService[], seed: string, everyMs: number): NodeJS.Timeout => {
  const random = createRandom(`${seed}/arrivals`)
  return setInterval(() => random.pick(services).append(), everyMs).unref()
}

/** What a person or a script needs to connect: one entry per service. */
export const describe = (
  services: PracticeServices,
): readonly {
  readonly service: ServiceId
  readonly name: string
  readonly baseUrl: string
  readonly credential: Readonly<Record<string, string>>
}[] => services.all.map(({ service, name, baseUrl, credential }) => ({ service, name, baseUrl, credential }))

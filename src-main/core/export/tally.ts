import { instantOfWall, zoneOffsetMs } from '../query/local-time.ts'

const dayMs = 86_400_000

/** Counts of what was written: each adds up to the rows. */
export interface ExportCounts {
  readonly byService: Readonly<Record<string, number>>
  /** By local day of the zone, earliest first. */
  readonly byDay: readonly { readonly day: string; readonly count: number }[]
  /** Events without a readable time: in no day. */
  readonly untimed: number
  /** Records that are kept but not readable. */
  readonly unmapped: number
}

/** What counts of an event. */
interface CountedEvent {
  readonly service: string
  readonly occurredAt: string | null
  readonly mapped: boolean
}

interface ServiceCount {
  readonly service: string
  count: number
}

/** Counts events as they are written. */
export class Tally {
  readonly #zone: string
  readonly #services: ServiceCount[] = []
  readonly #days = new Map<string, number>()
  #untimed = 0
  #unmapped = 0
  /** The local day of the last event, as the instants between which it lies: events come in order, so the next is mostly in it too. */
  #day = { name: '', fromMs: 0, toMs: 0 }
  #dayCount = 0
  /** Of the service of the last event. */
  #service: ServiceCount = { service: '', count: 0 }

  constructor(zone: string) {
    this.#zone = zone
  }

  add({ service, occurredAt, mapped }: CountedEvent): void {
    if (!mapped) this.#unmapped++
    this.addOne(service, occurredAt === null ? null : Date.parse(occurredAt))
  }

  /** The same for a readable event, by its time. */
  addOne(service: string, timeMs: number | null): void {
    if (service !== this.#service.service) this.#service = this.#countOf(service)
    this.#service.count++
    if (timeMs === null) {
      this.#untimed++
      return
    }
    if (timeMs < this.#day.fromMs || timeMs >= this.#day.toMs) {
      this.#closeDay()
      this.#day = localDay(timeMs, this.#zone)
    }
    this.#dayCount++
  }

  /** Adds what another tally counted in the same zone. */
  addCounts({ byService, byDay, untimed, unmapped }: ExportCounts): void {
    for (const [service, count] of Object.entries(byService)) this.#countOf(service).count += count
    for (const { day, count } of byDay) addTo(this.#days, day, count)
    this.#untimed += untimed
    this.#unmapped += unmapped
  }

  counts(): ExportCounts {
    this.#closeDay()
    const byDay = [...this.#days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, count]) => ({ day, count }))
    return {
      byService: Object.fromEntries(
        this.#services.map(({ service, count }) => [service, count] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
      byDay,
      untimed: this.#untimed,
      unmapped: this.#unmapped,
    }
  }

  #closeDay(): void {
    addTo(this.#days, this.#day.name, this.#dayCount)
    this.#dayCount = 0
  }

  /** There are few services: looking through them is quicker than hashing. */
  #countOf(service: string): ServiceCount {
    let found = this.#services.find((known) => known.service === service)
    if (found === undefined) this.#services.push((found = { service, count: 0 }))
    return found
  }
}

function addTo(counts: Map<string, number>, key: string, count: number): void {
  if (count > 0) counts.set(key, (counts.get(key) ?? 0) + count)
}

function localDay(instantMs: number, zone: string): { readonly name: string; readonly fromMs: number; readonly toMs: number } {
  const wallMs = instantMs + zoneOffsetMs(zone, instantMs)
  const midnightMs = Math.floor(wallMs / dayMs) * dayMs
  const [name = ''] = new Date(midnightMs).toISOString().split('T')
  return { name, fromMs: instantOfWall(zone, midnightMs), toMs: instantOfWall(zone, midnightMs + dayMs) }
}

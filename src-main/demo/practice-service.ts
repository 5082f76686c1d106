import type { EventStore } from './event-store.ts'
import { FaultBox, type Disturbance } from './faults.ts'
import type { PracticeRequest, Reply } from './http/message.ts'
import type { ServedParts } from './http/server.ts'
import { createRandom } from './random.ts'
import type { Damage, GroundTruthEvent, LoggedRequest, PracticeClock, PracticeEvent, PracticeService, ServiceId } from './types.ts'

/** Makes events one after another. */
export interface EventSource<E> {
  /** The next event; times must not go backwards. */
  next(timeMs: number): E
  /** An event that becomes visible only now although it is older. */
  late(timeMs: number): E
}

/** What one service adds to the common machinery. */
export interface ServiceParts<E extends PracticeEvent, Quirks> {
  readonly service: ServiceId
  readonly name: string
  readonly credential: Readonly<Record<string, string>>
  readonly otherCredentials: readonly Readonly<Record<string, string>>[]
  readonly quirks: Quirks
  readonly store: EventStore<E>
  readonly source: EventSource<E>
  /** The element as lists show it now, everything done to the event included. */
  render(event: E): string
  /** Whether a connection without options can see the event. */
  isVisible(event: E): boolean
  /** Changes the parsed element in place so that its payload differs for each `revision`, but neither id nor time. */
  revise(element: Record<string, unknown>, revision: number): void
  classify(request: PracticeRequest): 'list' | 'sign-in' | 'other'
  handle(request: PracticeRequest): Reply
  errorReply(status: number, message: string): Reply
  expireTokens(): void
}

export interface AssembledService<Quirks> {
  readonly service: PracticeService<Quirks>
  readonly served: ServedParts
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const damages: readonly Damage[] = ['no-id', 'bad-time', 'wrong-types', 'not-an-object']

/** Puts the common machinery (live changes, faults, request log, ground truth) around one service. `baseUrl` is asked when needed: ports come late. */
export const assemble = <E extends PracticeEvent, Quirks>(
  parts: ServiceParts<E, Quirks>,
  clock: PracticeClock,
  seed: string,
  baseUrl: () => string,
): AssembledService<Quirks> => {
  const { store, source } = parts
  const faults = new FaultBox()
  const requestLog: LoggedRequest[] = []
  const vanished: GroundTruthEvent[] = []
  const hooks: { readonly listIndex: number; readonly action: () => void }[] = []
  const random = createRandom(`${seed}/${parts.service}/disturbances`)
  let revision = 1

  const truth = (event: E): GroundTruthEvent => ({
    service: parts.service,
    externalId: event.id,
    timeMs: event.timeMs,
    payload: parts.render(event),
    isDamaged: store.isDamaged(event.id),
  })
  const add = (events: readonly E[]): readonly GroundTruthEvent[] => {
    store.add(events)
    return events.map(truth)
  }
  const append = (count = 1): readonly GroundTruthEvent[] => add(Array.from({ length: count }, () => source.next(clock.now())))
  const appendLate = (ageMs: number, count = 1): readonly GroundTruthEvent[] =>
    add(Array.from({ length: count }, () => source.late(clock.now() - ageMs)))

  const change = (id: string): GroundTruthEvent => {
    revision += 1
    const ownRevision = revision
    const event = store.edit(id, (text) => {
      const element: unknown = JSON.parse(text)
      if (isObject(element)) parts.revise(element, ownRevision)
      return JSON.stringify(element)
    })
    return truth(event)
  }
  const vanish = (id: string): void => {
    const event = store.find(id)
    if (event !== undefined) vanished.push(truth(event))
    store.remove(id)
  }
  const damage = (id: string, how: Damage): GroundTruthEvent => truth(store.damage(id, how))

  const anyId = (): string => random.pick(store.list().filter((event) => parts.isVisible(event))).id
  const disturb = (what: Disturbance): void => {
    switch (what) {
      case 'append':
        append(1 + random.int(3))
        return
      case 'append-late':
        appendLate(1000 * (1 + random.int(240)))
        return
      case 'change':
        change(anyId())
        return
      case 'vanish':
        vanish(anyId())
        return
      case 'damage':
        damage(anyId(), random.pick(damages))
        return
      case 'reorder':
        store.reorder(random.int(1_000_000))
    }
  }

  return {
    service: {
      service: parts.service,
      name: parts.name,
      get baseUrl() {
        return baseUrl()
      },
      credential: parts.credential,
      otherCredentials: parts.otherCredentials,
      quirks: parts.quirks,
      faults,
      requestLog,
      groundTruth: () =>
        store
          .list()
          .filter((event) => parts.isVisible(event))
          .map(truth)
          .sort((left, right) => left.timeMs - right.timeMs),
      vanished: () => vanished,
      append,
      appendLate,
      change,
      vanish,
      damage,
      rewrite: (id, edit) => truth(store.edit(id, edit)),
      reorder: (disorder) => store.reorder(disorder),
      expireTokens: () => parts.expireTokens(),
      onListRequest: (listIndex, action) => void hooks.push({ listIndex, action }),
    },
    served: {
      clock,
      faults,
      log: requestLog,
      classify: (request) => parts.classify(request),
      handle: (request) => parts.handle(request),
      errorReply: (status, message) => parts.errorReply(status, message),
      beforeList: (listIndex) => {
        for (const hook of hooks) if (hook.listIndex === listIndex) hook.action()
      },
      expireTokens: () => parts.expireTokens(),
      disturb,
      damagePage: (eventIds) => {
        for (const id of eventIds) damage(id, random.pick(damages))
      },
    },
  }
}

import { createCloudFoundry } from './cloudfoundry/service.ts'
import { generate, type GenerateOptions } from './generator/generate.ts'
import { createLytics } from './lytics/service.ts'
import { createOksky } from './oksky/service.ts'
import { createOnehub } from './onehub/service.ts'
import type { PracticeEvent, ServiceId } from './types.ts'

/** An event as its service would list it, made without a server. */
export interface GeneratedPayload {
  readonly service: ServiceId
  readonly externalId: string
  readonly timeMs: number
  /** The element of the list response: Lytics version 2, Cloud Foundry version 3. */
  readonly payload: string
}

interface Source {
  peek(): GeneratedPayload | null
  advance(): void
}

const source = <E extends PracticeEvent>(service: ServiceId, events: Iterable<E>, render: (event: E) => string): Source => {
  const iterator = events[Symbol.iterator]()
  const take = (): GeneratedPayload | null => {
    const { value, done } = iterator.next()
    return done === true ? null : { service, externalId: value.id, timeMs: value.timeMs, payload: render(value) }
  }
  let current = take()
  return {
    peek: () => current,
    advance: () => {
      current = take()
    },
  }
}

/** The same events as `startPracticeServices` would serve for these options, all services together, oldest first, one at a time: for filling large archives. */
export function* generatePayloads(options: GenerateOptions): Generator<GeneratedPayload, void, void> {
  const { worlds, events } = generate(options)
  const { seed, people, fromMs } = worlds
  const clock = { now: () => options.nowMs, set: () => undefined }
  const origin = (name: string) => (): string => `https://${name}.practice.example`
  const cfOrigins = { api: origin('cloudfoundry'), uaa: origin('uaa') }
  const sources = [
    source('onehub', events.onehub, createOnehub(seed, people, worlds.onehub, [], clock).render),
    source('lytics', events.lytics, createLytics(seed, people, worlds.lytics, [], clock).render),
    source('oksky', events.oksky, createOksky(seed, people, worlds.oksky, [], clock, fromMs, origin('oksky')).render),
    source('cloudfoundry', events.cloudfoundry, createCloudFoundry(seed, people, worlds.cloudfoundry, [], clock, cfOrigins).render),
  ]
  for (;;) {
    const [first] = sources
      .filter((each) => each.peek() !== null)
      .sort((left, right) => (left.peek()?.timeMs ?? 0) - (right.peek()?.timeMs ?? 0))
    const payload = first?.peek()
    if (first === undefined || payload === undefined || payload === null) return
    yield payload
    first.advance()
  }
}

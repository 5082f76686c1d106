import { createRandom, type Random } from '../random.ts'
import { firstNames, lastNames, otherScripts } from './words.ts'

/** One person as all four services know them: the e-mail is the same everywhere, the ids are not. */
export interface Person {
  readonly firstName: string
  readonly lastName: string
  readonly fullName: string
  readonly email: string
  readonly username: string
  readonly onehubId: number
  readonly lyticsId: string
  readonly okskyId: number
  readonly cloudFoundryGuid: string
  /** When the account was deleted everywhere; null for who is still there. */
  readonly leftAtMs: number | null
}

/** The organisation's people. The first one does about a third of everything, the second is the account that reads the events. */
export interface People {
  readonly all: readonly Person[]
  readonly reader: Person
  /** Somebody who is there at that moment: the busiest every so often, then a long tail. */
  actor(random: Random, timeMs: number): Person
  isThere(person: Person, timeMs: number): boolean
}

/** A little over a third, since the system itself does some things too. */
const busiestShare = 0.4

const ascii = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[Łł]/g, 'l')
    .replace(/[Øø]/g, 'o')
    .toLowerCase()
    .replace(/[^a-z]/g, '')

export interface PeopleOptions {
  readonly seed: string
  /** Events of all services together; more events, more people. */
  readonly events: number
  readonly fromMs: number
  readonly nowMs: number
}

export const createPeople = ({ seed, events, fromMs, nowMs }: PeopleOptions): People => {
  const random = createRandom(`${seed}/people`)
  const count = Math.min(1_500, 20 + Math.round(1.2 * Math.sqrt(events)))
  const taken = new Set<string>()
  const all = Array.from({ length: count }, (_unused, index): Person => {
    const other = index > 4 && index % 17 === 5 ? otherScripts[Math.floor(index / 17)] : undefined
    const firstName = index === 0 ? 'Matthew' : random.pick(firstNames)
    const lastName = index === 0 ? 'Anderson' : random.pick(lastNames)
    const handle = other?.[1] ?? `${ascii(firstName)}.${ascii(lastName)}`
    const username = taken.has(handle) ? `${handle}${index}` : handle
    taken.add(username)
    return {
      firstName: other === undefined ? firstName : other[0],
      lastName: other === undefined ? lastName : '',
      fullName: other === undefined ? `${firstName} ${lastName}` : other[0],
      email: `${username}@meridian.example`,
      username,
      onehubId: 481 + index * 13,
      lyticsId: random.hex(32),
      okskyId: 1 + index,
      cloudFoundryGuid: random.uuid(),
      leftAtMs: index > 4 && random.chance(0.08) ? fromMs + Math.floor((0.2 + 0.75 * random.next()) * (nowMs - fromMs)) : null,
    }
  })
  const [busiest, reader] = all
  if (busiest === undefined || reader === undefined) throw new RangeError('There are at least two people.')

  const isThere = (person: Person, timeMs: number): boolean => person.leftAtMs === null || timeMs < person.leftAtMs
  const actor = (source: Random, timeMs: number): Person => {
    if (source.chance(busiestShare)) return busiest
    const person = all[1 + source.skewed(count - 1)] ?? reader
    return isThere(person, timeMs) ? person : reader
  }
  return { all, reader, actor, isThere }
}

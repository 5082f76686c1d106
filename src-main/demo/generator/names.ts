import type { Random } from '../random.ts'
import { fileTypes, hostileNames, qualifiers, topics } from './words.ts'

const skewed = <T>(list: readonly T[], random: Random): T => list[random.skewed(list.length)] ?? random.pick(list)

/** Gives file names as people do; about one in fifty is hostile, and those take turns, so that all occur even in a small archive. */
export const createFileNames = (random: Random): (() => string) => {
  let hostileCount = 0
  return () => {
    const hostile = random.chance(1 / 50) ? hostileNames[hostileCount++ % hostileNames.length] : undefined
    return hostile ?? `${skewed(topics, random)} ${random.pick(qualifiers)} ${1 + random.skewed(400)}.${skewed(fileTypes, random)}`
  }
}

/** A folder, room or segment name. */
export const plainName = (random: Random): string => `${skewed(topics, random)} ${random.pick(qualifiers)}`

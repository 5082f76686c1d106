import type { Random } from '../random.ts'
import { fileTypes, hostileNames, qualifiers, topics } from './words.ts'

const at = <T>(list: readonly T[], random: Random): T => list[random.skewed(list.length)] ?? random.pick(list)

/** A file name as people give them; about one in sixty is hostile. */
export const fileName = (random: Random): string => {
  if (random.chance(1 / 60)) return random.pick(hostileNames)
  return `${at(topics, random)} ${random.pick(qualifiers)} ${1 + random.skewed(400)}.${at(fileTypes, random)}`
}

/** A folder, room or segment name. */
export const plainName = (random: Random): string => `${at(topics, random)} ${random.pick(qualifiers)}`

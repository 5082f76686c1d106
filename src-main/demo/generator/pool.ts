import type { Random } from '../random.ts'

/** Things that exist at the moment, found by id, and picked with a liking for the recent ones. */
export interface Pool<T> {
  readonly size: number
  readonly all: readonly T[]
  add(item: T): T
  remove(item: T): void
  find(id: number | string): T | undefined
  /** Undefined only when the pool is empty. */
  recent(random: Random): T | undefined
}

export const createPool = <T extends { readonly id: number | string }>(): Pool<T> => {
  const byId = new Map<number | string, T>()
  const all: T[] = []
  return {
    get size() {
      return all.length
    },
    all,
    add: (item) => {
      byId.set(item.id, item)
      all.push(item)
      return item
    },
    remove: (item) => {
      if (byId.delete(item.id)) all.splice(all.lastIndexOf(item), 1)
    },
    find: (id) => byId.get(id),
    recent: (random) => all[all.length - 1 - random.skewed(all.length)],
  }
}

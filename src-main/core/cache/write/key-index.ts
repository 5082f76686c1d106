import { type Database, withSmallCache } from '../driver.ts'
import type { KeySet } from '../key-set.ts'
import { KeyFilter } from '../key-filter.ts'
import { readKey, type KeyWords } from '../key-words.ts'
import { prepareInsertRows, type RowValue } from './insert-rows.ts'
import { KeyTable } from './key-table.ts'
import { RecentKeys } from './recent-keys.ts'
import type { WriterState } from './state.ts'

/** A generation is merged in this many steps, each within another transaction, so that none takes long. */
const slices = 32
/** What part of a generation is gathered while the one before it is merged: the longer that takes, the less it slows down what comes meanwhile. */
const mergingShare = 0.75
/** Filters are for twice as many keys as the one before up to this many, then for half as many as are there: what is not yet used takes memory. */
const doubledKeys = 4_000_000
/** Recent keys read in one statement. */
const keysAtOnce = 4096

/** Which keys of a set are known. Valid within a transaction. */
export interface KeyIndex {
  /** Reads what is looked up in memory, if that is not there yet; else the first look-up does. No statement of the connection may be under way. */
  load(): void
  find(key: Buffer): number | null
  /** Makes a new key stand for a number; stored by the next `flush`. */
  claim(key: Buffer, value: number): void
  /** Stores what was claimed; called before every commit. */
  flush(): void
  /** Merges what is due; called once a transaction. */
  merge(): void
  /** Another process may have added keys. */
  refresh(): void
  /** Gives back what is in memory, and reads it anew when it is needed. It may be wrong: a transaction was undone, or keys were taken out. */
  forget(): void
}

/** How far the tree has come, as stored. */
interface Progress {
  /** Recent keys up to this number are being merged; 0: none are. */
  readonly mergeTo: number
  /** Steps of it that are done. */
  readonly slice: number
  /** Keys in all filters: grows with every generation that was merged. */
  readonly filtered: number
}

interface Loaded {
  fresh: KeyTable
  /** The generation that is on its way into the tree. */
  merging: KeyTable | null
  /** Together they know all keys of the tree. Each is for more than the one before, so that they stay few. */
  readonly filters: KeyFilter[]
  /** Keys that were found in the tree before. */
  readonly recalled: RecentKeys
  /** Claimed and not stored yet: number, key and value of each. */
  readonly claimed: RowValue[]
  lastNum: number
  progress: Progress
  readonly epoch: number
}

/** `size`: keys gathered before they are merged. */
export function openKeyIndex(db: Database, set: KeySet, state: Pick<WriterState, 'epoch'>, size: number = set.generationKeys): KeyIndex {
  const { tree, column } = set
  const inTree = db.prepare<[Uint8Array], number>(`SELECT ${column} FROM ${tree} WHERE key = ?`).pluck()
  const insertTree = prepareInsertRows(db, `INSERT OR IGNORE INTO ${tree} (key, ${column})`, 2)
  const insertRecent = prepareInsertRows(db, `INSERT INTO ${tree}_recent (num, key, ${column})`, 3)
  // Each by itself: asked for together, SQLite reads all rows.
  const recentNums = db
    .prepare<[], [first: number | null, last: number | null]>(
      `SELECT (SELECT min(num) FROM ${tree}_recent), (SELECT max(num) FROM ${tree}_recent)`,
    )
    .raw()
  // Many keys as one blob and their numbers as one text: row by row they would take several times as long to read.
  const readRecent = db
    .prepare<[number, number], [keys: Buffer | null, numbers: string]>(
      `SELECT CAST(group_concat(key, '') AS BLOB), json_group_array(${column}) FROM ${tree}_recent WHERE num > ? AND num <= ?`,
    )
    .raw()
  const dropMerged = db.prepare<[number]>(`DELETE FROM ${tree}_recent WHERE num <= ?`)
  const readProgress = db.prepare<[string, string], Progress>(
    `SELECT merge_to AS mergeTo, merge_slice AS slice, (SELECT coalesce(sum(keys), 0) FROM key_filter WHERE tree = ?) AS filtered
     FROM key_merge WHERE tree = ?`,
  )
  const saveProgress = db.prepare<[number, number, string]>('UPDATE key_merge SET (merge_to, merge_slice) = (?, ?) WHERE tree = ?')
  const filterNums = db.prepare<[string], number>('SELECT num FROM key_filter WHERE tree = ? ORDER BY num').pluck()
  const readFilter = db
    .prepare<[string, number], [keys: number, bits: Buffer]>('SELECT keys, bits FROM key_filter WHERE tree = ? AND num = ?')
    .raw()
  const saveFilter = db.prepare<[string, number, number, Uint8Array]>(
    'INSERT OR REPLACE INTO key_filter (tree, num, keys, bits) VALUES (?, ?, ?, ?)',
  )
  /** The key at hand. */
  const sought: KeyWords = new Uint32Array(set.keyBytes / 4)
  let loaded: Loaded | null = null

  const storedProgress = (): Progress => {
    const progress = readProgress.get(tree, tree)
    if (progress === undefined) throw new Error(`the archive does not say how far the keys of ${tree} were merged`)
    return progress
  }

  /** Adds the recent keys above one number and up to another. */
  const addRecent = (table: KeyTable, after: number, upTo: number): KeyTable => {
    for (let from = after; from < upTo; from += keysAtOnce) {
      const [keys, numbers] = readRecent.get(from, Math.min(from + keysAtOnce, upTo)) ?? [null, '']
      if (keys === null) continue
      const values = JSON.parse(numbers) as readonly number[]
      if (keys.length !== values.length * set.keyBytes) throw new Error(`${tree}_recent holds keys of another length than ${set.keyBytes}`)
      values.forEach((value, index) => table.add(readKey(keys, sought, index * set.keyBytes), value))
    }
    return table
  }
  const readTable = (after: number, upTo: number): KeyTable => addRecent(new KeyTable(set.keyBytes, upTo - after), after, upTo)

  const load = (): Loaded => {
    const progress = storedProgress()
    const { mergeTo } = progress
    const [first, last] = recentNums.get() ?? [null, null]
    const before = (first ?? 1) - 1
    // A purge may have taken all that came after: what is added next is not part of the merge even so.
    const lastNum = Math.max(last ?? 0, mergeTo)
    const fresh = readTable(Math.max(before, mergeTo), lastNum)
    const merging = mergeTo > 0 ? readTable(before, mergeTo) : null
    // One by one: each is read as a whole, into memory that the filter then keeps.
    const filters = filterNums.all(tree).flatMap((num) => {
      const [keys, bits] = readFilter.get(tree, num) ?? []
      return keys === undefined || bits === undefined ? [] : [KeyFilter.from(bits, keys)]
    })
    const recalled = new RecentKeys(set.keyBytes, set.recalledKeys)
    return { fresh, merging, filters, recalled, claimed: [], lastNum, progress, epoch: state.epoch }
  }
  const now = (): Loaded => (loaded ??= load())

  const save = (to: Loaded, progress: Progress): void => {
    saveProgress.run(progress.mergeTo, progress.slice, tree)
    to.progress = progress
  }

  const mergeSlice = (merging: KeyTable, slice: number): void => {
    const step = 256 / slices
    insertTree(merging.ascending(slice * step, (slice + 1) * step))
  }

  /** The last filter while it has room, half a generation too many included; else a new one. */
  const filterFor = (filters: KeyFilter[], keys: number): KeyFilter => {
    const last = filters.at(-1)
    if (last && last.count + keys / 2 <= last.capacity) return last
    const held = filters.reduce((sum, { count }) => sum + count, 0)
    const filter = KeyFilter.forKeys(Math.max(keys, Math.min((last?.capacity ?? 0) * 2, Math.max(doubledKeys, held / 2))))
    filters.push(filter)
    return filter
  }

  /** All keys of the generation are in the tree: from here on the tree and a filter answer for them. */
  const finish = (to: Loaded, merging: KeyTable): void => {
    const filter = filterFor(to.filters, merging.count)
    for (const key of merging.keys()) filter.add(key)
    saveFilter.run(tree, to.filters.length, filter.count, filter.bytes)
    dropMerged.run(to.progress.mergeTo)
    merging.release()
    to.merging = null
    save(to, { mergeTo: 0, slice: 0, filtered: to.progress.filtered + merging.count })
  }

  /** The last filters are the largest: what is in the tree is most often in one of them. */
  const mayBeInTree = (filters: readonly KeyFilter[]): boolean => {
    for (let at = filters.length - 1; at >= 0; at--) if (filters[at]?.mayHold(sought)) return true
    return false
  }

  const findInTree = ({ filters, recalled }: Loaded, key: Buffer): number | null => {
    if (!mayBeInTree(filters)) return null
    const value = inTree.get(key)
    if (value === undefined) return null
    recalled.add(sought, value)
    return value
  }

  const flush = (): void => {
    if (loaded === null) return
    insertRecent(loaded.claimed)
    loaded.claimed.length = 0
  }

  const forget = (): void => {
    loaded?.fresh.release()
    loaded?.merging?.release()
    for (const filter of loaded?.filters ?? []) filter.release()
    loaded?.recalled.release()
    loaded = null
  }

  return {
    load: () => {
      if (loaded === null) withSmallCache(db, now)
    },
    find: (key) => {
      const to = now()
      readKey(key, sought)
      return to.fresh.get(sought) ?? to.merging?.get(sought) ?? to.recalled.get(sought) ?? findInTree(to, key)
    },
    claim: (key, value) => {
      const to = now()
      to.claimed.push(++to.lastNum, key, value)
      to.fresh.add(readKey(key, sought), value)
    },
    flush,
    merge: () => {
      flush()
      const to = now()
      if (to.merging === null && to.fresh.count >= size) {
        save(to, { ...to.progress, mergeTo: to.lastNum, slice: 0 })
        to.merging = to.fresh
        to.fresh = new KeyTable(set.keyBytes)
      }
      if (to.merging === null) return
      const due = Math.min(Math.ceil((to.fresh.count / (size * mergingShare)) * slices), slices)
      if (due <= to.progress.slice) return
      for (let slice = to.progress.slice; slice < due; slice++) mergeSlice(to.merging, slice)
      if (due < slices) save(to, { ...to.progress, slice: due })
      else finish(to, to.merging)
    },
    refresh: () => {
      if (loaded === null) return
      const progress = storedProgress()
      const isSame = progress.mergeTo === loaded.progress.mergeTo && progress.filtered === loaded.progress.filtered
      if (!isSame || loaded.epoch !== state.epoch) {
        forget()
        return
      }
      loaded.progress = progress
      const last = Math.max(recentNums.get()?.[1] ?? 0, loaded.lastNum)
      addRecent(loaded.fresh, loaded.lastNum, last)
      loaded.lastNum = last
    },
    forget,
  }
}

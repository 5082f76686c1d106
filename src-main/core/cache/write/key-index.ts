import type { Database } from '../driver.ts'
import type { KeySet } from '../key-set.ts'
import { KeyFilter } from '../key-filter.ts'
import { KeyTable } from './key-table.ts'
import type { WriterState } from './state.ts'

/** A generation is merged in this many steps, each within another transaction, so that none takes long. */
const slices = 32
/** Recent keys read in one statement. */
const keysAtOnce = 4096

/** Which keys of a set are known. Valid within a transaction. */
export interface KeyIndex {
  find(key: Buffer): number | null
  /** Makes a new key stand for a number. */
  claim(key: Buffer, value: number): void
  /** Merges what is due; called once a transaction. */
  merge(): void
  /** Another process may have added keys. */
  refresh(): void
  /** What is in memory may be wrong: a transaction was undone, or keys were taken out. */
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
  /** Together they know all keys of the tree. Each is for twice as many as the one before, so that they stay few. */
  readonly filters: KeyFilter[]
  lastNum: number
  progress: Progress
  readonly epoch: number
}

/** `size`: keys gathered before they are merged. */
export function openKeyIndex(db: Database, set: KeySet, state: Pick<WriterState, 'epoch'>, size: number = set.generationKeys): KeyIndex {
  const { tree, column } = set
  const inTree = db.prepare<[Uint8Array], number>(`SELECT ${column} FROM ${tree} WHERE key = ?`).pluck()
  const insertTree = db.prepare<[Uint8Array, number]>(`INSERT OR IGNORE INTO ${tree} (key, ${column}) VALUES (?, ?)`)
  const insertRecent = db.prepare<[number, Uint8Array, number]>(`INSERT INTO ${tree}_recent (num, key, ${column}) VALUES (?, ?, ?)`)
  const recentNums = db.prepare<[], [first: number | null, last: number | null]>(`SELECT min(num), max(num) FROM ${tree}_recent`).raw()
  // Many keys as one text: as buffers of their own they would take four times as long to read.
  const readRecent = db
    .prepare<[number, number], string | null>(
      `SELECT group_concat(hex(key) || printf('%08X', ${column}), '') FROM ${tree}_recent WHERE num > ? AND num <= ?`,
    )
    .pluck()
  const dropMerged = db.prepare<[number]>(`DELETE FROM ${tree}_recent WHERE num <= ?`)
  const readProgress = db.prepare<[string, string], Progress>(
    `SELECT merge_to AS mergeTo, merge_slice AS slice, (SELECT coalesce(sum(keys), 0) FROM key_filter WHERE tree = ?) AS filtered
     FROM key_merge WHERE tree = ?`,
  )
  const saveProgress = db.prepare<[number, number, string]>('UPDATE key_merge SET (merge_to, merge_slice) = (?, ?) WHERE tree = ?')
  const readFilters = db.prepare<[string], { keys: number; bits: Buffer }>('SELECT keys, bits FROM key_filter WHERE tree = ? ORDER BY num')
  const saveFilter = db.prepare<[string, number, number, Uint8Array]>(
    'INSERT OR REPLACE INTO key_filter (tree, num, keys, bits) VALUES (?, ?, ?, ?)',
  )
  let loaded: Loaded | null = null

  const storedProgress = (): Progress => {
    const progress = readProgress.get(tree, tree)
    if (progress === undefined) throw new Error(`the archive does not say how far the keys of ${tree} were merged`)
    return progress
  }

  /** Adds the recent keys above one number and up to another. */
  const addRecent = (table: KeyTable, after: number, upTo: number): void => {
    for (let from = after; from < upTo; from += keysAtOnce) {
      const bytes = Buffer.from(readRecent.get(from, Math.min(from + keysAtOnce, upTo)) ?? '', 'hex')
      for (let at = 0; at < bytes.length; at += set.keyBytes + 4) {
        table.add(bytes.subarray(at, at + set.keyBytes), bytes.readUInt32BE(at + set.keyBytes))
      }
    }
  }

  const load = (): Loaded => {
    const progress = storedProgress()
    const { mergeTo } = progress
    const [first, last] = recentNums.get() ?? [null, null]
    const before = (first ?? 1) - 1
    // A purge may have taken all that came after: what is added next is not part of the merge even so.
    const lastNum = Math.max(last ?? 0, mergeTo)
    const fresh = new KeyTable(set.keyBytes)
    addRecent(fresh, Math.max(before, mergeTo), lastNum)
    const merging = mergeTo > 0 ? new KeyTable(set.keyBytes) : null
    if (merging) addRecent(merging, before, mergeTo)
    const filters = readFilters.all(tree).map(({ keys, bits }) => KeyFilter.from(bits, keys))
    return { fresh, merging, filters, lastNum, progress, epoch: state.epoch }
  }
  const now = (): Loaded => (loaded ??= load())

  const save = (to: Loaded, progress: Progress): void => {
    saveProgress.run(progress.mergeTo, progress.slice, tree)
    to.progress = progress
  }

  const mergeSlice = (merging: KeyTable, slice: number): void => {
    const step = 256 / slices
    for (const [key, value] of merging.ascending(slice * step, (slice + 1) * step)) insertTree.run(key, value)
  }

  /** The last filter while it has room, half a generation too many included; else a new one. */
  const filterFor = (filters: KeyFilter[], keys: number): KeyFilter => {
    const last = filters.at(-1)
    if (last && last.count + keys / 2 <= last.capacity) return last
    const filter = KeyFilter.forKeys(Math.max(keys, (last?.capacity ?? 0) * 2))
    filters.push(filter)
    return filter
  }

  /** All keys of the generation are in the tree: from here on the tree and a filter answer for them. */
  const finish = (to: Loaded, merging: KeyTable): void => {
    const filter = filterFor(to.filters, merging.count)
    for (const key of merging.keys()) filter.add(key)
    saveFilter.run(tree, to.filters.length, filter.count, filter.bytes)
    dropMerged.run(to.progress.mergeTo)
    to.merging = null
    save(to, { mergeTo: 0, slice: 0, filtered: to.progress.filtered + merging.count })
  }

  const mayBeInTree = (filters: readonly KeyFilter[], key: Buffer): boolean => {
    for (const filter of filters) if (filter.mayHold(key)) return true
    return false
  }

  return {
    find: (key) => {
      const { fresh, merging, filters } = now()
      const recent = fresh.get(key) ?? merging?.get(key) ?? null
      if (recent !== null) return recent
      return mayBeInTree(filters, key) ? (inTree.get(key) ?? null) : null
    },
    claim: (key, value) => {
      const to = now()
      insertRecent.run(++to.lastNum, key, value)
      to.fresh.add(key, value)
    },
    merge: () => {
      const to = now()
      if (to.merging === null && to.fresh.count >= size) {
        save(to, { ...to.progress, mergeTo: to.lastNum, slice: 0 })
        to.merging = to.fresh
        to.fresh = new KeyTable(set.keyBytes)
      }
      if (to.merging === null) return
      // Done by the time half a generation more has come.
      const due = Math.min(Math.ceil((to.fresh.count / (size / 2)) * slices), slices)
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
        loaded = null
        return
      }
      loaded.progress = progress
      const last = Math.max(recentNums.get()?.[1] ?? 0, loaded.lastNum)
      addRecent(loaded.fresh, loaded.lastNum, last)
      loaded.lastNum = last
    },
    forget: () => {
      loaded = null
    },
  }
}

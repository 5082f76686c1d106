import type { Database } from '../driver.ts'
import { KeyTable } from './key-table.ts'
import type { WriterState } from './state.ts'

/**
 * Keys gathered before they are merged. Keys are random, so each one written into the tree by itself would cost a page of its own
 * in the log: gathered, several share a page.
 */
export const generationSize = 524_288
/** A generation is merged in this many steps, each within another transaction, so that none takes long. */
const slices = 32

/** Which keys are known. Valid within a transaction of the writer. */
export interface Identities {
  find(key: Buffer): number | null
  /** Makes a key, new or another one of an event, stand for the event. */
  claim(key: Buffer, seq: number): void
  /** Merges what is due; called once a transaction. */
  merge(): void
  /** Another process may have added keys. */
  refresh(): void
  /** What is in memory may be wrong: a transaction was undone, or keys were taken out. */
  forget(): void
}

interface Recent {
  fresh: KeyTable
  /** The generation that is on its way into the tree. */
  merging: KeyTable | null
  lastNum: number
  /** Of the state when this was read. */
  mergeTo: number
  readonly epoch: number
}

export function openIdentities(db: Database, state: WriterState, size: number = generationSize): Identities {
  const inTree = db.prepare<[Uint8Array], number>('SELECT seq FROM identity WHERE key = ?').pluck()
  const insertTree = db.prepare<[Uint8Array, number]>('INSERT OR IGNORE INTO identity (key, seq) VALUES (?, ?)')
  const insertRecent = db.prepare<[number, Uint8Array, number]>('INSERT INTO identity_recent (num, key, seq) VALUES (?, ?, ?)')
  const readRecent = db
    .prepare<[number], [number, Buffer, number]>('SELECT num, key, seq FROM identity_recent WHERE num > ? ORDER BY num')
    .raw()
  const dropMerged = db.prepare<[number]>('DELETE FROM identity_recent WHERE num <= ?')
  let recent: Recent | null = null

  const load = (): Recent => {
    const fresh = new KeyTable()
    const merging = state.mergeTo > 0 ? new KeyTable() : null
    let lastNum = state.mergeTo
    for (const [num, key, seq] of readRecent.iterate(0)) {
      const table = merging && num <= state.mergeTo ? merging : fresh
      table.add(key, seq)
      lastNum = num
    }
    return { fresh, merging, lastNum, mergeTo: state.mergeTo, epoch: state.epoch }
  }
  const loaded = (): Recent => (recent ??= load())

  const mergeSlice = (merging: KeyTable): void => {
    const step = 256 / slices
    const from = state.mergeSlice * step
    for (const [key, seq] of merging.sorted(from, from + step)) insertTree.run(key, seq)
    state.mergeSlice++
  }

  return {
    find: (key) => {
      const { fresh, merging } = loaded()
      return fresh.get(key) ?? merging?.get(key) ?? inTree.get(key) ?? null
    },
    claim: (key, seq) => {
      const now = loaded()
      insertRecent.run(++now.lastNum, key, seq)
      now.fresh.add(key, seq)
    },
    merge: () => {
      const now = loaded()
      if (now.merging === null && now.fresh.count >= size) {
        state.mergeTo = now.mergeTo = now.lastNum
        state.mergeSlice = 0
        now.merging = now.fresh
        now.fresh = new KeyTable()
      }
      if (now.merging === null) return
      // Done by the time half a generation more has come.
      const due = Math.ceil((now.fresh.count / (size / 2)) * slices)
      while (state.mergeSlice < Math.min(due, slices)) mergeSlice(now.merging)
      if (state.mergeSlice < slices) return
      dropMerged.run(state.mergeTo)
      state.mergeTo = now.mergeTo = 0
      now.merging = null
    },
    refresh: () => {
      if (recent === null) return
      if (recent.mergeTo !== state.mergeTo || recent.epoch !== state.epoch) {
        recent = null
        return
      }
      for (const [num, key, seq] of readRecent.iterate(recent.lastNum)) {
        recent.fresh.add(key, seq)
        recent.lastNum = num
      }
    },
    forget: () => {
      recent = null
    },
  }
}

import type { Database } from '../driver.ts'

interface StateRow {
  readonly next_seq: number
  readonly next_block: number
  readonly epoch: number
}

/** The writer's own numbers, as the current transaction sees them; written back once, when it ends. */
export interface WriterState {
  nextSeq: number
  nextBlock: number
  /** Grows whenever something was taken out of the archive. */
  epoch: number
}

export interface StateStore {
  readonly state: WriterState
  /** Reads the numbers anew: another process wrote, or a transaction was undone. */
  load(): void
  save(): void
}

export function openState(db: Database): StateStore {
  const read = db.prepare<[], StateRow>('SELECT next_seq, next_block, epoch FROM writer_state')
  const write = db.prepare<[number, number, number]>('UPDATE writer_state SET next_seq = ?, next_block = ?, epoch = ?')
  const state: WriterState = { nextSeq: 1, nextBlock: 1, epoch: 0 }
  const load = (): void => {
    const row = read.get()
    if (row) Object.assign(state, { nextSeq: row.next_seq, nextBlock: row.next_block, epoch: row.epoch })
  }
  load()
  return { state, load, save: () => void write.run(state.nextSeq, state.nextBlock, state.epoch) }
}

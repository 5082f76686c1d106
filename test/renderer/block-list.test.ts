import { describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { createBlockList } from '../../src-renderer/stores/block-list.ts'

const total = 10_000

/** A list of numbers; each call waits until it is answered. */
function openList() {
  const calls: { readonly first: number; readonly signal: AbortSignal; answer(): Promise<void> }[] = []
  const list = createBlockList<number>({
    blockRows: 100,
    keptBlocks: 10,
    ask: (first, signal) =>
      new Promise((resolve) =>
        calls.push({
          first,
          signal,
          async answer() {
            resolve({ total, entries: Array.from({ length: 100 }, (_, i) => first + i) })
            for (let turns = 0; turns < 5; turns++) await nextTick()
          },
        }),
      ),
  })
  const call = (at: number) => {
    const found = calls[at]
    if (found === undefined) throw new Error(`There was no call ${at}.`)
    return found
  }
  return { list, calls, call }
}

describe('a list in blocks', () => {
  it('brings what comes into view, one call at a time, the newest place next', async () => {
    const { list, calls, call } = openList()
    list.open(true)
    await call(0).answer()
    expect([list.total.value, list.entryAt(7)]).toEqual([total, 7])
    list.show(1_000, 20)
    list.show(5_000, 20)
    list.show(9_090, 20)
    expect(calls.map(({ first }) => first)).toEqual([0, 1_000])
    await call(1).answer()
    expect(call(1).signal.aborted).toBe(false)
    await call(2).answer()
    await call(3).answer()
    expect(calls.map(({ first }) => first)).toEqual([0, 1_000, 9_000, 9_100])
    expect([list.entryAt(1_000), list.entryAt(5_000), list.entryAt(9_109)]).toEqual([1_000, undefined, 9_109])
  })

  it('keeps what is seen until a reload is answered, and nothing of another list', async () => {
    const { list, call } = openList()
    list.open(true)
    await call(0).answer()
    void list.reload()
    expect(list.entryAt(7)).toBe(7)
    list.open(true)
    expect([list.total.value, list.entryAt(7)]).toEqual([null, undefined])
    expect(call(1).signal.aborted).toBe(true)
    await call(1).answer()
    expect(list.total.value).toBeNull()
    await call(2).answer()
    expect(list.entryAt(7)).toBe(7)
  })
})

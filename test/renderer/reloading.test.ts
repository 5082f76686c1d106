import { describe, expect, it } from 'vitest'
import { createReloading } from '../../src-renderer/lib/reloading.ts'

/** Loads that end when told. */
function slowLoads() {
  const ends: (() => void)[] = []
  return {
    load: () => new Promise<void>((resolve) => ends.push(resolve)),
    begun: () => ends.length,
    async end(load: number) {
      ends[load]?.()
      await new Promise((resolve) => setTimeout(resolve))
    },
  }
}

describe('reloading while the archive changes', () => {
  it('lets a slow load end, however often it is asked for meanwhile, and then loads once more', async () => {
    const { load, begun, end } = slowLoads()
    const reloading = createReloading(load)
    void reloading.restart()
    for (let change = 0; change < 5; change++) void reloading.refresh()
    expect(begun()).toBe(1)
    await end(0)
    expect(begun()).toBe(2)
    await end(1)
    expect(begun()).toBe(2)
  })

  it('starts another question at once', () => {
    const { load, begun } = slowLoads()
    const reloading = createReloading(load)
    void reloading.restart()
    void reloading.restart()
    expect(begun()).toBe(2)
  })

  it('forgets a refresh that a new question makes needless', async () => {
    const { load, begun, end } = slowLoads()
    const reloading = createReloading(load)
    void reloading.restart()
    void reloading.refresh()
    void reloading.restart()
    await end(0)
    await end(1)
    expect(begun()).toBe(2)
  })
})

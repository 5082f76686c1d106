// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import VirtualRows from '../../src-renderer/ui/virtual-rows.vue'

const rowHeightPx = 30
const viewportPx = 300

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(viewportPx)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('rows that have not arrived', () => {
  /** Rows in a window of ten, of which those whose ten begins at one of `arrived` are here. */
  async function openRows() {
    const arrived = reactive(new Set([0]))
    const rows = mount(VirtualRows, {
      props: { rows: 1_000, rowHeightPx, has: (first: number) => arrived.has(first) },
      slots: { row: ({ index }: { readonly index: number }) => `row ${index}` },
    })
    const scrollTo = async (row: number): Promise<void> => {
      rows.element.scrollTop = row * rowHeightPx
      await rows.trigger('scroll')
    }
    const arrive = async (first: number): Promise<void> => {
      arrived.add(first)
      await rows.vm.$nextTick()
    }
    const wanted = (): unknown => rows.emitted('wanted')?.at(-1)
    const top = (): unknown => rows.emitted('top')?.at(-1)
    await rows.vm.$nextTick()
    return { rows, scrollTo, arrive, wanted, top }
  }

  it('leave those before in view until they come', async () => {
    const { rows, scrollTo, arrive, wanted, top } = await openRows()
    await scrollTo(100)
    expect(wanted()).toEqual([100, 10])
    expect(rows.text()).toContain('row 0')
    await arrive(100)
    expect(rows.text()).toContain('row 100')
    expect(top()).toEqual([100])
  })

  it('are asked for where the scrollbar has come to meanwhile, once those on their way are drawn', async () => {
    const { rows, scrollTo, arrive, wanted, top } = await openRows()
    await scrollTo(100)
    await scrollTo(200)
    await scrollTo(300)
    expect(wanted()).toEqual([100, 10])
    await arrive(100)
    expect(rows.text()).toContain('row 100')
    expect([wanted(), top()]).toEqual([[300, 10], [100]])
    await arrive(300)
    expect(rows.text()).toContain('row 300')
  })

  it('are given up waiting for after a moment', async () => {
    const { rows, scrollTo, top } = await openRows()
    await scrollTo(100)
    await vi.advanceTimersByTimeAsync(100)
    expect(rows.text()).toContain('row 100')
    expect(top()).toEqual([100])
  })
})

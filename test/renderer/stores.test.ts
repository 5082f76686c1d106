// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { TrailviewError } from '../../src-main/contract/errors.ts'
import type { FakeTransport } from '../../src-renderer/api/fake/fake-transport.ts'
import { useAppStore } from '../../src-renderer/stores/app.ts'
import { useBlockersStore } from '../../src-renderer/stores/blockers.ts'
import { useCollectionStore } from '../../src-renderer/stores/collection.ts'
import { useConnectionsStore } from '../../src-renderer/stores/connections.ts'
import { useDetailStore } from '../../src-renderer/stores/detail.ts'
import { useExportsStore } from '../../src-renderer/stores/exports.ts'
import { useFacetsStore } from '../../src-renderer/stores/facets.ts'
import { useHistogramStore } from '../../src-renderer/stores/histogram.ts'
import { usePackageCheckStore } from '../../src-renderer/stores/package-check.ts'
import { useQueryStore } from '../../src-renderer/stores/query.ts'
import { useResultsStore } from '../../src-renderer/stores/results.ts'
import { useReviewStore } from '../../src-renderer/stores/review.ts'
import { useSelectionStore } from '../../src-renderer/stores/selection.ts'
import { useSettingsStore } from '../../src-renderer/stores/settings.ts'
import { useTimelinesStore } from '../../src-renderer/stores/timelines.ts'
import { freshApp } from './fresh-app.ts'

let transport: FakeTransport
/** On a busy machine everything takes long. */
const patiently = { timeout: 30_000 }
const callsOf = (method: string): FakeTransport['calls'] => transport.calls.filter((call) => call.method === method)

beforeEach(async () => {
  transport = freshApp()
  await useAppStore().load()
  await useSettingsStore().load()
})
afterEach(() => vi.useRealTimers())

describe('the query', () => {
  it('is asked by results, facets and histogram as soon as it is read', async () => {
    const results = useResultsStore()
    const facets = useFacetsStore()
    const histogram = useHistogramStore()
    await useQueryStore().set('verb:delete')
    await vi.waitFor(() => expect(histogram.histogram).not.toBeNull(), patiently)
    expect(results.total).toBeGreaterThan(0)
    const [bars, verbs] = [histogram.histogram?.buckets ?? [], facets.counts.verb ?? []]
    expect(bars.reduce((sum, { count }) => sum + count, histogram.histogram?.untimed ?? 0)).toBe(results.total)
    expect(verbs.length).toBeGreaterThan(1)
    expect(verbs.find(({ value }) => value === 'delete')?.count).toBe(results.total)
    expect(facets.counts.service?.map(({ value }) => value)).toEqual(['onehub'])
  })

  it('is answered by numbers that say they are the least, until the exact ones come by themselves', async () => {
    const facets = useFacetsStore()
    const histogram = useHistogramStore()
    const early: (() => void)[] = []
    const exactOnes: (() => void)[] = []
    const { 'events.facets': allFacets, 'events.histogram': allBars } = transport.handlers
    if (allFacets === undefined || allBars === undefined) throw new Error('The fake lost its handlers.')
    const asked = (input: { readonly early?: boolean | undefined }) =>
      new Promise<void>((resolve) => (input.early === true ? early : exactOnes).push(resolve))
    transport.handlers['events.facets'] = async (input) => {
      await asked(input)
      return input.early === true ? { values: { verb: [{ value: 'read', label: 'read', count: 7 }] }, exact: false } : allFacets(input)
    }
    transport.handlers['events.histogram'] = async (input) => {
      await asked(input)
      return input.early === true ? { unit: input.by, buckets: [], untimed: 0, exact: false } : allBars(input)
    }
    await useQueryStore().set('')
    await vi.waitFor(() => expect(early.length).toBe(2), patiently)
    for (const answer of early.splice(0)) answer()
    await vi.waitFor(() => expect([facets.isExact, histogram.histogram?.exact]).toEqual([false, false]), patiently)
    expect(facets.counts.verb).toHaveLength(1)
    expect([facets.isStale, histogram.isStale]).toEqual([false, false])
    await vi.waitFor(() => expect(exactOnes.length).toBe(2), patiently)
    expect(early).toEqual([])
    const release = setInterval(() => exactOnes.splice(0).forEach((answer) => answer()), 5)
    await vi.waitFor(() => expect([facets.isExact, histogram.histogram?.exact]).toEqual([true, true]), patiently)
    clearInterval(release)
    expect(facets.counts.verb?.length).toBeGreaterThan(1)
  })

  it('with a problem is never run, and the results before it stay', async () => {
    const query = useQueryStore()
    const results = useResultsStore()
    await query.set('verb:delete')
    await vi.waitFor(() => expect(results.total).not.toBeNull(), patiently)
    const windows = callsOf('events.window').length
    await query.set('foo:bar')
    expect(query.problems.map(({ message }) => message)).toEqual(['`foo:` is no field.'])
    expect(query.effective?.text).toBe('verb:delete')
    expect(callsOf('events.window').length).toBe(windows)
  })

  it('with a problem in a new place leaves the place itself', async () => {
    const query = useQueryStore()
    await query.set('verb:delete')
    await query.enter('workspace:4130', 'foo:bar')
    expect(query.hasProblem).toBe(true)
    expect(query.effective?.text).toBe('workspace:4130')
    expect(query.ran.text).toBe('')
  })

  it('keeps both bounds of a range that are set in quick succession', async () => {
    const query = useQueryStore()
    await query.set('verb:delete')
    await Promise.all([query.setBound('after', '2026-01-01'), query.setBound('before', '2026-02-01')])
    expect(query.text).toBe('verb:delete after:2026-01-01 before:2026-02-01')
    await query.setBound('after', null)
    expect(query.text).toBe('verb:delete before:2026-02-01')
  })

  it('is asked at every letter, and a newer one cancels the older', async () => {
    const query = useQueryStore()
    await query.set('')
    for (const text of ['l', 'lo', 'log', 'logo']) query.type(text)
    await vi.waitFor(() => expect(query.effective?.text).toBe('logo'), patiently)
    const asked = callsOf('query.parse').slice(-4)
    expect(asked.map(({ input }) => (input as { text: string }).text)).toEqual(['l', 'lo', 'log', 'logo'])
    expect(asked.map(({ signal }) => signal?.aborted)).toEqual([true, true, true, false])
    const older = query.set('older')
    await query.set('newer')
    await older
    expect(callsOf('query.parse').find(({ input }) => (input as { text: string }).text === 'older')?.signal?.aborted).toBe(true)
    expect(query.effective?.text).toBe('newer')
  })

  it('is asked for its rows while it is still being read, and shows none where it cannot be run', async () => {
    const query = useQueryStore()
    const results = useResultsStore()
    await query.set('verb:delete')
    await vi.waitFor(() => expect(results.total).toBeGreaterThan(0), patiently)
    const { total, epoch } = results
    const parse = transport.handlers['query.parse']
    if (parse === undefined) throw new Error('The fake lost its handlers.')
    let goOn = (): void => undefined
    const held = new Promise<void>((resolve) => (goOn = resolve))
    transport.handlers['query.parse'] = async (input) => {
      await held
      return parse(input)
    }
    const asked = callsOf('events.first').length
    query.type('foo:bar')
    await vi.waitFor(() => expect(callsOf('events.first').length).toBe(asked + 1), patiently)
    goOn()
    await vi.waitFor(() => expect(query.hasProblem).toBe(true), patiently)
    await nextTick()
    expect([results.total, results.epoch, results.failure]).toEqual([total, epoch, null])
  })

  it('has its rows brought where a letter made a text that cannot be run before they came', async () => {
    const query = useQueryStore()
    const results = useResultsStore()
    await query.set('')
    await vi.waitFor(() => expect(results.total).toBe(5_000), patiently)
    const first = transport.handlers['events.first']
    if (first === undefined) throw new Error('The fake lost its handlers.')
    transport.handlers['events.first'] = () => new Promise<never>(() => undefined)
    await query.set('verb:delete')
    transport.handlers['events.first'] = first
    query.type('verb:delete foo:bar')
    await vi.waitFor(() => expect(query.hasProblem).toBe(true), patiently)
    expect(query.effective?.text).toBe('verb:delete')
    await vi.waitFor(() => expect(results.total).toBeLessThan(5_000), patiently)
    expect(results.rowAt(0)?.event.verb).toBe('delete')
  })

  it('is counted once the typing rests, and a letter stops what is being counted', async () => {
    const query = useQueryStore()
    useHistogramStore()
    useFacetsStore()
    const numbers = () => [...callsOf('events.histogram'), ...callsOf('events.facets')]
    const never = () => new Promise<never>(() => undefined)
    transport.handlers['events.histogram'] = transport.handlers['events.facets'] = never
    await query.set('logo')
    await vi.waitFor(() => expect(numbers().length).toBe(2), patiently)
    query.type('logo ')
    await vi.waitFor(() => expect(numbers().map(({ signal }) => signal?.aborted)).toEqual([true, true]), patiently)
    await vi.waitFor(() => expect(numbers().length).toBe(4), patiently)
    expect(numbers().map(({ signal }) => signal?.aborted)).toContain(false)
  })

  it('is counted again where a letter made a text that cannot be run', async () => {
    const query = useQueryStore()
    const histogram = useHistogramStore()
    transport.handlers['events.histogram'] = () => new Promise<never>(() => undefined)
    await query.set('logo')
    await vi.waitFor(() => expect(callsOf('events.histogram').length).toBe(1), patiently)
    const first = callsOf('events.histogram')[0]?.input
    query.type('foo:bar')
    await vi.waitFor(() => expect(callsOf('events.histogram').length).toBe(2), patiently)
    expect(query.hasProblem).toBe(true)
    expect(callsOf('events.histogram')[1]?.input).toEqual(first)
    expect(histogram.isStale).toBe(true)
  })

  it('in a place holds the place and what is typed', async () => {
    const query = useQueryStore()
    await query.enter('connection:c-onehub workspace:4130', 'verb:read')
    expect(query.effective?.text).toBe('connection:c-onehub workspace:4130 (verb:read)')
    expect(query.parsed.chips.map(({ field }) => field)).toEqual(['verb'])
  })

  it('is read again in another zone', async () => {
    const query = useQueryStore()
    await query.set('on:2026-10-31')
    await useSettingsStore().save({ zone: 'Europe/Berlin' })
    await vi.waitFor(() => expect(query.effective?.zone).toBe('Europe/Berlin'), patiently)
  })

  it('that fails says so in a sentence, and recovers', async () => {
    const results = useResultsStore()
    const real = transport.handlers['events.first']
    transport.handlers['events.first'] = () => {
      throw new TrailviewError('ARCHIVE_BUSY', 'The archive is busy. Try again in a moment.', { retryable: true })
    }
    await useQueryStore().set('logo')
    await vi.waitFor(() => expect(results.failure?.message).toBe('The archive is busy. Try again in a moment.'), patiently)
    if (real !== undefined) transport.handlers['events.first'] = real
    await results.restart()
    expect(results.failure).toBeNull()
    expect(results.total).toBeGreaterThan(0)
  })
})

describe('the rows', () => {
  it('of one place are no answer in another', async () => {
    const query = useQueryStore()
    const results = useResultsStore()
    await query.set('')
    await vi.waitFor(() => expect(results.total).not.toBeNull(), patiently)
    const entered = query.enter('workspace:4130', '')
    expect(results.total).toBeNull()
    await entered
    await vi.waitFor(() => expect(results.total).not.toBeNull(), patiently)
  })

  it('arrive for whatever stretch is shown', async () => {
    const results = useResultsStore()
    await useQueryStore().set('')
    await vi.waitFor(() => expect(results.total).toBe(5_000), patiently)
    results.show(4_970, 30)
    await vi.waitFor(() => expect(results.rowAt(4_999)).toBeDefined(), patiently)
    expect(results.rowAt(4_999)?.event.externalId).toBe(String(90_000_000 - 4_999))
    expect(results.rowAt(2_500)).toBeUndefined()
  })

  it('of a jump do not wait for the neighbours of the view before', async () => {
    const results = useResultsStore()
    const { 'events.window': window } = transport.handlers
    if (window === undefined) throw new Error('The fake lost its handlers.')
    let isLookingAhead = false
    transport.handlers['events.window'] = (input) => {
      if (input.first + input.count <= 60 || input.first > 1_000) return window(input)
      isLookingAhead = true
      return new Promise<never>(() => undefined)
    }
    await useQueryStore().set('')
    await vi.waitFor(() => expect(results.total).toBe(5_000), patiently)
    await vi.waitFor(() => expect(isLookingAhead).toBe(true), patiently)
    results.show(4_000, 10)
    await vi.waitFor(() => expect(results.has(4_000, 10)).toBe(true), patiently)
    // and where the view rests, its own come
    await vi.waitFor(() => expect(results.has(3_950, 110)).toBe(true), patiently)
  })

  it('keep the row on top of the view when newer events arrive above it', async () => {
    const query = useQueryStore()
    const results = useResultsStore()
    await query.set('')
    await vi.waitFor(() => expect(results.total).toBe(5_000), patiently)
    results.show(1_000, 30)
    await vi.waitFor(() => expect(results.rowAt(1_000)).toBeDefined(), patiently)
    const top = results.rowAt(1_000)?.event.id
    const { 'events.window': window, 'events.locate': locate } = transport.handlers
    if (window === undefined || locate === undefined) throw new Error('The fake lost its handlers.')
    // seven events more, all newer than the others
    transport.handlers['events.window'] = async (input) => {
      const moved = await window({ ...input, first: Math.max(0, input.first - 7) })
      return { ...moved, first: input.first, total: moved.total + 7, version: 2 }
    }
    transport.handlers['events.locate'] = async (input) => {
      const { row } = await locate(input)
      return { row: row === null ? null : row + 7 }
    }
    transport.push({ name: 'events.changed', payload: { added: 7, changed: 0 } })
    await vi.waitFor(() => expect(results.total).toBe(5_007), patiently)
    expect(results.shift.rows).toBe(7)
    expect(results.rowAt(1_007)?.event.id).toBe(top)
  })

  it('are shown before all of them are counted, and reach as far as they have come', async () => {
    const results = useResultsStore()
    const { 'events.first': first, 'events.count': count } = transport.handlers
    if (first === undefined || count === undefined) throw new Error('The fake lost its handlers.')
    let counted = (): void => undefined
    const counting = new Promise<void>((resolve) => (counted = resolve))
    transport.handlers['events.first'] = async (input) => ({ ...(await first(input)), total: null })
    transport.handlers['events.count'] = async (input) => {
      await counting
      return count(input)
    }
    await useQueryStore().set('')
    await vi.waitFor(() => expect(results.rowAt(0)).toBeDefined(), patiently)
    expect([results.total, results.reach]).toEqual([null, 10])
    counted()
    await vi.waitFor(() => expect([results.total, results.reach]).toEqual([5_000, 5_000]), patiently)
    results.show(4_000, 20)
    await vi.waitFor(() => expect(results.has(4_000, 20)).toBe(true), patiently)
  })

  it('that a query has in common with the one before stay the same objects, so that they are not drawn anew', async () => {
    const query = useQueryStore()
    const results = useResultsStore()
    await query.set('verb:delete')
    await vi.waitFor(() => expect(results.total).toBeGreaterThan(0), patiently)
    const [{ epoch }, row] = [results, results.rowAt(0)]
    await query.set('verb:delete service:onehub')
    await vi.waitFor(() => expect(results.epoch).toBeGreaterThan(epoch), patiently)
    expect(results.rowAt(0)).toBe(row)
  })

  it('of another version replace all that came before', async () => {
    const results = useResultsStore()
    await useQueryStore().set('')
    await vi.waitFor(() => expect(results.total).toBe(5_000), patiently)
    const epoch = results.epoch
    const window = transport.handlers['events.window']
    if (window === undefined) throw new Error('The fake lost its handlers.')
    transport.handlers['events.window'] = async (input) => ({ ...(await window(input)), version: 9 })
    results.show(3_000, 20)
    await vi.waitFor(() => expect(results.epoch).toBeGreaterThan(epoch), patiently)
  })
})

describe('the selection', () => {
  it('keeps its event while its place in another result is looked for', async () => {
    const query = useQueryStore()
    const results = useResultsStore()
    const selection = useSelectionStore()
    await query.set('')
    await vi.waitFor(() => expect(results.total).toBe(5_000), patiently)
    selection.selectRow(3)
    const chosen = selection.event?.event.id
    transport.handlers['events.locate'] = () => new Promise<never>(() => undefined)
    const { epoch } = results
    await query.set('verb:delete')
    await vi.waitFor(() => expect(results.epoch).toBeGreaterThan(epoch), patiently)
    expect(results.rowAt(3)?.event.id).not.toBe(chosen)
    expect(selection.event?.event.id).toBe(chosen)
  })

  it('follows a jump to a row that has not arrived yet', async () => {
    const results = useResultsStore()
    const selection = useSelectionStore()
    await useQueryStore().set('')
    await vi.waitFor(() => expect(results.total).toBe(5_000), patiently)
    selection.selectRow(Infinity)
    expect([selection.row, selection.id]).toEqual([4_999, null])
    results.show(4_980, 20)
    await vi.waitFor(() => expect(selection.id).not.toBeNull(), patiently)
    expect(selection.id).toBe(results.rowAt(4_999)?.event.id)
  })

  it('stays with its event when another query moves it', async () => {
    const results = useResultsStore()
    const selection = useSelectionStore()
    await useQueryStore().set('')
    await vi.waitFor(() => expect(results.rowAt(50)).toBeDefined(), patiently)
    selection.selectRow(50)
    const { id } = selection
    const verb = results.rowAt(50)?.event.verb ?? ''
    await useQueryStore().set(`verb:${verb}`)
    await vi.waitFor(() => expect(selection.row).not.toBe(50), patiently)
    expect(selection.id).toBe(id)
    expect(selection.row !== null && results.rowAt(selection.row)?.event.id).toBe(id)
  })

  it('shows the event, its payload and what happened around it', async () => {
    const detail = useDetailStore()
    await useQueryStore().set('')
    await useSelectionStore().selectId('e7')
    await vi.waitFor(() => expect(detail.payload?.revision).toBe(2), patiently)
    expect(detail.detail?.event.externalId).toBe('89999993')
    expect(detail.payload?.text).toContain('8999999300000000000')
    expect(detail.around?.sameActor.length).toBeGreaterThan(0)
    await detail.loadPayload(1)
    expect(detail.payload?.text).toContain('"version":1')
  })

  it('shows a mark as soon as it is kept', async () => {
    const detail = useDetailStore()
    await useQueryStore().set('')
    await useSelectionStore().selectId('e7')
    await vi.waitFor(() => expect(detail.detail).not.toBeNull(), patiently)
    await useReviewStore().mark('e7', 'follow-up')
    await vi.waitFor(() => expect(detail.detail?.marks.reviewStatus).toBe('follow-up'), patiently)
  })
})

describe('an empty result', () => {
  it('says which condition hides how many events', async () => {
    const blockers = useBlockersStore()
    await useQueryStore().set('verb:delete service:lytics')
    await vi.waitFor(() => expect(blockers.blockers.length).toBe(2), patiently)
    const [first] = blockers.blockers
    expect([first?.term, first?.without]).toEqual(['verb:delete', 'service:lytics'])
    expect(useResultsStore().total).toBe(0)
    await useQueryStore().set(first?.without ?? '')
    await vi.waitFor(() => expect(useResultsStore().total).toBe(first?.total), patiently)
  })
})

describe('facets', () => {
  it('count a field without its own choice, so that more values can be added', async () => {
    const facets = useFacetsStore()
    const query = useQueryStore()
    await query.set('')
    await vi.waitFor(() => expect(facets.counts.verb).toBeDefined(), patiently)
    const all = facets.counts.verb
    await query.toggle('verb', 'delete', false)
    expect(query.text).toBe('verb:delete')
    await vi.waitFor(() => expect(facets.counts.service?.length).toBe(1), patiently)
    expect(facets.counts.verb).toEqual(all)
    await query.toggle('verb', 'read', false)
    expect(query.text).toBe('verb:delete,read')
    expect(query.stateOf('verb', 'READ')).toBe('included')
  })
})

describe('the histogram', () => {
  it('chooses a unit that fits what was found', async () => {
    const histogram = useHistogramStore()
    await useQueryStore().set('')
    await vi.waitFor(() => expect(histogram.histogram?.unit).toBe('hour'), patiently)
    await histogram.setUnit('month')
    expect(histogram.histogram?.unit).toBe('month')
  })
})

describe('collection', () => {
  it('shows a run while it lasts, and asks for the state when it ends', async () => {
    const collection = useCollectionStore()
    const connections = useConnectionsStore()
    await connections.load()
    const counts = { added: 10, changed: 0, unchanged: 0, late: 0, gone: 0, unmapped: 0, pages: 1, requests: 2 }
    transport.push({
      name: 'collection.progressed',
      payload: {
        ...counts,
        connection: 'c-onehub',
        runId: 'r1',
        activity: 'Collecting 2024-03',
        eventsPerSecond: 5,
        remainingMs: null,
        share: null,
      },
    })
    expect(collection.progress.get('c-onehub')?.activity).toBe('Collecting 2024-03')
    const asked = callsOf('connections.status').length
    transport.push({
      name: 'collection.finished',
      payload: {
        ...counts,
        id: 'r1',
        connection: 'c-onehub',
        status: 'done',
        startedAt: '2026-01-01T00:00:00.000Z',
        endedAt: null,
        coverage: null,
        error: null,
      },
    })
    expect(collection.progress.size).toBe(0)
    await vi.waitFor(() => expect(callsOf('connections.status').length).toBeGreaterThan(asked), patiently)
  })
})

describe('exports', () => {
  it('that finish before their start is answered are shown as finished', async () => {
    const exports = useExportsStore()
    await exports.start({ text: '', zone: 'UTC' }, 'csv', null, false)
    expect(exports.jobs.map(({ status, rows }) => [status, rows])).toEqual([['done', 5_000]])
  })
})

describe('the check of a package', () => {
  it('says what the last one that was asked for is, whatever becomes of those before it', async () => {
    const check = usePackageCheckStore()
    const first = check.verify('/a/damaged.zip')
    const second = check.verify('/a/sound.zip')
    expect(check.isVerifying).toBe(true)
    await Promise.all([first, second])
    expect(callsOf('exports.verify').map(({ signal }) => signal?.aborted)).toEqual([true, false])
    expect([check.isVerifying, check.path, check.report?.isSound, check.failure]).toEqual([false, '/a/sound.zip', true, null])
    await check.verify('/a/damaged.zip')
    expect(check.report).toMatchObject({ isSound: false, findings: [expect.any(String)] })
  })

  it('that is stopped is no failure', async () => {
    const check = usePackageCheckStore()
    const verifying = check.verify('/a/sound.zip')
    check.stop()
    await verifying
    expect([check.isVerifying, check.report, check.failure]).toEqual([false, null, null])
  })
})

describe('settings', () => {
  it('that cannot be kept are undone and said', async () => {
    const settings = useSettingsStore()
    transport.handlers['settings.save'] = () => {
      throw new TrailviewError('ARCHIVE_READ_ONLY', 'The archive is read-only, so nothing was kept.')
    }
    const saving = settings.save({ theme: 'dark' })
    expect(settings.theme).toBe('dark')
    await saving
    expect(settings.settings.theme).toBe('system')
    expect(settings.failure?.code).toBe('ARCHIVE_READ_ONLY')
  })

  it('with a zone nobody knows fall back to UTC', async () => {
    const settings = useSettingsStore()
    await settings.save({ zone: 'Mars/Olympus' })
    expect(settings.zone).toBe('UTC')
  })
})

describe('the lists', () => {
  it('are searched, and reach any position', async () => {
    const timelines = useTimelinesStore()
    timelines.open('users', '', null)
    await vi.waitFor(() => expect(timelines.total).toBeGreaterThan(10), patiently)
    timelines.open('users', 'matthew', null)
    await vi.waitFor(() => expect(timelines.total).toBe(4), patiently)
    expect(timelines.entryAt(0)?.name).toBe('Matthew Anderson')
  })
})

describe('a locked archive', () => {
  it('opens with its passphrase and says so when it is wrong', async () => {
    transport = freshApp({ archive: { state: 'needs-passphrase', sentence: 'No keychain answered.' } })
    const app = useAppStore()
    await app.load()
    expect(app.isOpen).toBe(false)
    await expect(app.unlock('wrong passphrase')).rejects.toThrow('The passphrase does not open this archive. Try again.')
    await app.unlock('correct horse')
    await nextTick()
    expect(app.isOpen).toBe(true)
  })
})

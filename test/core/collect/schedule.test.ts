import { describe, expect, it } from 'vitest'
import type { RunError } from '../../../src-main/contract/model/collection.ts'
import { dueMs, standstillAfter, type Standstill } from '../../../src-main/core/collect/schedule.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const minute = 60_000
const failed = (code: string, retryAt: string | null = null): { error: RunError } => ({
  error: { code, message: 'A sentence.', isRetryable: true, retryAt },
})

describe('after a run', () => {
  it('that ended well, nothing stands in the way', () => {
    expect(standstillAfter({ error: null }, { kind: 'paused', sentence: '' }, now)).toBeNull()
    expect(standstillAfter(failed('SERVICE_UNAVAILABLE'), null, now)).toBeNull()
  })

  it('that the credential ended, the connection pauses', () => {
    for (const code of ['SERVICE_UNAUTHORIZED', 'CREDENTIAL_MISSING']) {
      expect(standstillAfter(failed(code), null, now)).toEqual({ kind: 'paused', sentence: 'A sentence.' })
    }
  })

  it('without a network, the pause before the next look grows to a quarter of an hour', () => {
    let standstill: Standstill | null = null
    const waits: number[] = []
    for (let i = 0; i < 6; i++) {
      standstill = standstillAfter(failed('SERVICE_UNREACHABLE'), standstill, now)
      waits.push(((dueMs({ intervalMinutes: null, createdAt: '' }, null, standstill) ?? 0) - now) / minute)
    }
    expect(waits).toEqual([1, 2, 4, 8, 15, 15])
  })

  it('that the service ended with a time to come back, it waits until then', () => {
    const retryAt = '2026-03-01T13:00:00.000Z'
    expect(standstillAfter(failed('SERVICE_RATE_LIMITED', retryAt), null, now)).toMatchObject({
      kind: 'waiting',
      retryMs: Date.parse(retryAt),
    })
  })
})

describe('the next run', () => {
  const connection = { intervalMinutes: 30, createdAt: '2026-03-01T11:45:00.000Z' }

  it('is an interval after the last one began, or after the connection was made', () => {
    expect(dueMs(connection, '2026-03-01T12:00:00.000Z', null)).toBe(now + 30 * minute)
    expect(dueMs(connection, null, null)).toBe(now + 15 * minute)
  })

  it('is none while off or paused', () => {
    expect(dueMs({ ...connection, intervalMinutes: null }, null, null)).toBeNull()
    expect(dueMs(connection, null, { kind: 'paused', sentence: '' })).toBeNull()
  })
})

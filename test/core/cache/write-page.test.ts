import { describe, expect, it } from 'vitest'
import { restoreSummary } from '../../../src-main/core/cache/summary.ts'
import { unpackBlock, type StoredBlock } from '../../../src-main/core/cache/blocks.ts'
import { commit, page, record, testArchive } from './archive-fixture.ts'

describe('writing a page', () => {
  it('adds each record once and keeps its bytes', () => {
    const { db, writer } = testArchive()
    const first = commit(writer, page([record(), record({ externalId: 'e2' }), record()]))
    expect(first).toEqual({ added: 2, changed: 0, unchanged: 1, late: 0, gone: 0, unmapped: 0 })
    const again = commit(writer, page([record()], { runId: 'r2' }))
    expect(again).toEqual({ added: 0, changed: 0, unchanged: 1, late: 0, gone: 0, unmapped: 0 })
    const rows = db.prepare<[], { block: number; slot: number; external_id: string }>('SELECT block, slot, external_id FROM event').all()
    const payloads = rows.map(({ block, slot }) => {
      const stored = db.prepare<[number], StoredBlock>('SELECT codec, lengths, data FROM block WHERE num = ?').get(block)
      return stored ? Buffer.from(unpackBlock(stored)[slot] ?? []).toString() : null
    })
    expect(payloads).toEqual([record(), record({ externalId: 'e2' })].map(({ payload }) => Buffer.from(payload).toString()))
    const template = db.prepare<[], string>('SELECT text FROM template').pluck().get() ?? ''
    expect(template).toBe('\u0001 viewed \u0002 in \u0003')
    expect(restoreSummary(template, 'Ada Lovelace', 'plan.pdf', 'Engines')).toBe('Ada Lovelace viewed plan.pdf in Engines')
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Database } from '../../../src-main/core/cache/driver.ts'
import { entryKeys } from '../../../src-main/core/cache/entry-keys.ts'
import { identityKeys } from '../../../src-main/core/cache/identity.ts'
import { openForWriting } from '../../../src-main/core/cache/open.ts'
import { openKeyIndex, type KeyIndex } from '../../../src-main/core/cache/write/key-index.ts'
import { sha256 } from '../../../src-main/core/lib/sha256.ts'
import { keyHex, testArchive } from './archive-fixture.ts'

type Step =
  | { readonly kind: 'add'; readonly writer: 0 | 1; readonly count: number }
  | { readonly kind: 'undone'; readonly writer: 0 | 1; readonly count: number }
  | { readonly kind: 'purge'; readonly writer: 0 | 1; readonly share: number; readonly isNewest: boolean }
  | { readonly kind: 'reopen'; readonly writer: 0 | 1 }
  | { readonly kind: 'rest'; readonly writer: 0 | 1 }

const writer = fc.constantFrom(0 as const, 1 as const)
const count = fc.oneof({ weight: 15, arbitrary: fc.integer({ min: 0, max: 12 }) }, { weight: 1, arbitrary: fc.constant(40) })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), writer, count }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undone' as const), writer, count }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('purge' as const),
      writer,
      share: fc.constantFrom(0.1, 0.2, 0.4, 1),
      isNewest: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('reopen' as const, 'rest' as const), writer }) },
)

interface Side {
  readonly db: Database
  readonly state: { epoch: number }
  index: KeyIndex
}

describe.each([identityKeys, entryKeys])('keys of $tree', (set) => {
  const keyOf = (num: number): Buffer => sha256(`key ${num}`).subarray(0, set.keyBytes)

  it('are found by two writers whatever was merged, undone, purged and opened anew between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const { db, home } = testArchive()
        const second = openForWriting(home, keyHex)
        try {
          const sides = [db, second].map((each): Side => {
            const state = { epoch: 0 }
            return { db: each, state, index: openKeyIndex(each, set, state, 16) }
          })
          const known = new Set<number>()
          let last = 0
          let epoch = 0
          const claim = ({ index }: Side, keys: number): void => {
            for (let at = 0; at < keys; at++) index.claim(keyOf(++last), last)
            index.merge()
          }
          for (const { writer: at, ...step } of steps) {
            const side = sides[at] as Side
            side.db.exec('BEGIN IMMEDIATE')
            side.state.epoch = epoch
            side.index.refresh()
            const first = last + 1
            switch (step.kind) {
              case 'add':
                claim(side, step.count)
                for (let num = first; num <= last; num++) known.add(num)
                break
              case 'undone':
                claim(side, step.count)
                side.db.exec('ROLLBACK; BEGIN IMMEDIATE')
                side.index.forget()
                break
              case 'purge': {
                const all = [...known].toSorted((a, b) => (step.isNewest ? b - a : a - b))
                const gone = JSON.stringify(all.slice(0, Math.floor(all.length * step.share)))
                for (const table of [set.tree, `${set.tree}_recent`]) {
                  side.db.prepare<[string]>(`DELETE FROM ${table} WHERE ${set.column} IN (SELECT value FROM json_each(?))`).run(gone)
                }
                for (const num of JSON.parse(gone) as readonly number[]) known.delete(num)
                side.state.epoch = ++epoch
                side.index.forget()
                break
              }
              case 'reopen':
                side.index = openKeyIndex(side.db, set, side.state, 16)
                break
              case 'rest':
                side.index.forget()
                break
            }
            for (let num = 1; num <= last + 1; num++) expect(side.index.find(keyOf(num))).toBe(known.has(num) ? num : null)
            side.db.exec('COMMIT')
          }
        } finally {
          second.close()
        }
      }),
      { numRuns: 25 },
    )
  })
})

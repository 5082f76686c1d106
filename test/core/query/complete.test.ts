import { describe, expect, it } from 'vitest'
import { completeQuery } from '../../../src-main/core/query/complete.ts'
import { parseQuery } from '../../../src-main/core/query/parse.ts'

const values: Readonly<Record<string, readonly string[]>> = { actor: ['Zoe Miller', 'Zoe "Zed" Young', 'Ann'], verb: ['read'] }
const lookup = (field: string, text: string, limit: number) =>
  Promise.resolve(
    (values[field] ?? [])
      .filter((value) => value.toLowerCase().includes(text))
      .slice(0, limit)
      .map((value) => ({ insert: value, label: value, count: 3 })),
  )

/** Completes at `|` and returns the whole texts that result. */
async function results(marked: string): Promise<readonly string[]> {
  const caret = marked.indexOf('|')
  const text = marked.replace('|', '')
  return (await completeQuery(text, caret, lookup)).map(({ start, end, insert }) => text.slice(0, start) + insert + text.slice(end))
}

describe('completion', () => {
  it.each([
    ['x wor|', ['x workspace:']],
    ['us|', ['actor:']],
    ['-acti|', ['-action:']],
    ['a (ser|', ['a (service:']],
    ['a OR fi|', ['a OR file:']],
    ['a NO|', ['a NOT ']],
    ['a OR|', []],
    ['verb:sign|', ['verb:sign-in', 'verb:sign-out']],
    ['verb:read,dele| x', ['verb:read,delete x']],
    ['has:la|', ['has:late']],
    ['status:fo|', ['status:follow-up']],
    ['actor:mill| verb:read', ['actor:"Zoe Miller" verb:read']],
    ['actor:"zoe m|', ['actor:"Zoe Miller"']],
    ['by:young|', ['by:"Zoe *Zed* Young"']],
    ['wor|:Legal', ['workspace:Legal']],
    ['"wor|', []],
    ['foo:x|', []],
  ])('%s', async (marked, expected) => {
    expect(await results(marked)).toEqual(expected)
  })

  it('offers every field where nothing is written yet, and values with their counts', async () => {
    expect((await completeQuery('a ', 2, lookup)).map(({ insert }) => insert)).toContain('workspace:')
    expect((await completeQuery('verb:', 5, lookup)).find(({ insert }) => insert === 'read')).toMatchObject({ kind: 'value', count: 3 })
  })

  it('offers only what parses', async () => {
    for (const field of ['actor', 'verb', 'service', 'outcome', 'status', 'has', 'last']) {
      for (const text of await results(`${field}:|`)) expect(parseQuery(text, { zone: 'UTC', nowMs: 1e12 }).problems).toEqual([])
    }
  })
})

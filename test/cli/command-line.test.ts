import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readCommandLine } from '../../src-main/cli/command-line.ts'
import { createOutput } from '../../src-main/cli/output.ts'
import { UsageError } from '../../src-main/cli/usage.ts'
import { visible } from '../../src-main/cli/visible.ts'

describe('the command line taken apart', () => {
  it('takes options anywhere, and none behind --', () => {
    const line = readCommandLine(['--json', 'events', 'verb:read', '--limit', '5', '--', '-service:onehub', '--oldest'])
    expect(line.command).toBe('events')
    expect(line.words).toEqual(['verb:read', '-service:onehub', '--oldest'])
    expect(line.flag('json')).toBe(true)
    expect(line.flag('oldest')).toBe(false)
    expect(line.number('limit', 0, 100)).toBe(5)
  })

  it('takes an option that stands before its command', () => {
    expect(readCommandLine(['--limit', '7', 'events']).number('limit', 0, 100)).toBe(7)
  })

  it.each([[['nothing']], [['events', '--purge']], [['events', '--limit']], [['events', '-service:onehub']], [['count', '--limit', '5']]])(
    'refuses %j',
    (argv) => {
      expect(() => readCommandLine(argv)).toThrow(UsageError)
    },
  )

  it('says what is wrong in one sentence', () => {
    expect(() => readCommandLine(['events', '--limit', '-1'])).toThrow(/^[^\n]+ambiguous\. A query[^\n]+$/)
  })

  it.each(['x', '-1', '1.5', '1e99', ''])('refuses --limit %j', (limit) => {
    expect(() => readCommandLine(['events', `--limit=${limit}`]).number('limit', 0, 100)).toThrow(UsageError)
  })
})

describe('an error', () => {
  it('of several lines is several lines, each without control characters', () => {
    let written = ''
    const stderr = new Writable({ write: (chunk, _encoding, done) => done(void (written += String(chunk))) })
    createOutput(true, stderr, stderr, new AbortController().signal).error({ code: 'CALL_INVALID', message: 'one\n  two\u001b[2J' })
    expect(written).toBe(`one\n  two␛[2J\n${JSON.stringify({ error: { code: 'CALL_INVALID', message: 'one\n  two\u001b[2J' } })}\n`)
  })
})

describe('a reader that takes no more', () => {
  it('is waited for until an interrupt', async () => {
    const stuck = new Writable({ highWaterMark: 1, write: () => undefined })
    const interrupt = new AbortController()
    const waiting = createOutput(false, stuck, stuck, interrupt.signal).line('a line')
    interrupt.abort(new UsageError('interrupted'))
    await expect(waiting).rejects.toThrow(UsageError)
    await createOutput(false, stuck, stuck, interrupt.signal).line('what is said afterwards')
  })
})

describe('text from a service on a terminal', () => {
  it('cannot move the cursor, hide, or turn text around', () => {
    const hostile = 'a\u001b[2Jb\u0007\u009b1m\u202egnp.exe\u2066\r\n\tc\u007f\u061c\u200b\u2060'
    const shown = visible(hostile)
    expect(shown).toBe('a␛[2Jb␇\\u009b1m\\u202egnp.exe\\u2066␍␊␉c␡\\u061c\\u200b\\u2060')
  })

  it('leaves every script as it is', () => {
    const text = 'Žluťoučký 監査ログ سجل 🗂️'
    expect(visible(text)).toBe(text)
  })
})

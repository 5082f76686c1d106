import { execFileSync } from 'node:child_process'
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TrailviewError } from '../../../src-main/contract/errors.ts'
import { openDatabase } from '../../../src-main/core/cache/driver.ts'
import { archivePath } from '../../../src-main/core/cache/files.ts'
import { openForWriting } from '../../../src-main/core/cache/open.ts'
import { openWriter } from '../../../src-main/core/cache/write/writer.ts'
import { verifyArchive } from '../../../src-main/core/ledger/verify-archive.ts'
import { commit, connection, keyHex, page, record, temporaryHome } from './archive-fixture.ts'
import { readBack } from './read-back.ts'

const records = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => record({ externalId: `e${from + at}`, summary: `secret-word ${from + at}` }))

/** An archive with events, closed again. */
function filledHome(): string {
  const home = temporaryHome()
  const db = openForWriting(home, keyHex)
  const writer = openWriter(db, archivePath(home))
  writer.saveConnection(connection)
  for (let at = 0; at < 6; at++) commit(writer, page(records(at * 200, 200)))
  db.close()
  return home
}

function failureOf(body: () => unknown): TrailviewError {
  try {
    body()
  } catch (error) {
    if (error instanceof TrailviewError) return error
    throw error
  }
  throw new Error('nothing failed')
}

function flipBit(path: string, at: number): void {
  const file = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, at)
  byte[0] = (byte[0] ?? 0) ^ 4
  writeSync(file, byte, 0, 1, at)
  closeSync(file)
}

describe('opening an archive', () => {
  it('finds what was stored, and nothing of it readable in the files', () => {
    const home = filledHome()
    const bytes = readFileSync(archivePath(home))
    expect(bytes.includes('secret-word')).toBe(false)
    expect(bytes.includes('Lovelace')).toBe(false)
    const db = openForWriting(home, keyHex)
    expect(readBack(db)).toHaveLength(1200)
    commit(openWriter(db, archivePath(home)), page(records(5000, 5)))
    expect(readFileSync(`${archivePath(home)}-wal`).includes('secret-word')).toBe(false)
    db.close()
  })

  it('says so when the key is another one', () => {
    const error = failureOf(() => openForWriting(filledHome(), '00'.repeat(32)))
    expect(error.code).toBe('ARCHIVE_WRONG_KEY')
    expect(error.message).toMatch(/key belongs to another archive/)
    expect(error.message).not.toContain('000000')
  })

  it('says so when the file is something else', () => {
    const home = temporaryHome()
    writeFileSync(archivePath(home), Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8192, 7)]))
    expect(failureOf(() => openForWriting(home, keyHex))).toMatchObject({ code: 'ARCHIVE_DAMAGED' })
  })

  it('refuses an archive of a newer version and leaves it alone', () => {
    const home = filledHome()
    const db = openDatabase({ home, keyHex, role: 'writer' })
    db.pragma('user_version = 99990')
    db.close()
    const before = readFileSync(archivePath(home))
    const error = failureOf(() => openForWriting(home, keyHex))
    expect(error.code).toBe('ARCHIVE_NEWER')
    expect(error.message).toMatch(/schema 99990.*Update Trailview/)
    expect(readFileSync(archivePath(home)).equals(before)).toBe(true)
  })

  it('notices a ledger whose end does not fit', () => {
    const home = filledHome()
    const db = openDatabase({ home, keyHex, role: 'writer' })
    db.exec("UPDATE ledger SET json = '{}' WHERE num = (SELECT max(num) FROM ledger)")
    db.close()
    expect(failureOf(() => openForWriting(home, keyHex))).toMatchObject({ code: 'ARCHIVE_DAMAGED' })
  })

  it('refuses a folder that cannot be written', (context) => {
    const home = temporaryHome()
    const mount = join(home, 'mount')
    mkdirSync(mount)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=1m', 'tmpfs', mount], { stdio: 'ignore' })
    } catch {
      context.skip('mounting a file system needs root')
    }
    onTestFinished(() => void execFileSync('umount', [mount]))
    expect(failureOf(() => openForWriting(mount, keyHex))).toMatchObject({ code: 'ARCHIVE_READ_ONLY' })
  })
})

describe('a full disk', () => {
  it('refuses the page, keeps everything before it, and goes on once there is room', () => {
    const home = filledHome()
    const db = openForWriting(home, keyHex)
    onTestFinished(() => void db.close())
    const writer = openWriter(db, archivePath(home))
    const pages = Number(db.pragma('page_count', { simple: true }))
    db.pragma(`max_page_count = ${pages + 2}`)
    const error = failureOf(() => commit(writer, page(records(2000, 3000))))
    expect(error).toMatchObject({ code: 'DISK_FULL', retryable: true })
    expect(readBack(db)).toHaveLength(1200)
    expect(verifyArchive(db, archivePath(home), () => {}).findings).toEqual([])
    db.pragma('max_page_count = 1000000')
    expect(commit(writer, page(records(2000, 3000)))).toMatchObject({ added: 3000 })
    expect(verifyArchive(db, archivePath(home), () => {}).findings).toEqual([])
  })
})

/** What verifying finds; a schema that cannot be read is found when the archive is opened. */
function findingsOf(home: string): readonly string[] {
  try {
    const db = openDatabase({ home, keyHex, role: 'reader' })
    try {
      return verifyArchive(db, archivePath(home), () => {}).findings
    } finally {
      db.close()
    }
  } catch (error) {
    if (error instanceof TrailviewError && error.code === 'ARCHIVE_DAMAGED') return [error.message]
    throw error
  }
}

describe('verifying', () => {
  it('finds a flipped bit wherever it is', () => {
    const home = filledHome()
    const sizeBytes = statSync(archivePath(home)).size
    const places = [3, 18, ...Array.from({ length: 12 }, (_, at) => 4096 + Math.floor(((sizeBytes - 4096) * (at + 0.37)) / 12))]
    for (const place of places) {
      const copy = temporaryHome()
      copyFileSync(archivePath(home), archivePath(copy))
      flipBit(archivePath(copy), place)
      const findings = findingsOf(copy)
      expect(findings.length, `bit at ${place} of ${sizeBytes}`).toBeGreaterThan(0)
      expect(findings[0]).toMatch(/\.$/)
    }
  })

  it('reports what it has read, and its progress', () => {
    const home = filledHome()
    const db = openDatabase({ home, keyHex, role: 'reader' })
    onTestFinished(() => void db.close())
    const steps: (readonly [number, number])[] = []
    const report = verifyArchive(db, archivePath(home), (done, total) => steps.push([done, total]))
    expect(report).toEqual({ isSound: true, findings: [], events: 1200, pages: statSync(archivePath(home)).size / 4096, ledgerEntries: 7 })
    expect(steps.at(-1)?.[0]).toBe(steps.at(-1)?.[1])
    expect(steps.every(([done], at) => done >= (steps[at - 1]?.[0] ?? 0))).toBe(true)
  })

  it('stops when its progress is not wanted any more', () => {
    const home = filledHome()
    const db = openDatabase({ home, keyHex, role: 'reader' })
    onTestFinished(() => void db.close())
    const stop = (): never => {
      throw new Error('cancelled')
    }
    expect(() => verifyArchive(db, archivePath(home), stop)).toThrow('cancelled')
    expect(db.inTransaction).toBe(false)
  })

  const tamperings: readonly (readonly [what: string, sql: string, finding: RegExp])[] = [
    ['a payload exchanged', 'UPDATE block SET data = (SELECT data FROM block WHERE num = 2) WHERE num = 1', /payload of event/],
    ['an event removed', 'DELETE FROM event WHERE seq = 7', /Page 1 stored 200 payloads/],
    ['a hash rewritten', 'UPDATE event SET hash = zeroblob(32) WHERE seq = 7', /differs from entry/],
    ['an id lost', 'DELETE FROM identity_recent WHERE seq = 7', /not found under its id/],
    ['the key of a name lost', 'DELETE FROM entry_key_recent WHERE num = 3', /not found under its key/],
    ['a name rewritten', "UPDATE subject SET name = 'other.pdf' WHERE num = 1", /Row 1 of subject is not found under its key/],
    ['the key of a name left behind', 'INSERT INTO entry_key VALUES (randomblob(16), 800001)', /1 keys lead to rows of actor/],
    ['an external id rewritten', "UPDATE event SET external_id = 'x' WHERE seq = 7", /not found under its id/],
    [
      'a ledger entry rewritten',
      "UPDATE ledger SET json = replace(json, 'added', 'addee') WHERE num = 3",
      /Entry 3 of the ledger was altered/,
    ],
    ['a ledger entry removed', 'DELETE FROM ledger WHERE num = 3', /goes from entry 2 to 4/],
    ['the end of the ledger cut off', 'DELETE FROM ledger WHERE num > 5', /pages of the archive are not in the ledger/],
    ['an actor removed', 'DELETE FROM actor', /name an actor that is not there/],
    ['a mark left behind', 'INSERT INTO mark (seq) VALUES (99999)', /marks belong to no event/],
  ]
  it.each(tamperings)('finds %s by someone who has the key', (_what, sql, finding) => {
    const home = filledHome()
    const db = openDatabase({ home, keyHex, role: 'writer' })
    onTestFinished(() => void db.close())
    db.exec(sql)
    const { findings } = verifyArchive(db, archivePath(home), () => {})
    expect(
      findings.some((sentence) => finding.test(sentence)),
      findings.join('\n'),
    ).toBe(true)
  })
})

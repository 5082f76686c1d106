import { spawnSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PageRecord } from '../../../src-main/core/cache/archive.ts'
import { openDatabase, type Database } from '../../../src-main/core/cache/driver.ts'
import { Engine } from '../../../src-main/core/cache/engine/engine.ts'
import { archivePath } from '../../../src-main/core/cache/files.ts'
import { migrate } from '../../../src-main/core/cache/migrate.ts'
import { migrations } from '../../../src-main/core/cache/migrations/index.ts'
import { openForWriting } from '../../../src-main/core/cache/open.ts'
import { openWriter } from '../../../src-main/core/cache/write/writer.ts'
import { verifyArchive } from '../../../src-main/core/ledger/verify-archive.ts'
import { parseQuery } from '../../../src-main/core/query/parse.ts'
import { commit, keyHex, page, record, temporaryHome } from './archive-fixture.ts'
import { readBack } from './read-back.ts'

const partRows = 50

/** A home with a copy of the archive of the first schema. */
function homeOfSchema10(): string {
  const home = temporaryHome()
  copyFileSync(new URL('./schema-10/archive.trailview', import.meta.url), archivePath(home))
  return home
}

function withReader<Result>(home: string, body: (db: Database) => Result): Result {
  const db = openDatabase({ home, keyHex, role: 'reader' })
  try {
    return body(db)
  } finally {
    db.close()
  }
}

/** Kills the migration before a statement; 0: never. Returns the number of statements if it got through. */
function runMigration(home: string, killAt: number): number | null {
  const script = new URL('./processes/migrate.ts', import.meta.url).pathname
  const { signal, stdout, stderr } = spawnSync(process.execPath, [script, home, keyHex, String(partRows), String(killAt)], {
    encoding: 'utf8',
  })
  if (signal === 'SIGKILL') return null
  if (!/^\d+\n$/.test(stdout)) throw new Error(stderr)
  return Number(stdout)
}

const queries = ['', 'verb:delete', '"plan 7.pdf"', 'Ångström', 'workspace:w3 NOT outcome:failure', 'Hopper touched', 'tag:later', 'for 50']

/** What the engine answers, from a file of whatever schema. */
async function answers(home: string): Promise<readonly unknown[]> {
  const db = openDatabase({ home, keyHex, role: 'reader' })
  try {
    const engine = await Engine.load(db, () => {})
    const never = new AbortController().signal
    return await Promise.all(
      queries.map(async (text) => {
        const query = { tree: parseQuery(text, { zone: 'UTC', nowMs: 0 }).tree, zone: 'UTC' }
        const { events } = await engine.page(query, 'newest', null, 1000, never)
        return { text, events, facets: await engine.facets(query, ['actor', 'object', 'workspace', 'action'], 20, never) }
      }),
    )
  } finally {
    db.close()
  }
}

const findings = (home: string): readonly string[] => withReader(home, (db) => verifyArchive(db, archivePath(home), () => {}).findings)
const schemaOf = (home: string): unknown => withReader(home, (db) => db.pragma('user_version', { simple: true }))

/** Records that came before and one that is new, through the writer as it is now. */
function collectAgain(home: string): void {
  const db = openForWriting(home, keyHex)
  try {
    const writer = openWriter(db, archivePath(home), { generationSize: 64 })
    const known = readBack(db).filter(({ mapped }) => mapped !== null)
    const subjects = (): number => db.prepare<[], number>('SELECT count(*) FROM subject').pluck().get() ?? 0
    const before = subjects()
    const ofC1 = known.filter(({ externalId }) => externalId.startsWith('c1-'))
    const records = ofC1.map(({ mapped, payloads }): PageRecord => {
      return { payload: Buffer.from(payloads.at(-1) ?? ''), event: mapped, unmappedReason: null, externalId: null }
    })
    expect(commit(writer, page(records))).toMatchObject({ added: 0, changed: 0, unchanged: ofC1.length })
    // Other payloads are mapped anew, so every name is looked up: none of them may come twice.
    const changed = records.map((one) => ({ ...one, payload: Buffer.concat([one.payload, Buffer.from(' ')]) }))
    expect(commit(writer, page(changed, { runId: 'again' }))).toMatchObject({ added: 0, changed: ofC1.length })
    expect(subjects()).toBe(before)
    const fresh = Array.from({ length: 300 }, (_, n) =>
      record({ externalId: `new ${n}`, object: { kind: 'file', id: `new ${n}`, name: null } }),
    )
    for (let at = 0; at < fresh.length; at += 50) expect(commit(writer, page(fresh.slice(at, at + 50), { runId: 'new' })).added).toBe(50)
    commit(writer, page([{ ...record({ externalId: 'nameless' }), lacksNames: true }], { runId: 'new' }))
    expect(db.prepare<[], number>('SELECT count(*) FROM lacking_names').pluck().get()).toBe(1)
    // Numbers of what was purged stay unused.
    expect(db.prepare<[], number>('SELECT max(num) FROM subject').pluck().get()).toBeGreaterThan(before + 300)
  } finally {
    db.close()
  }
}

describe('an archive of schema 10', () => {
  it('holds and answers the same once it is brought on, and goes on being collected into', async () => {
    const home = homeOfSchema10()
    const events = withReader(home, readBack)
    const before = await answers(home)
    const told: (readonly [string, number, number])[] = []
    const db = openDatabase({ home, keyHex, role: 'writer' })
    migrate(db, archivePath(home), { partRows, onProgress: (title, done, total) => told.push([title, done, total]) })
    db.close()

    expect(withReader(home, readBack)).toEqual(events)
    expect(await answers(home)).toEqual(before)
    expect(findings(home)).toEqual([])
    expect(new Set(told.map(([title]) => title)).size).toBeGreaterThan(1)
    expect(told.map(([, done]) => done)).toEqual(told.map(([, done]) => done).toSorted((a, b) => a - b))
    expect(told.every(([, done, total]) => done < total)).toBe(true)
    expect(told.length).toBeGreaterThan(20)
    collectAgain(home)
    expect(findings(home)).toEqual([])
  })

  it.each([1, 2, 3])('comes to the same when the migration is killed again and again (seed %i)', async (seed) => {
    const home = homeOfSchema10()
    const events = withReader(home, readBack)
    const before = await answers(home)
    const statements = runMigration(homeOfSchema10(), 0) ?? 0
    expect(statements).toBeGreaterThan(50)
    let random = seed
    let kills = 0
    let isDone = false
    while (!isDone) {
      random = (random * 48_271) % 0x7fff_ffff
      isDone = runMigration(home, 1 + (random % Math.ceil(statements / 3))) !== null
      if (isDone) break
      kills++
      expect(withReader(home, (db) => db.pragma('integrity_check', { simple: true }))).toBe('ok')
    }
    expect(kills).toBeGreaterThan(1)
    expect(schemaOf(home)).toBe(migrations.at(-1)?.version)
    expect(withReader(home, readBack)).toEqual(events)
    expect(await answers(home)).toEqual(before)
    expect(findings(home)).toEqual([])
    collectAgain(home)
    expect(findings(home)).toEqual([])
  })
})

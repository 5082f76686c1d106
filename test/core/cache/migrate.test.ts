import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../../src-main/core/cache/driver.ts'
import { archivePath } from '../../../src-main/core/cache/files.ts'
import { migrate } from '../../../src-main/core/cache/migrate.ts'
import { migrations } from '../../../src-main/core/cache/migrations/index.ts'
import { inOneGo, type Migration } from '../../../src-main/core/cache/migrations/migration.ts'
import { commit, keyHex, page, record, temporaryHome, testArchive } from './archive-fixture.ts'
import { readBack } from './read-back.ts'

const next = (sql: string): readonly Migration[] => [...migrations, { version: 99_000, title: 'Next', part: inOneGo(sql) }]

describe('migrations', () => {
  it('have ascending versions', () => {
    const versions = migrations.map((migration) => migration.version)
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b))
  })

  it('bring a filled archive on, step by step, and keep every event', () => {
    const { db, writer, home } = testArchive()
    commit(writer, page([record(), record({ externalId: 'e2' })]))
    const before = readBack(db)
    const steps: string[] = []
    expect(
      migrate(db, archivePath(home), {
        migrations: next('ALTER TABLE event ADD COLUMN extra INTEGER'),
        onProgress: (title, done, total) => steps.push(`${title} ${done}/${total}`),
      }),
    ).toBe(1)
    expect(steps).toEqual(['Next 0/100'])
    expect(readBack(db)).toEqual(before)
    expect(db.pragma('user_version', { simple: true })).toBe(99_000)
    expect(migrate(db, archivePath(home), { migrations: next('') })).toBe(0)
  })

  it('that fail leave the archive at the version before', () => {
    const { db, writer, home } = testArchive()
    commit(writer, page([record()]))
    const version = db.pragma('user_version', { simple: true })
    expect(() => migrate(db, archivePath(home), { migrations: next('DELETE FROM event; SELECT nonsense FROM nowhere') })).toThrow()
    expect(db.pragma('user_version', { simple: true })).toBe(version)
    expect(readBack(db)).toHaveLength(1)
  })

  it('are taken once when two processes start at once', () => {
    const home = temporaryHome()
    const [first, second] = [openDatabase({ home, keyHex, role: 'writer' }), openDatabase({ home, keyHex, role: 'writer' })]
    onTestFinished(() => {
      first.close()
      second.close()
    })
    // The second process has looked before the first one migrated: it finds the step taken once it holds the lock.
    const meanwhile: readonly Migration[] = migrations.map((migration) => ({
      ...migration,
      part: () => {
        throw new Error('taken twice')
      },
    }))
    let isFirst = true
    const taken = migrate(second, archivePath(home), {
      migrations: meanwhile,
      onProgress: () => {
        if (isFirst) migrate(first, archivePath(home))
        isFirst = false
      },
    })
    expect(taken).toBe(0)
    expect(second.pragma('user_version', { simple: true })).toBe(migrations.at(-1)?.version)
  })
})

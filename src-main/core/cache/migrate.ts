import { TrailviewError } from '../../contract/errors.ts'
import type { Database } from './driver.ts'
import { migrations as allMigrations, type Migration } from './migrations/index.ts'

/** Written into the file's header, so that tools can tell what it is. */
const applicationId = 0x5452_4c56

/** The schema this build reads and writes. */
export const currentSchema = (migrations: readonly Migration[] = allMigrations): number => migrations.at(-1)?.version ?? 0

/** Throws ARCHIVE_NEWER when the archive was written by a later Trailview. */
export function refuseNewer(db: Database, path: string, migrations: readonly Migration[] = allMigrations): void {
  const version = schemaOf(db)
  if (version > currentSchema(migrations)) {
    throw new TrailviewError(
      'ARCHIVE_NEWER',
      `The archive ${path} was written by a newer Trailview (schema ${version}, this one knows ${currentSchema(migrations)}). Update Trailview to open it; the archive was not touched.`,
    )
  }
}

/**
 * Brings the archive to the current schema, one transaction a step, so that a kill leaves it at a whole version. Two processes
 * may start it at once: each step looks again once it holds the lock. Returns the steps taken here.
 */
export function migrate(
  db: Database,
  path: string,
  migrations: readonly Migration[] = allMigrations,
  onStep?: (title: string, done: number, total: number) => void,
): number {
  refuseNewer(db, path, migrations)
  const pending = migrations.filter((migration) => migration.version > schemaOf(db))
  let taken = 0
  for (const [at, migration] of pending.entries()) {
    onStep?.(migration.title, at, pending.length)
    const step = db.transaction(() => {
      if (schemaOf(db) >= migration.version) return
      db.exec(migration.sql)
      db.pragma(`application_id = ${applicationId}`)
      db.pragma(`user_version = ${migration.version}`)
      taken++
    })
    step.immediate()
  }
  return taken
}

function schemaOf(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }))
}

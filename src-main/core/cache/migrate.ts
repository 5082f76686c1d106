import { TrailviewError } from '../../contract/errors.ts'
import type { Database } from './driver.ts'
import { migrations as allMigrations } from './migrations/index.ts'
import type { Migration } from './migrations/migration.ts'

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

export interface MigrateOptions {
  readonly migrations?: readonly Migration[]
  /** Rows a transaction moves: more is faster, and more is done again after a kill. */
  readonly partRows?: number
  /** Told before every transaction, of all steps that are due. */
  readonly onProgress?: (title: string, done: number, total: number) => void
}

/** About a second's work. */
const defaultPartRows = 524_288
/** Steps are told of in hundredths. */
const progressScale = 100

/**
 * Brings the archive to the current schema. A step is one transaction or, where it moves much, several: a kill leaves a whole part, and
 * the next start goes on from there. An earlier Trailview refuses the archive from the first of them on. Two processes may start it at
 * once: each transaction looks again once it holds the lock. Returns the transactions made here.
 */
export function migrate(db: Database, path: string, options: MigrateOptions = {}): number {
  const { migrations = allMigrations, partRows = defaultPartRows, onProgress } = options
  refuseNewer(db, path, migrations)
  const pending = migrations.filter((migration) => migration.version > schemaOf(db))
  let taken = 0
  for (const [at, migration] of pending.entries()) {
    const takePart = db.transaction((): number | null => {
      if (schemaOf(db) >= migration.version) return null
      taken++
      const share = migration.part(db, partRows)
      if (share !== null) return share
      db.pragma(`application_id = ${applicationId}`)
      db.pragma(`user_version = ${migration.version}`)
      return null
    })
    for (let share: number | null = 0; share !== null; share = takePart.immediate()) {
      onProgress?.(migration.title, Math.floor((at + share) * progressScale), pending.length * progressScale)
    }
  }
  return taken
}

function schemaOf(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }))
}

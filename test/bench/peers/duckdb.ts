import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { sqlString, sqlText, type Condition } from '../questions.ts'
import type { Answer, Asks, Contestant, PeerFiles } from './contestant.ts'

/** The part of @duckdb/node-api that is used here; it is no dependency of the project, and installed where the archives lie. */
interface DuckDb {
  readonly version: () => string
  readonly DuckDBInstance: { create(path: string): Promise<DuckDbInstance> }
}
interface DuckDbInstance {
  connect(): Promise<DuckDbConnection>
  closeSync(): void
}
interface DuckDbConnection {
  runAndReadAll(sql: string): Promise<{ getRows(): readonly (readonly unknown[])[] }>
  closeSync(): void
}

const facetColumns = ['service', '"workspace.id"', '"actor.id"', 'verb', '"object.kind"', 'outcome']
const searched = ['summary', '"actor.name"', '"actor.email"', 'action', '"object.name"', '"object.id"', '"workspace.name"']
const pageColumns = 'id, occurredAt, "actor.name", "workspace.name", "object.name", verb, summary'

/** DuckDB over a Parquet file, newest first, with a column of everything that is searched in lower case: the best a user could prepare. */
export async function openDuckDb({ csv, folder }: PeerFiles): Promise<Contestant> {
  const { DuckDBInstance, version } = load(folder)
  const parquet = join(folder, 'events.parquet')
  const open = async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.runAndReadAll(`CREATE VIEW event AS SELECT * FROM read_parquet(${sqlString(parquet)})`)
    return { instance, connection }
  }
  const beganMs = performance.now()
  if (!existsSync(parquet)) await writeParquet(DuckDBInstance, csv, parquet)
  const preparedMs = performance.now() - beganMs

  const { instance, connection } = await open()
  const read = async (sql: string): Promise<{ readonly rows: readonly (readonly unknown[])[]; readonly tookMs: number }> => {
    const startedMs = performance.now()
    const rows = (await connection.runAndReadAll(sql)).getRows()
    return { rows, tookMs: performance.now() - startedMs }
  }
  return {
    version: version(),
    preparedMs,
    async ask(asks, condition): Promise<Answer> {
      if (asks === 'open') {
        const startedMs = performance.now()
        const other = await open()
        await other.connection.runAndReadAll(`SELECT ${pageColumns} FROM event ORDER BY occurredAt DESC LIMIT 100`)
        const tookMs = performance.now() - startedMs
        other.connection.closeSync()
        other.instance.closeSync()
        return { tookMs, matches: null }
      }
      const { rows, tookMs } = await read(sqlFor(asks, condition))
      return { tookMs, matches: matchesIn(asks, rows) }
    },
    peakBytes: () => process.resourceUsage().maxRSS * 1024,
    close() {
      connection.closeSync()
      instance.closeSync()
      return Promise.resolve()
    },
  }
}

function load(folder: string): DuckDb {
  const home = join(folder, 'duckdb')
  mkdirSync(home, { recursive: true })
  const require = createRequire(join(home, 'package.json'))
  const name = '@duckdb/node-api'
  if (!existsSync(join(home, 'node_modules', name))) {
    const installed = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', home, name], { encoding: 'utf8' })
    if (installed.status !== 0) throw new Error(`npm could not install ${name}: ${installed.stderr.trim().split('\n').at(-1)}`)
  }
  return require(name) as DuckDb
}

async function writeParquet(DuckDBInstance: DuckDb['DuckDBInstance'], csv: string, parquet: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.runAndReadAll(
    `COPY (SELECT *, lower(concat_ws(chr(10), ${searched.join(', ')})) AS searched FROM read_csv(${sqlString(csv)}, header = true, all_varchar = false, sample_size = 200000))
     TO ${sqlString(parquet)} (FORMAT parquet, COMPRESSION zstd)`,
  )
  connection.closeSync()
  instance.closeSync()
}

function sqlFor(asks: Exclude<Asks, 'open'>, condition: Condition): string {
  const where = `WHERE ${sqlText(condition, (text) => `contains(searched, ${sqlString(text.toLowerCase())})`)}`
  switch (asks) {
    case 'page':
      return `SELECT ${pageColumns} FROM event ${where} ORDER BY occurredAt DESC LIMIT 100`
    case 'count':
      return `SELECT count(*) FROM event ${where}`
    case 'histogram':
      return `SELECT CAST(occurredAt AS DATE) AS day, count(*) FROM event ${where} GROUP BY day`
    // Faster than a temporary table of the matches or a query for each field.
    case 'summary': {
      const sets = [...facetColumns, 'day'].map((column) => `(${column})`)
      return `SELECT ${facetColumns.join(', ')}, CAST(occurredAt AS DATE) AS day, count(*) FROM event ${where} GROUP BY GROUPING SETS (${sets.join(', ')})`
    }
    case 'payload':
      return `SELECT raw FROM event ${where}`
  }
}

function matchesIn(asks: Asks, rows: readonly (readonly unknown[])[]): number | null {
  if (asks === 'count') return Number(rows[0]?.[0])
  if (asks === 'summary') return rows.reduce((sum, row) => (row.at(-2) === null ? sum : sum + Number(row.at(-1))), 0)
  return null
}

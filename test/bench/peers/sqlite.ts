import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sqlText, type Condition } from '../questions.ts'
import type { Answer, Asks, Contestant, PeerFiles } from './contestant.ts'
import { peakOf, runProgram } from './program.ts'

const searched = ['summary', '"actor.name"', '"actor.email"', 'action', '"object.name"', '"object.id"', '"workspace.name"']
const pageColumns = 'id, occurredAt, "actor.name", "workspace.name", "object.name", verb, summary'
const facetColumns = ['service', '"workspace.id"', '"actor.id"', 'verb', '"object.kind"', 'outcome']

/** The sqlite3 shell over a plain table of the CSV export, without payloads and without indexes: what one gets from `.import`. */
export async function openSqlite({ csv, folder }: PeerFiles): Promise<Contestant> {
  const path = join(folder, 'events.sqlite')
  const beganMs = performance.now()
  if (!existsSync(path)) await importCsv(csv, path)
  const preparedMs = performance.now() - beganMs
  const { stdout } = await runProgram('sqlite3', ['--version'])
  const shell = openShell(path)
  return {
    version: stdout.split(' ')[0] ?? '',
    preparedMs,
    ask(asks, condition) {
      if (asks === 'payload') return null
      if (asks === 'open') return openAnother(path)
      return askShell(shell, asks, condition)
    },
    peakBytes: () => peakOf(shell.process.pid),
    close: () => shell.close(),
  }
}

async function importCsv(csv: string, path: string): Promise<void> {
  const draft = `${path}.draft`
  rmSync(draft, { force: true })
  await runProgram('sqlite3', [
    draft,
    'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;',
    `.import --csv ${JSON.stringify(csv)} event`,
    'ALTER TABLE event DROP COLUMN raw;',
    'VACUUM;',
  ])
  renameSync(draft, path)
}

async function openAnother(path: string): Promise<Answer> {
  const { tookMs } = await runProgram('sqlite3', ['-batch', path, `SELECT ${pageColumns} FROM event ORDER BY occurredAt DESC LIMIT 100;`])
  return { tookMs, matches: null }
}

async function askShell(shell: Shell, asks: Exclude<Asks, 'open' | 'payload'>, condition: Condition): Promise<Answer> {
  const beganMs = performance.now()
  const lines = await shell.run(sqlFor(asks, condition))
  const tookMs = performance.now() - beganMs
  if (asks === 'count') return { tookMs, matches: Number(lines[0]) }
  if (asks !== 'summary') return { tookMs, matches: null }
  return { tookMs, matches: lines.reduce((sum, line) => (line.startsWith('day|') ? sum + Number(line.split('|')[2]) : sum), 0) }
}

function sqlFor(asks: Exclude<Asks, 'open' | 'payload'>, condition: Condition): string {
  const contains = (text: string): string => {
    const pattern = `'%${text.replaceAll('_', '\\_')}%' ESCAPE '\\'`
    return `(${searched.map((column) => `${column} LIKE ${pattern}`).join(' OR ')})`
  }
  const where = `WHERE ${sqlText(condition, contains)}`
  switch (asks) {
    case 'page':
      return `SELECT ${pageColumns} FROM event ${where} ORDER BY occurredAt DESC LIMIT 100;`
    case 'count':
      return `SELECT count(*) FROM event ${where};`
    case 'histogram':
      return `SELECT substr(occurredAt, 1, 10), count(*) FROM event ${where} GROUP BY 1;`
    case 'summary': {
      const facets = facetColumns.map(
        (column) => `SELECT * FROM (SELECT '${column}', ${column}, count(*) AS n FROM found GROUP BY 2 ORDER BY n DESC LIMIT 50)`,
      )
      return `WITH found AS MATERIALIZED (SELECT ${facetColumns.join(', ')}, substr(occurredAt, 1, 10) AS day FROM event ${where})
        ${[...facets, `SELECT 'day', day, count(*) FROM found GROUP BY day`].join(' UNION ALL ')};`
    }
  }
}

interface Shell {
  readonly process: ChildProcessWithoutNullStreams
  /** The lines one statement prints. */
  run(sql: string): Promise<readonly string[]>
  close(): Promise<void>
}

const endMark = '\u0001end'

/** One shell for all questions, as a user would keep it open. */
function openShell(path: string): Shell {
  const shell = spawn('sqlite3', ['-batch', path])
  let printed = ''
  let answered: ((lines: readonly string[]) => void) | null = null
  let failed: ((error: Error) => void) | null = null
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    if (!printed.endsWith(`${endMark}\n`)) return
    const lines = printed.split('\n').slice(0, -2)
    printed = ''
    answered?.(lines)
  })
  shell.stderr.setEncoding('utf8').on('data', (text: string) => failed?.(new Error(`sqlite3: ${text.trim()}`)))
  const ended = new Promise<void>((resolve) => shell.on('close', () => resolve()))
  return {
    process: shell,
    run: (sql) =>
      new Promise((resolve, reject) => {
        answered = resolve
        failed = reject
        shell.stdin.write(`${sql.replaceAll('\n', ' ')}\n.print ${endMark}\n`)
      }),
    close() {
      shell.stdin.end('.quit\n')
      return ended
    },
  }
}

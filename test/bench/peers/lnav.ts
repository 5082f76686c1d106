import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sqlText, type Condition } from '../questions.ts'
import type { Answer, Asks, Contestant, PeerFiles } from './contestant.ts'
import { runProgram } from './program.ts'

/** Columns of our exported table, as lnav calls the same places in a line of JSON. */
const fields = [
  'id',
  'service',
  'actor/id',
  'actor/name',
  'actor/email',
  'action',
  'verb',
  'object/kind',
  'object/id',
  'object/name',
  'workspace/id',
  'workspace/name',
  'outcome',
  'summary',
]
const searched = ['log_body', '"actor/name"', '"actor/email"', 'action', '"object/name"', '"object/id"', '"workspace/name"']
const facetColumns = ['service', '"workspace/id"', '"actor/id"', 'verb', '"object/kind"', 'outcome']

/** lnav over the NDJSON export with a format of its own. Without a terminal it reads the file for every question. */
export async function openLnav({ ndjson, folder }: PeerFiles): Promise<Contestant> {
  const home = join(folder, 'lnav')
  writeFormat(home)
  const { stdout } = await runProgram('lnav', ['-V'])
  let peakBytes = 0
  const run = async (sql: string): Promise<Answer & { readonly printed: string }> => {
    const result = await runProgram('lnav', ['-n', '-I', home, '-c', `;${sql}`, '-c', ':write-csv-to -', ndjson], { HOME: home })
    peakBytes = Math.max(peakBytes, result.peakBytes)
    return { tookMs: result.tookMs, matches: null, printed: result.stdout }
  }
  return {
    version: stdout.replace('lnav', '').trim(),
    preparedMs: 0,
    ask(asks, condition) {
      if (asks === 'payload') return null
      return run(sqlFor(asks, condition)).then(({ tookMs, printed }) => ({ tookMs, matches: matchesIn(asks, printed) }))
    },
    peakBytes: () => peakBytes,
    close: () => Promise.resolve(),
  }
}

function writeFormat(home: string): void {
  const folder = join(home, 'formats', 'trailview')
  mkdirSync(folder, { recursive: true })
  const format = {
    title: 'Trailview export',
    json: true,
    'file-type': 'json',
    'timestamp-field': 'occurredAt',
    'body-field': 'summary',
    'line-format': [{ field: '__timestamp__' }, ' ', { field: 'summary' }],
    'hide-extra': true,
    value: Object.fromEntries(fields.map((field) => [field, { kind: 'string' }])),
  }
  writeFileSync(
    join(folder, 'format.json'),
    JSON.stringify({ $schema: 'https://lnav.org/schemas/format-v1.schema.json', trailview_log: format }),
  )
}

function sqlFor(asks: Exclude<Asks, 'payload'>, condition: Condition): string {
  const contains = (text: string): string => `(${searched.map((column) => `${column} LIKE '%${text}%'`).join(' OR ')})`
  const where = `WHERE ${sqlText(condition, contains).replaceAll(/"(actor|object|workspace)\.(\w+)"/g, '"$1/$2"')}`
  const newest = 'SELECT log_time, log_body FROM trailview_log'
  switch (asks) {
    case 'open':
      return `${newest} ORDER BY log_line DESC LIMIT 100`
    case 'page':
      return `${newest} ${where} ORDER BY log_line DESC LIMIT 100`
    case 'count':
      return `SELECT count(*) AS n FROM trailview_log ${where}`
    case 'histogram':
      return `SELECT substr(log_time, 1, 10) AS day, count(*) AS n FROM trailview_log ${where} GROUP BY day`
    case 'summary': {
      const facets = facetColumns.map(
        (column) =>
          `SELECT * FROM (SELECT '${column}' AS field, ${column} AS value, count(*) AS n FROM found GROUP BY 2 ORDER BY n DESC LIMIT 50)`,
      )
      return `WITH found AS MATERIALIZED (SELECT ${facetColumns.join(', ')}, substr(log_time, 1, 10) AS day FROM trailview_log ${where}) ${[...facets, `SELECT 'day', day, count(*) FROM found GROUP BY day`].join(' UNION ALL ')}`
    }
  }
}

function matchesIn(asks: Asks, printed: string): number | null {
  const lines = printed.trim().split('\n')
  if (asks === 'count') return Number(lines.at(-1))
  if (asks !== 'summary') return null
  return lines.reduce((sum, line) => (line.startsWith('day,') ? sum + Number(line.split(',').at(-1)) : sum), 0)
}

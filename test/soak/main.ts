import { parseArgs } from 'node:util'
import { killAndResume } from '../conformance/kill.ts'
import { isClean, runSchedule } from '../conformance/schedule.ts'
import { connectorNames } from '../conformance/stand.ts'
import { variantFor } from '../conformance/variants.ts'

/**
 * Fault schedules against every connector, half of them against a variant of its service, until the time is over or their number is reached; then collections that are killed again and
 * again; a table of each. --minutes N for the schedules (default 20) · --schedules N per connector (default 200) · --kills N (default 100)
 * · --seed of the first schedule (default 1000) · --only NAME, once or several times: schedules for these connectors alone
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    schedules: { type: 'string', default: '200' },
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1000' },
    only: { type: 'string', multiple: true, default: [...connectorNames] },
  },
})
const endsAt = performance.now() + Number(values.minutes) * 60_000
const firstSeed = Number(values.seed)

const rows = connectorNames
  .filter((name) => values.only.includes(name))
  .map((connector) => ({
    connector,
    schedules: 0,
    runs: 0,
    faults: 0,
    events: 0,
    lost: 0,
    duplicated: 0,
    stale: 0,
    invented: 0,
    unmarked: 0,
    'false coverage': 0,
    damage: 0,
    stuck: 0,
  }))

for (let i = 0; i < Number(values.schedules) && performance.now() < endsAt; i++) {
  for (const row of rows) {
    const [name, variant] = variantFor(row.connector, i)
    const result = await runSchedule(row.connector, firstSeed + i, { variant })
    row.schedules += 1
    for (const key of ['runs', 'faults', 'events', 'lost', 'duplicated', 'stale', 'invented', 'unmarked'] as const) row[key] += result[key]
    row['false coverage'] += result.falseCoverage
    row.damage += result.findings.length
    row.stuck += result.stuck === null ? 0 : 1
    if (!isClean(result)) console.error(`${row.connector} (${name}), schedule ${firstSeed + i}: ${JSON.stringify(result)}`)
  }
}

if (Number(values.schedules) > 0) console.table(rows)

const kills = Number(values.kills)
const killed = kills > 0 ? await killAndResume(firstSeed, kills, 20_000) : null
if (killed !== null) console.table([{ ...killed, findings: killed.findings.length }])
for (const finding of killed?.findings ?? []) console.error(finding)

const wrong = (row: (typeof rows)[number]) =>
  row.lost + row.duplicated + row.stale + row.invented + row.unmarked + row['false coverage'] + row.damage + row.stuck
const isGood =
  rows.every((row) => wrong(row) === 0) &&
  (killed === null || killed.lost + killed.duplicated + killed.falseCoverage + killed.findings.length === 0)
process.exitCode = isGood ? 0 : 1

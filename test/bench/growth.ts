import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureFilled } from './filled.ts'
import { growthChart } from './growth-chart.ts'
import type { Row } from './latency.ts'
import { describeMachine } from './machine.ts'
import { markdownTable, printRows } from './table.ts'

const sizes = [100_000, 1_000_000]
const reportFolder = fileURLToPath(new URL('../../report/', import.meta.url))

/** Measures archives of several sizes; writes report/bench.md and report/growth.svg. */
export async function measureGrowth(folder: string, events: number | null): Promise<void> {
  const wanted = [...new Set([...sizes, ...(events === null ? [] : [events])])].toSorted((a, b) => a - b)
  const columns: { readonly events: number; readonly rows: readonly Row[]; readonly machine: string }[] = []
  for (const size of wanted) {
    const rows = await measureFilled(folder, size)
    printRows(`${size.toLocaleString('en')} events`, rows)
    columns.push({ events: size, rows, machine: describeMachine() })
  }
  mkdirSync(reportFolder, { recursive: true })
  const chartPath = join(reportFolder, 'growth.svg')
  const tablePath = join(reportFolder, 'bench.md')
  writeFileSync(chartPath, growthChart(columns))
  writeFileSync(
    tablePath,
    [
      '# Benchmark',
      '',
      `\`npm run bench -- --growth${events === null ? '' : ` --events ${events}`}\`, ${new Date().toISOString().slice(0, 10)}.`,
      '',
      ...columns.map((column) => `- ${column.events.toLocaleString('en')} events: ${column.machine}`),
      '',
      markdownTable(columns.map((column) => ({ head: column.events.toLocaleString('en'), rows: column.rows }))),
      '![Growth](growth.svg)',
      '',
    ].join('\n'),
  )
  console.log(`\nWrote ${tablePath} and ${chartPath}.`)
}

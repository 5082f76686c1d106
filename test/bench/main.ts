/** The benchmark: `npm run bench`; `--help` says what it does. */
import { rmSync } from 'node:fs'
import { inChild } from './child.ts'
import { fillHome, measureFilled } from './filled.ts'
import { framesNote, measureFrames } from './frames/measure.ts'
import { measureGrowth } from './growth.ts'
import type { Row } from './latency.ts'
import { describeMachine } from './machine.ts'
import { readOptions, usage, type BenchOptions } from './options.ts'
import { comparePeers } from './peers/compare.ts'
import { printRows } from './table.ts'

// Children are stopped as this process ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') console.log(usage)
  else await run(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

async function run(options: BenchOptions): Promise<void> {
  const { events, clean, folder, only } = options
  if (events !== null || !clean) console.log(`${new Date().toISOString()}, ${describeMachine()}`)
  if (options.growth) await measureGrowth(folder, events)
  else if (options.frames) await showFrames(folder, events ?? 1_000_000)
  else if (options.peers) await comparePeers(folder, events ?? 1_000_000, only)
  else if (events !== null) printRows(`${events.toLocaleString('en')} events`, await measureFilled(folder, events))
  else if (!clean) {
    console.log(`Collecting ${options.practiceEvents.toLocaleString('en')} events from the practice services.`)
    printRows('Collected over HTTP', await inChild<readonly Row[]>('collect-child.ts', [String(options.practiceEvents)]))
  }
  if (clean) {
    rmSync(folder, { recursive: true, force: true })
    console.log(`Removed ${folder}.`)
  }
}

async function showFrames(folder: string, events: number): Promise<void> {
  const rows = await measureFrames(await fillHome(folder, events))
  printRows(`The screen over ${events.toLocaleString('en')} events. ${framesNote}`, rows)
}

import { mkdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { archiveSizeBytes, readIngest } from './bench-archive.ts'
import { inChild } from './child.ts'
import { figure, type Row } from './latency.ts'

const bytesPerEvent = { archive: 600, export: 1_200 }

/** Home of an archive with this many events; what is missing of them is written first. Throws a sentence when the disk is too small. */
export async function fillHome(folder: string, events: number): Promise<string> {
  const home = join(folder, `events-${events}`)
  mkdirSync(home, { recursive: true })
  const { bavail, bsize } = statfsSync(folder)
  const neededBytes = events * (bytesPerEvent.archive + bytesPerEvent.export)
  if (bavail * bsize < neededBytes) {
    const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1)
    throw new Error(
      `${folder} has ${gigabytes(bavail * bsize)} GB left, and ${gigabytes(neededBytes)} GB are needed. Choose another --folder.`,
    )
  }
  console.log(`Filling ${home} where it is not full yet.`)
  await inChild('fill-child.ts', [home, String(events)])
  return home
}

/** Rows of the table of targets. */
export async function measureFilled(folder: string, events: number): Promise<readonly Row[]> {
  const home = await fillHome(folder, events)
  console.log('Measuring.')
  const opening = await inChild<readonly Row[]>('open-child.ts', [home])
  const asking = await inChild<readonly Row[]>('measure-child.ts', [home])
  const size = figure('archive, everything included', archiveSizeBytes(home) / events, 'bytes/event', 'at most', 600)
  return [...opening, ...asking, size, ...ingestRows(home)]
}

function ingestRows(home: string): readonly Row[] {
  return readIngest(home).flatMap(({ transactionEvents, events, writeMs, processorMs, peakBytes }) => {
    const name = `ingest, ${transactionEvents.toLocaleString('en')} records a transaction`
    return [
      figure(name, (events / writeMs) * 1000, 'events/s', 'at least', 20_000),
      figure(`  by processor time: ${name}`, (events / processorMs) * 1000, 'events/s'),
      figure(`  resident memory: ${name}`, peakBytes / 1e6, 'MB'),
    ]
  })
}

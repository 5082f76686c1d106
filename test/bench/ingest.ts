/** Measures the writer: `node test/bench/ingest.ts [events] [folder]` prints events per second for pages of 100, 1,000 and 5,000. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillArchive } from './fill.ts'

const total = Number(process.argv[2] ?? 1_000_000)
const folder = process.argv[3] ?? tmpdir()
for (const pageSize of [100, 1_000, 5_000]) {
  const home = mkdtempSync(join(folder, 'trailview-ingest-'))
  try {
    const report = fillArchive({ home, keyHex: '11'.repeat(32), total, pageSize })
    const rate = Math.round((report.timed / report.writeMs) * 1000)
    const processorRate = Math.round((report.timed / report.processorMs) * 1000)
    const bytesPerEvent = Math.round(report.sizeBytes / report.written)
    const memoryMib = Math.round(process.memoryUsage().rss / 1024 / 1024)
    console.log(
      `pages of ${pageSize}: ${rate} events/s (${processorRate} a second of processor time), ${bytesPerEvent} bytes an event, first transaction ${Math.round(report.firstGroupMs)} ms, longest other ${Math.round(report.longestGroupMs)} ms, ${memoryMib} MiB resident`,
    )
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

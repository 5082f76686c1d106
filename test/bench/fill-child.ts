import { addIngest, benchKeyHex } from './bench-archive.ts'
import { report } from './child.ts'
import { fillArchive } from './fill.ts'

/** Arguments: home, events. Fills most of the archive in large pages, and the last of it in pages of each size that is to be measured. */
const [home = '', eventsText = ''] = process.argv.slice(2)
const total = Number(eventsText)
const beganMs = performance.now()
const measured = Math.min(100_000, Math.floor(total / 20))

let shownMs = beganMs
const stages = [
  { upTo: total - 3 * measured, pageSize: 5_000, groupPages: 2 },
  { upTo: total - 2 * measured, pageSize: 100, groupPages: 1 },
  { upTo: total - measured, pageSize: 1_000, groupPages: 1 },
  { upTo: total, pageSize: 5_000, groupPages: 1 },
]
for (const { upTo, pageSize, groupPages } of stages) {
  const figures = fillArchive({ home, keyHex: benchKeyHex, total, upTo, pageSize, groupPages, onProgress: show })
  if (figures.timed === 0) continue
  addIngest(home, {
    transactionEvents: pageSize * groupPages,
    events: figures.timed,
    writeMs: figures.writeMs,
    processorMs: figures.processorMs,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  })
}
await report(null)

function show(events: number): void {
  if (performance.now() - shownMs < 10_000) return
  shownMs = performance.now()
  console.log(`  ${events.toLocaleString('en')} of ${total.toLocaleString('en')} events after ${Math.round((shownMs - beganMs) / 1000)} s`)
}

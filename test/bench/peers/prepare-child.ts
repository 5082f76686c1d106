import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openBenchCore } from '../bench-archive.ts'
import { report } from '../child.ts'
import { readDrawers } from '../draw.ts'
import { exportAll } from '../export-all.ts'
import { settle } from '../settle.ts'
import type { PeerFiles } from './contestant.ts'
import { drawTasks } from './tasks.ts'

/** Arguments: the files, the formats to export as, and where to write what a contestant is given. Exports what is not exported yet, and draws the questions. */
const [filesText = '', formatsText = '[]', inputPath = ''] = process.argv.slice(2)
const files = JSON.parse(filesText) as PeerFiles
const formats = JSON.parse(formatsText) as readonly ('csv' | 'ndjson')[]
const core = await openBenchCore(files.home)
try {
  await settle(core)
  for (const format of formats) {
    if (existsSync(files[format])) continue
    const draft = join(files.folder, `draft.${format}`)
    await exportAll(core, format, draft)
    renameSync(draft, files[format])
  }
  const drawers = await readDrawers(core)
  writeFileSync(inputPath, JSON.stringify({ files, tasks: drawTasks(drawers(11)) }))
  await report(null)
} finally {
  await core.close()
}

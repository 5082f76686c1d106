import { openBenchCore } from './bench-archive.ts'
import { report } from './child.ts'
import { readSample } from './draw.ts'

/** Argument: home of a filled archive. Reports what questions are made of; in a process of its own, so that it takes no memory of the one that is measured. */
const [home = ''] = process.argv.slice(2)
const core = await openBenchCore(home)
try {
  await report(await readSample(core))
} finally {
  await core.close()
}

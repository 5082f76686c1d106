import { screenFolder } from '../../../src-main/core/screen-files.ts'
import { startLoopbackServer } from '../../../src-main/host/loopback-server.ts'
import { openBenchCore } from '../bench-archive.ts'
import { settle } from '../settle.ts'

/** Argument: home of a filled archive. Serves the built screen over it, tells the address once all is calm, and ends with its parent. */
const [home = ''] = process.argv.slice(2)
const core = await openBenchCore(home)
await settle(core)
// As seen from the host, which this stands in for.
const rendererFolder = screenFolder(new URL('../../../src-main/host/run.ts', import.meta.url).href)
const server = await startLoopbackServer({ core, rendererFolder, port: 0 })
process.once('disconnect', () => void server.close().then(() => core.close()))
process.send?.(server.url)

/** Takes the right to collect, says so, and keeps it until it is killed: `hold.ts HOME KEY PURPOSE`. */
import { startWriter } from '../../../../src-main/core/cache/writer-client.ts'

const [home = '', keyHex = '', purpose = ''] = process.argv.slice(2)
const workerUrl = new URL('../../../../src-main/core/cache/worker.ts', import.meta.url)
const { writer } = await startWriter({ home, keyHex, workerUrl }, () => {})
await writer.hold(purpose, 0)
console.log('held')

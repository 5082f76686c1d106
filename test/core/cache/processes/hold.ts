/** Takes the right to collect, says so, and keeps it until it is killed: `hold.ts HOME KEY PURPOSE`. */
import { startWriter } from '../../../../src-main/core/cache/writer-client.ts'
import { workerUrl } from '../../../support/built.ts'

const [home = '', keyHex = '', purpose = ''] = process.argv.slice(2)
const { writer } = await startWriter({ home, keyHex, workerUrl }, () => {})
await writer.hold(purpose, 0)
console.log('held')

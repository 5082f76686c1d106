import { createFileSecrets } from '../support/file-secrets.ts'
import { openCore } from '../support/open-core.ts'

/** A process that collects once, says when it is under way, and may be killed at any moment: `collect-child.ts HOME SECRETS`. */
const [home, secretsPath] = process.argv.slice(2)
if (home === undefined || secretsPath === undefined) throw new Error('Usage: collect-child.ts HOME SECRETS')
const core = await openCore({ home, secrets: createFileSecrets(secretsPath) })
let isUnderWay = false
core.onPush(({ name }) => {
  if (name !== 'collection.progressed' || isUnderWay) return
  isUnderWay = true
  console.log('under way')
})
const runs = await core.collect()
await core.close()
console.log(JSON.stringify(runs.map(({ status, error }) => ({ status, error }))))

import { createFileSecrets } from '../support/file-secrets.ts'
import { openCore } from '../support/open-core.ts'

/** A process that collects once and may be killed at any moment: `collect-child.ts HOME SECRETS`. */
const [home, secretsPath] = process.argv.slice(2)
if (home === undefined || secretsPath === undefined) throw new Error('Usage: collect-child.ts HOME SECRETS')
const core = await openCore({ home, secrets: createFileSecrets(secretsPath) })
const runs = await core.collect()
await core.close()
process.exitCode = runs.every(({ status }) => status === 'done') ? 0 : 1

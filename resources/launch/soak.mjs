import { join } from 'node:path'
import { ensureBuilt } from './lib/build.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { findNode, root, run } from './lib/node.mjs'

try {
  await ensureInstalled()
  await ensureBuilt()
  process.exitCode = await run(findNode(), [
    '--disable-warning=ExperimentalWarning',
    join(root, 'test', 'soak', 'main.ts'),
    ...process.argv.slice(2),
  ])
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

import { join } from 'node:path'
import { ensureInstalled } from './lib/install.mjs'
import { findNode, root, run } from './lib/node.mjs'

try {
  await ensureInstalled()
  process.exitCode = await run(findNode(), [
    '--disable-warning=ExperimentalWarning',
    join(root, 'test', 'soak', 'main.ts'),
    ...process.argv.slice(2),
  ])
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

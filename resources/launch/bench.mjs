import { join } from 'node:path'
import { ensureBuilt } from './lib/build.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { archiveOptions, findNode, root, run } from './lib/node.mjs'

try {
  await ensureInstalled()
  await ensureBuilt()
  const script = join(root, 'test', 'bench', 'main.ts')
  process.exitCode = await run(findNode(), [...archiveOptions, '--disable-warning=ExperimentalWarning', script, ...process.argv.slice(2)])
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

import { join } from 'node:path'
import { ensureBuilt } from './lib/build.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { archiveOptions, findNode, root, run } from './lib/node.mjs'

try {
  await ensureInstalled()
  await ensureBuilt()
  // Without it each process would read types away itself, which takes memory that the built app does not.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'bench') }
  const script = join(root, 'test', 'bench', 'main.ts')
  process.exitCode = await run(findNode(), [...archiveOptions, '--disable-warning=ExperimentalWarning', script, ...process.argv.slice(2)], {
    env,
  })
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

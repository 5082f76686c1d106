import { findBin, findNode, run } from './lib/node.mjs'

// node with-node.mjs COMMAND …: runs a command of node_modules under a Node that is new enough for it.
const [name, ...args] = process.argv.slice(2)
try {
  process.exitCode = await run(findNode(), [findBin(name), ...args])
} catch (error) {
  console.error(error.code === 'ENOENT' ? 'Packages are missing. Run npm ci and try again.' : error.message)
  process.exitCode = 1
}

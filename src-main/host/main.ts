import { handOver } from '../core/hand-over.ts'

// Started by hand on a Node that is too old, the program goes on under the one among the packages.
const args = process.argv.slice(2)
const exitCode = (await handOver(args)) ?? (await (await import('./run.ts')).run(args))
// What is left open then (a browser's output, an idle connection) must not keep the process.
process.exit(exitCode)

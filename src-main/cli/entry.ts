#!/usr/bin/env node
import { handOver } from '../core/hand-over.ts'

// Nothing of the program is imported before this: on a Node that is too old, the archive's engine ends the process without a word.
const exitCode = await handOver(process.argv.slice(2))
if (exitCode !== null) process.exit(exitCode)
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2))

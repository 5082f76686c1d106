#!/usr/bin/env node
import { handOver } from '../core/hand-over.ts'

// Nothing of the program is imported before this: on a Node that is too old, the archive's engine ends the process without a word.
const exitCode = await handOver(process.argv.slice(2))
if (exitCode !== null) process.exit(exitCode)
const { main } = await import('./main.ts')
const { exitCodes } = await import('./usage.ts')
const code = await main(process.argv.slice(2))
process.exitCode = code
// Whoever reads may have stopped taking what is still to be written; an interrupt waits for that a moment only.
if (code === exitCodes.interrupted) setTimeout(() => process.exit(code), 3_000).unref()

import { ensureBuilt } from './lib/build.mjs'

// Builds if anything changed since the last build; tests that need the bundle begin with this.
try {
  await ensureBuilt()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

import { defineConfig } from 'vitest/config'

// The documentation's pictures are taken on demand: a run of the tests must not change the working tree.
const include = process.env['SCREENSHOTS'] === '1' ? ['test/e2e/screenshots.ts'] : ['test/e2e/**/*.test.ts']

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  // A browser, a host and four services take both cores: one test file at a time.
  test: { include, globalSetup: 'test/support/built.ts', pool: 'forks', maxWorkers: 1, testTimeout: 120_000, hookTimeout: 180_000 },
})

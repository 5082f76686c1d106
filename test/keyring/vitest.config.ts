import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  // Each test runs a bus and a keyring of its own; one at a time is plenty.
  test: {
    include: ['test/keyring/**/*.test.ts'],
    globalSetup: 'test/support/built.ts',
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
})

import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  // A browser, a host and four services take both cores: one test file at a time.
  test: { include: ['test/e2e/**/*.test.ts'], pool: 'forks', maxWorkers: 1, testTimeout: 120_000, hookTimeout: 180_000 },
})

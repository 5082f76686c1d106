import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/keyring/**', 'node_modules/**'],
    globalSetup: 'test/support/built.ts',
    pool: 'forks',
    maxWorkers: 2,
    // Only what hangs should meet these: on a busy machine a test takes many times as long as on an idle one.
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
})

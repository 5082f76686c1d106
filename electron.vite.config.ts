import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { resolve } from 'node:path'

const from = (path: string): string => resolve(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      target: 'node22',
      outDir: 'out/main',
      sourcemap: true,
      externalizeDeps: { include: ['keytar'] },
      rolldownOptions: {
        input: {
          shell: from('src-main/shell/main.ts'),
          host: from('src-main/host/main.ts'),
          cli: from('src-main/cli/entry.ts'),
          'archive-worker': from('src-main/core/cache/worker.ts'),
          'keychain-child': from('src-main/core/credentials/keychain-child.ts'),
        },
        // One flat folder: scripts of threads and processes are found beside whichever chunk asks for them.
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rolldownOptions: {
        input: { preload: from('src-main/shell/preload.ts') },
        // A sandboxed preload cannot be an ES module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: from('src-renderer'),
    plugins: [vue()],
    build: {
      outDir: from('out/renderer'),
      rolldownOptions: { input: { index: from('src-renderer/index.html') } },
    },
  },
})

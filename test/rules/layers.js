/**
 * Who may import whom. Layers are folders; a path belongs to the longest folder that contains it.
 * `mayImport` lists folders or files (a trailing `/` means everything below). Packages are listed by name; `node:` stands for Node's own modules.
 */
export const layers = [
  { folder: 'src-main/contract/', mayImport: ['src-main/contract/'], packages: ['zod'] },
  {
    folder: 'src-main/core/',
    mayImport: [
      'src-main/contract/',
      'src-main/core/',
      '!src-main/core/connectors/',
      'src-main/core/connectors/define.ts',
      'src-main/core/connectors/registry.ts',
      'src-main/core/connectors/runtime/',
    ],
    packages: ['node:', 'zod', 'undici'],
  },
  {
    folder: 'src-main/core/cache/driver.ts',
    mayImport: ['src-main/contract/', 'src-main/core/', '!src-main/core/connectors/'],
    packages: ['node:', 'better-sqlite3-multiple-ciphers'],
  },
  {
    folder: 'src-main/core/cache/engine/lines/near-blocks.ts',
    mayImport: ['src-main/contract/', 'src-main/core/', '!src-main/core/connectors/'],
    packages: ['node:', 'zstddec'],
  },
  {
    folder: 'src-main/core/cache/migrations/',
    mayImport: [
      'src-main/core/cache/migrations/',
      'src-main/core/cache/driver.ts',
      'src-main/core/cache/key-filter.ts',
      'src-main/core/cache/key-words.ts',
      'src-main/contract/errors.ts',
    ],
    packages: ['node:'],
  },
  { folder: 'src-main/core/credentials/keychain-child.ts', mayImport: ['src-main/core/credentials/'], packages: ['node:', 'keytar'] },
  {
    folder: 'src-main/core/connectors/registry.ts',
    mayImport: ['src-main/contract/', 'src-main/core/connectors/'],
    packages: [],
  },
  {
    folder: 'src-main/core/connectors/runtime/',
    mayImport: [
      'src-main/contract/',
      'src-main/core/lib/',
      'src-main/core/ports.ts',
      'src-main/core/cache/archive.ts',
      'src-main/core/connectors/define.ts',
      'src-main/core/connectors/runtime/',
    ],
    packages: ['node:', 'undici'],
  },
  {
    folder: 'src-main/core/connectors/kit/',
    mayImport: [
      'src-main/contract/',
      'src-main/core/connectors/define.ts',
      'src-main/core/connectors/runtime/records.ts',
      'src-main/core/connectors/kit/',
    ],
    packages: ['node:'],
  },
  ...['onehub', 'lytics', 'oksky', 'cloudfoundry', '_template'].map((service) => ({
    folder: `src-main/core/connectors/${service}/`,
    mayImport: [
      'src-main/contract/',
      'src-main/core/connectors/define.ts',
      'src-main/core/connectors/runtime/records.ts',
      'src-main/core/connectors/kit/',
      `src-main/core/connectors/${service}/`,
    ],
    packages: ['node:'],
  })),
  ...['shell', 'host', 'cli'].map((shell) => ({
    folder: `src-main/${shell}/`,
    mayImport: [
      'src-main/contract/',
      'src-main/core/create-core.ts',
      'src-main/core/node-ports.ts',
      'src-main/core/ports.ts',
      'src-main/core/dispatch.ts',
      'src-main/core/hand-over.ts',
      'src-main/core/practice-connections.ts',
      'src-main/core/screen-files.ts',
      'src-main/core/verify-package.ts',
      `src-main/${shell}/`,
      shell === 'cli' ? 'src-main/demo/index.ts' : 'src-main/demo/practice-home.ts',
      'package.json',
    ],
    packages: shell === 'shell' ? ['node:', 'electron', 'zod'] : shell === 'host' ? ['node:', 'ws', 'zod'] : ['node:'],
  })),
  { folder: 'src-main/demo/', mayImport: ['src-main/demo/'], packages: ['node:'] },
  {
    folder: 'src-renderer/',
    mayImport: ['src-main/contract/', 'src-renderer/'],
    packages: ['vue', 'pinia', 'vue-router', 'naive-ui', 'zod'],
  },
  {
    folder: 'src-renderer/features/',
    mayImport: ['src-main/contract/', 'src-renderer/', '!src-renderer/features/'],
    ownSubfolder: true,
    packages: ['vue', 'pinia', 'vue-router', 'naive-ui'],
  },
  {
    folder: 'src-renderer/ui/',
    mayImport: ['src-renderer/ui/', 'src-renderer/lib/', 'src-renderer/locales/'],
    packages: ['vue', 'naive-ui'],
  },
  { folder: 'src-renderer/lib/', mayImport: ['src-renderer/lib/', 'src-main/contract/'], packages: [] },
  {
    folder: 'src-renderer/stores/',
    mayImport: ['src-renderer/stores/', 'src-renderer/api/', 'src-renderer/lib/', 'src-renderer/locales/', 'src-main/contract/'],
    packages: ['vue', 'pinia'],
  },
  { folder: 'src-renderer/api/', mayImport: ['src-renderer/api/', 'src-renderer/lib/', 'src-main/contract/'], packages: ['vue', 'zod'] },
]

/** The same table as far as an editor can hold it: packages that only one place may import, with the reason. */
export const forbiddenImports = [
  {
    files: ['src-main/contract/**', 'src-main/core/**', 'src-main/host/**', 'src-main/cli/**', 'src-main/demo/**', 'src-renderer/**'],
    patterns: '^electron$',
    reason: 'Only src-main/shell knows Electron; everything else must run where no Electron binary is.',
  },
  {
    files: ['src-renderer/**'],
    patterns: '(^node:)|src-main/(?!contract/)',
    reason: 'The screen knows the contract only; it runs in a page without Node.',
  },
  {
    files: ['src-main/contract/**'],
    patterns: '^node:|\\.\\./(core|shell|host|cli|demo)/',
    reason: 'The contract is the one thing both sides know; it runs anywhere.',
  },
]

/** The folders of `src-main/core/cache/engine`, each of which may use those before it. `.`: the engine itself. */
export const engineFolders = ['turns', 'columns', 'texts', 'dictionaries', 'rows', 'search', 'lines', 'counting', 'stored', '.', 'threads']

import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import { forbiddenImports } from './test/rules/layers.js'

/** Imports run one way: the table lives in test/rules/layers.js, where a test holds it too. */
const layerRules = forbiddenImports.map(({ files, patterns, reason }) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ regex: patterns, message: reason }] }] },
}))

export default tseslint.config(
  { ignores: ['out/', 'node_modules/', 'report/'] },
  tseslint.configs.strict,
  vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    files: ['src-main/**/*.ts', 'src-renderer/**/*.ts', 'src-renderer/**/*.vue', 'test/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, extraFileExtensions: ['.vue'], parser: tseslint.parser } },
    rules: {
      // A value import of a type drags its whole module, and with it a layer, into a bundle.
      '@typescript-eslint/consistent-type-imports': 'error',
      // A rejected promise nobody waits for is an error nobody sees.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, attributes: false } }],
      // A new member of a union must not fall through silently.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // `() => void` is how an undo and an aborted promise are written.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      // `delete map[key]` on records keyed by service text.
      '@typescript-eslint/no-dynamic-delete': 'off',
      // The compiler says it better.
      'no-undef': 'off',
    },
  },
  {
    files: ['src-main/**/*.ts', 'src-renderer/**/*.ts', 'src-renderer/**/*.vue'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Ids come from node:crypto; jitter is given in, so that tests can repeat it.' },
        {
          property: 'openExternal',
          message: 'External addresses are opened only by src-main/shell/external-links.ts, after the user saw them.',
        },
      ],
      'vue/no-v-html': 'error',
      // Prettier decides these.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/multi-word-component-names': 'off',
    },
  },
  { files: ['src-main/shell/external-links.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['resources/**/*.mjs', '*.js', 'test/**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  ...layerRules,
  prettier,
)

import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const nodeGlobals = Object.fromEntries(
  [
    'AbortController',
    'AbortSignal',
    'Buffer',
    'URL',
    'clearInterval',
    'clearTimeout',
    'console',
    'fetch',
    'process',
  ]
    .concat([
      'global',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'setInterval',
      'setTimeout',
      'structuredClone',
    ])
    .map(name => [name, 'readonly']),
)
const commonJsGlobals = Object.fromEntries(
  ['__dirname', '__filename', 'exports', 'module', 'require'].map(name => [name, 'readonly']),
)
const typescript = ['**/*.ts', '**/*.cts', '**/*.mts']

export default defineConfig(
  globalIgnores(['dist/', '.tap/', '.cache/']),
  js.configs.recommended,
  { languageOptions: { ecmaVersion: 2024, globals: nodeGlobals } },
  {
    rules: {
      eqeqeq: 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: commonJsGlobals } },
  {
    files: typescript,
    ignores: ['test/fixtures/**'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  // The probe runs on Node 16 as plain CommonJS, and wraps methods of Node.
  {
    files: ['**/*.cts'],
    rules: { '@typescript-eslint/no-require-imports': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
  // Columns are typed arrays of millions of entries, read at positions that were checked when they were made.
  { files: ['lib/heap/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    ignores: ['test/fixtures/**'],
    rules: {
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-misused-promises': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  // What is drawn by chance in a test has a seed that is printed.
  {
    files: ['test/**/*.ts'],
    ignores: [
      'test/fixtures/**',
      'test/support/seeded-fast-check.ts',
      'test/report/support/render-elsewhere.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        { name: 'fast-check', message: 'Use test/support/seeded-fast-check.ts.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use mulberry32.' },
      ],
    },
  },
  // Seeded leaks keep things on purpose.
  { files: ['test/fixtures/**', 'lib/cli/demo/**/*.{js,cjs,mjs}'], rules: { 'no-unused-vars': 'off' } },
  { files: ['test/fixtures/**/*.{ts,cts,mts}'], languageOptions: { parser: tseslint.parser } },
)

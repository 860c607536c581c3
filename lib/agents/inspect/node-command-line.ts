/** One argument for Node, with its value where it has one. */
export interface NodeOption {
  /** As Node knows it: with dashes, short forms spelled out. */
  readonly name: string
  readonly value: string | null
  /** As it was given, one or two arguments. */
  readonly given: readonly string[]
}

export interface NodeCommandLine {
  readonly options: readonly NodeOption[]
  /** As it was given; `null` for `--eval`, for standard input, and for a command line that does not show it. */
  readonly script: string | null
  /** What follows the script, whatever it looks like. */
  readonly args: readonly string[]
}

// Those for which `node --help` of Node 16 to 26 shows a value: it may be the next argument.
const WITH_VALUE = new Set(
  [
    ...[
      'require',
      'eval',
      'conditions',
      'import',
      'loader',
      'experimental-loader',
      'title',
      'run',
      'input-type',
    ],
    ...[
      'watch-path',
      'watch-kill-signal',
      'v8-pool-size',
      'use-largepages',
      'unhandled-rejections',
      'icu-data-dir',
    ],
    ...[
      'trace-event-file-pattern',
      'trace-event-categories',
      'trace-require-module',
      'tls-keylog',
      'tls-cipher-list',
    ],
    ...[
      'tls-min-v1.0',
      'secure-heap',
      'secure-heap-min',
      'report-signal',
      'report-filename',
      'report-directory',
    ],
    ...['report-dir', 'redirect-warnings', 'openssl-config', 'max-http-header-size', 'inspect-publish-uid'],
    ...[
      'inspect-port',
      'debug-port',
      'heapsnapshot-signal',
      'heapsnapshot-near-heap-limit',
      'heap-prof-name',
    ],
    ...[
      'heap-prof-interval',
      'heap-prof-dir',
      'dns-result-order',
      'disable-proto',
      'diagnostic-dir',
      'cpu-prof-name',
    ],
    ...['cpu-prof-interval', 'cpu-prof-dir', 'test-shard', 'test-reporter', 'test-reporter-destination'],
    ...['test-name-pattern', 'test-skip-pattern', 'test-concurrency', 'test-timeout', 'test-isolation'],
    ...['test-coverage-lines', 'test-coverage-include', 'test-coverage-functions', 'test-coverage-exclude'],
    ...[
      'test-coverage-branches',
      'test-rerun-failures',
      'test-random-seed',
      'test-global-setup',
      'snapshot-blob',
    ],
    ...['network-family-autoselection-attempt-timeout', 'max-old-space-size-percentage', 'localstorage-file'],
    ...['experimental-sea-config', 'build-sea', 'env-file', 'env-file-if-exists', 'disable-warning'],
    ...[
      'build-snapshot-config',
      'allow-fs-write',
      'allow-fs-read',
      'policy-integrity',
      'experimental-policy',
    ],
    ...['experimental-test-tag-filter', 'experimental-test-isolation', 'experimental-package-map'],
    ...['experimental-default-type', 'experimental-default-config-file', 'experimental-config-file'],
    ...['es-module-specifier-resolution', 'experimental-specifier-resolution'],
  ].map(name => `--${name}`),
)

const SHORT: Readonly<Record<string, string>> = {
  '-r': '--require',
  '-C': '--conditions',
  '-e': '--eval',
  '-p': '--print',
  '-pe': '--print',
  '-c': '--check',
  '-i': '--interactive',
}
/** With these there is no script: what follows is for the code. */
const WITHOUT_SCRIPT = new Set(['--eval', '--print', '--run', '--test'])

/**
 * Reads a command line as Node does: options up to the script or `--`, then the script, then its own arguments.
 * @param argv without Node itself
 */
export function nodeCommandLine(argv: readonly string[]): NodeCommandLine {
  const { options, rest } = readOptions(argv)
  if (options.some(({ name }) => WITHOUT_SCRIPT.has(name))) return { options, script: null, args: rest }
  const [script = null, ...args] = rest
  return script === '-' ? { options, script: null, args } : { options, script, args }
}

/** The options in a value of NODE_OPTIONS: between spaces, in double quotes, with `\` before what it escapes in them. */
export function nodeOptions(text: string): readonly NodeOption[] {
  const words: string[] = []
  let word: string | null = null
  let quoted = false
  for (let index = 0; index < text.length; index += 1) {
    let letter = text.charAt(index)
    if (letter === '"') {
      quoted = !quoted
      word ??= ''
      continue
    }
    if (letter === ' ' && !quoted) {
      if (word !== null) words.push(word)
      word = null
      continue
    }
    if (letter === '\\' && quoted) {
      index += 1
      letter = text.charAt(index)
    }
    word = (word ?? '') + letter
  }
  if (word !== null) words.push(word)
  return readOptions(words).options
}

function readOptions(argv: readonly string[]): { options: NodeOption[]; rest: readonly string[] } {
  const options: NodeOption[] = []
  let index = 0
  while (index < argv.length) {
    const argument = argv[index] ?? ''
    if (argument === '--') return { options, rest: argv.slice(index + 1) }
    if (argument === '-' || !argument.startsWith('-')) break
    const equals = argument.startsWith('--') ? argument.indexOf('=') : -1
    const written = equals === -1 ? argument : argument.slice(0, equals)
    const name = SHORT[written] ?? written.replaceAll('_', '-')
    const next = argv[index + 1]
    const takesNext = equals === -1 && (WITH_VALUE.has(name) || (name === '--print' && next !== undefined))
    const value = equals !== -1 ? argument.slice(equals + 1) : takesNext ? (next ?? null) : null
    const given = argv.slice(index, index + (takesNext ? 2 : 1))
    options.push({ name, value: value?.replace(/^\\-/, '-') ?? null, given })
    index += given.length
  }
  return { options, rest: argv.slice(index) }
}

import { delimiter } from 'node:path'

/** An environment as it would be in a plain shell. */
export interface CleanEnvironment {
  readonly env: Record<string, string>
  /** Names of removed variables that somebody may have meant for the application, for a warning. */
  readonly dropped: readonly string[]
}

// What test runners, coverage tools, TypeScript loaders, package managers and debuggers leave for the processes they
// start. Names ending in `_` are prefixes.
const LEFT_BY_TOOLS = [
  ...['TAP', 'TAP_', '_TAP_', '_TAPJS_', '__TAPJS_', 'TSIMP', 'TSIMP_'],
  ...[
    'NYC_',
    'BABEL_DISABLE_CACHE',
    'SPAWN_WRAP_',
    'NODE_PRELOAD_',
    'C8_',
    'NODE_V8_COVERAGE',
    'VITEST',
    'VITEST_',
    'JEST_',
  ],
  ...['AVA_', 'MOCHA_', 'NODE_TEST_', 'TS_NODE_', 'TSX_'],
  ...['npm_', 'INIT_CWD', 'PROJECT_CWD', 'BERRY_BIN_FOLDER', 'PNPM_SCRIPT_SRC_DIR'],
  ...['NODE_CHANNEL_', 'NODE_UNIQUE_ID', 'NODE_INSPECTOR_IPC', 'VSCODE_INSPECTOR_OPTIONS'],
  ...['NODE_OPTIONS', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES', 'ISOLATE_LEAK_'],
]

// vitest makes the members of import.meta.env variables.
const LEFT_BY_VITEST = ['TEST', 'PROD', 'DEV', 'SSR', 'MODE', 'BASE_URL', 'FORCE_TTY']

const CONSEQUENTIAL = ['LD_PRELOAD', 'DYLD_INSERT_LIBRARIES', 'TS_NODE_', 'TSX_TSCONFIG_PATH']

/**
 * Takes out of the caller's environment what the tools around the caller have put there: it would load them into the
 * application and change what is measured. What the application needs of it can be set in `entry.env`.
 */
export function cleanEnvironment(env: NodeJS.ProcessEnv): CleanEnvironment {
  const kept: Record<string, string> = {}
  const dropped: string[] = []
  const underRunner = ['TAP', 'VITEST', 'JEST_WORKER_ID', 'NYC_CONFIG'].some(name => env[name] !== undefined)
  const underNpm = env.npm_execpath !== undefined || env.npm_lifecycle_event !== undefined
  // npm and yarn tell their scripts about the Node they run on, and npm whether it prints in colours.
  const left = [
    ...LEFT_BY_TOOLS,
    ...(env.VITEST === undefined ? [] : LEFT_BY_VITEST),
    ...(underNpm ? ['NODE', 'COLOR'] : []),
  ]
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || isTestMode(name, value, env)) continue
    if (!matches(name, left)) {
      kept[name] = underNpm && name.toUpperCase() === 'PATH' ? withoutNpmFolders(value) : value
    } else if (name === 'NODE_OPTIONS' ? !isOfTools(value) : !underRunner && matches(name, CONSEQUENTIAL)) {
      dropped.push(name)
    }
  }
  return { env: kept, dropped }
}

function matches(name: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => (pattern.endsWith('_') ? name.startsWith(pattern) : name === pattern))
}

/** `NODE_ENV=test` as vitest and jest set it where it is unset. */
function isTestMode(name: string, value: string, env: NodeJS.ProcessEnv): boolean {
  return (
    name === 'NODE_ENV' &&
    value === 'test' &&
    (env.VITEST !== undefined || env.JEST_WORKER_ID !== undefined || env.AVA_PATH !== undefined)
  )
}

/** npm, pnpm and yarn put the commands of every installed package in front of the PATH. */
function withoutNpmFolders(path: string): string {
  const folders = path.split(delimiter)
  return folders
    .filter(folder => !/[\\/](node_modules[\\/]\.bin|node-gyp-bin)[\\/]?$/.test(folder))
    .join(delimiter)
}

/** Whether `NODE_OPTIONS` holds nothing but what the tools themselves put there. */
function isOfTools(nodeOptions: string): boolean {
  const foreign = nodeOptions
    .replaceAll(
      /(?:--(?:require|import|loader|experimental-loader)[ =]|-r )("[^"]*"|\S+)/g,
      (option, file: string) => (TOOL_FILES.test(file) ? '' : option),
    )
    // A quoted option as a whole, as tap writes it.
    .replaceAll(/"[^"]*"/g, quoted => (TOOL_FILES.test(quoted) ? '' : quoted))
    .replaceAll(/--(enable-source-maps|no-warnings|disable-warning=\S+)/g, '')
  return foreign.replaceAll('"', '').trim() === ''
}

const TOOL_FILES =
  /(^|[\\/@"=])(tapjs|tap|tsimp|nyc|node-preload|spawn-wrap|c8|vitest|jest[\w-]*|tsx|ts-node|ms-vscode[\w.-]*|\.pnp\.cjs|\.pnp\.loader\.mjs)([\\/"@]|$)/

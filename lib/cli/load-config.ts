import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isFile } from '../system/file-exists.js'
import { IsolateLeakError } from '../errors.js'
import type { AgentOptions, IsolateLeakOptions } from '../options/types.js'
import type { CliContext } from './context.js'
import { fromAccessLog } from '../trial/recorded/from-access-log.js'
import { fromHar } from '../trial/recorded/from-har.js'
import { isRecord } from '../options/check/check-object.js'
import { commandFromJson } from '../trial/workload/command-from-json.js'
import { http } from '../trial/workload/http.js'
import { idle } from '../trial/workload/idle.js'
import { inApp } from '../trial/workload/in-app.js'
import type { HttpOptions, Workload } from '../types/workload.js'
import { UsageError } from './exit-status.js'

const EXTENSIONS = ['.js', '.mjs', '.cjs', '.json', '.ts', '.mts']

/**
 * Loads a config. Its folder becomes the working directory first, so that its paths, whoever resolves them, are
 * relative to it.
 * @throws IsolateLeakError `ERR_CONFIG`
 */
export async function loadConfig(
  path: string,
  context: Pick<CliContext, 'cwd' | 'chdir'>,
): Promise<IsolateLeakOptions> {
  const file = resolve(context.cwd(), path)
  const extension = extname(file)
  if (!EXTENSIONS.includes(extension)) {
    throw configError(`a config ends in ${EXTENSIONS.join(', ')}, got ${path}`)
  }
  if (!isFile(file)) throw configError(`there is no config ${file}`)
  if (extension !== '.json') await refuseScript(file)
  context.chdir(dirname(file))
  return extension === '.json' ? readJson(file) : readModule(file)
}

/** Exports something as its default, in whatever way. */
const EXPORTS = /\bexport\s+default\b|\bexport\s*\{[^}]*\bdefault\b|\bexport\s*=|\bexports\b/
const LISTENS = /\.listen\s*\(/

/** Loading a script would run it: a server that is given in place of a config. */
async function refuseScript(file: string): Promise<void> {
  // What cannot be read is told by loading it.
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null || (EXPORTS.test(text) && (!LISTENS.test(text) || /\bentry\b/.test(text)))) return
  const why = EXPORTS.test(text) ? 'listens and names no entry' : 'has no default export'
  throw configError(
    `expected a config, but ${file} ${why}, and was not run. A script is measured by a config that names it, for example ` +
      `leak.config.mjs: export default { entry: './${basename(file)}', agents: ['newrelic'], workload: http({ path: '/' }) }, ` +
      "with import { http } from 'isolate-leak'",
  )
}

async function readJson(file: string): Promise<IsolateLeakOptions> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw configError(`${file} cannot be read`, error)
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw configError(`${file} is not valid JSON`, error)
  }
  try {
    return await jsonOptions(requireObject(value, file, 'an object'))
  } catch (error) {
    if (error instanceof IsolateLeakError && error.code === 'ERR_CONFIG') throw error
    throw configError(`the workload in ${file} is not valid`, error)
  }
}

async function readModule(file: string): Promise<IsolateLeakOptions> {
  const { exported } = await importModule(file)
  const value =
    typeof exported === 'function'
      ? await call(exported as () => unknown, `the function that ${file} exports failed`)
      : await call(() => exported, `the promise that ${file} exports failed`)
  return requireObject(
    value,
    file,
    'a default export that is an object of options, or a function that returns it',
  ) as unknown as IsolateLeakOptions
}

/** In an object, so that an exported promise is not awaited here. */
async function importModule(file: string): Promise<{ readonly exported: unknown }> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown }
    const exported = module.default
    // a transpiled module has its default export one level deeper
    const inner = exported as { readonly __esModule?: boolean; readonly default?: unknown } | null | undefined
    return { exported: typeof exported === 'object' && inner?.__esModule === true ? inner.default : exported }
  } catch (error) {
    const isUnknown = error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_FILE_EXTENSION'
    throw isUnknown && /\.m?ts$/.test(file)
      ? configError(
          `Node ${process.versions.node} cannot load ${file}: TypeScript needs Node 22.18 or newer, or a loader, ` +
            'for example: node --import tsx node_modules/isolate-leak/dist/cli/bin.js run <config>',
          error,
        )
      : configError(`${file} could not be loaded`, error)
  }
}

async function call(create: () => unknown, failure: string): Promise<unknown> {
  try {
    return await create()
  } catch (error) {
    throw configError(failure, error)
  }
}

function requireObject(value: unknown, file: string, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>
  }
  const got = Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value
  throw configError(`${file} must have ${what}, got ${got}`)
}

function configError(message: string, cause?: unknown): IsolateLeakError {
  return new IsolateLeakError('ERR_CONFIG', message, cause === undefined ? undefined : { cause })
}

/**
 * Options from a JSON config: the same names, with the workload as `{ "http": {} }`, `{ "command": ["program"] }`,
 * `{ "inApp": "path" }` or `{ "idle": {} }`.
 * @throws IsolateLeakError `ERR_CONFIG` when the workload is none of them, `ERR_OPTION_INVALID` or `ERR_RECORDING` from the workload
 */
async function jsonOptions(config: Readonly<Record<string, unknown>>): Promise<IsolateLeakOptions> {
  // everything else is checked where options of every origin are
  const { workload } = config
  return {
    ...config,
    ...(workload === undefined ? {} : { workload: await jsonWorkload(workload) }),
  } as unknown as IsolateLeakOptions
}

async function jsonWorkload(value: unknown): Promise<Workload> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const [entry] = entries
  if (entry !== undefined && entries.length === 1) {
    const [kind, options] = entry as [string, never]
    if (kind === 'http') return http(await withRecorded(options))
    if (kind === 'command') return commandFromJson(options)
    if (kind === 'inApp') return inApp(options)
    if (kind === 'idle') return idle(options)
  }
  throw new IsolateLeakError(
    'ERR_CONFIG',
    'the workload of a JSON config must be { "http": {...} }, { "command": ["h2load", ...] }, { "inApp": "./operation.js" } or ' +
      '{ "idle": {} }, ' +
      `got ${JSON.stringify(value)}`,
  )
}

/** Where the requests come from a file: `{ "fromHar": "traffic.har" }`, or with options `{ "fromHar": { "file": "traffic.har", "most": 500 } }`. */
async function withRecorded(options: unknown): Promise<HttpOptions> {
  if (!isRecord(options)) return options as HttpOptions
  const { fromHar: har, fromAccessLog: log, ...others } = options
  if (har !== undefined && log !== undefined) throw configError('give fromHar or fromAccessLog, not both')
  const given = har ?? log
  if (given === undefined) return others
  const { file, ...more } = isRecord(given) ? given : { file: given }
  const read = har === undefined ? fromAccessLog : fromHar
  return { ...(await read(file as string, more)), ...others }
}

/** What a run that is about one agent cannot have. */
const OTHERS = ['agents', 'strategy', 'history', 'notify'] as const

/** Options of a run that is about one agent: those of a config without its agents, and without what is done every night. */
type OneAgentOptions = Omit<IsolateLeakOptions, (typeof OTHERS)[number]> & {
  readonly agent: string | AgentOptions
}

/**
 * What a config says of the agent that is named on the command line, with everything else that it says. An agent that
 * the config does not list is given by its name alone.
 * @throws UsageError when two of its agents have the name
 */
export function oneAgent(config: IsolateLeakOptions, name: string): OneAgentOptions {
  const { agents } = config
  const rest: Partial<IsolateLeakOptions> = { ...config }
  for (const other of OTHERS) Reflect.deleteProperty(rest, other)
  const list = Array.isArray(agents) ? (agents as readonly (string | AgentOptions)[]) : []
  const found = list.filter(agent => namesOf(agent).includes(name))
  if (found.length > 1) throw new UsageError(`the config has ${String(found.length)} agents called '${name}'`)
  return { ...(rest as Omit<OneAgentOptions, 'agent'>), agent: found[0] ?? name }
}

/** A config for a run that is about agents one after another: without what is done every night, and how sets of them are tried. */
export function withAgents(
  config: IsolateLeakOptions,
): Omit<IsolateLeakOptions, 'strategy' | 'history' | 'notify'> {
  const rest: Partial<IsolateLeakOptions> = { ...config }
  for (const other of OTHERS) if (other !== 'agents') Reflect.deleteProperty(rest, other)
  return rest as Omit<IsolateLeakOptions, 'strategy' | 'history' | 'notify'>
}

/** By its own name, or by its package. */
function namesOf(agent: string | AgentOptions): readonly string[] {
  const names = typeof agent === 'string' ? [agent] : [agent.name, agent.package, agent.preset]
  return names.flatMap(one => (typeof one === 'string' ? [one, one.replace(/(?<=.)@.*$/, '')] : []))
}

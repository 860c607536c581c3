import { MASK } from '../../options/redact/redact-text.js'
import type { AgentOptions, EntryOptions, IsolateLeakOptions } from '../../options/types.js'
import type { GivenAgent, ReportData, ReportedAgent, RerunOptions } from '../../types/index.js'
import { commandFromJson } from '../../trial/workload/command-from-json.js'
import { http } from '../../trial/workload/http.js'
import { idle } from '../../trial/workload/idle.js'
import { inApp } from '../../trial/workload/in-app.js'
import type { Workload } from '../../types/workload.js'
import { type Missing, collectMissing } from './differences.js'
import { otherVersions, agentNames, nameOf } from './other-versions.js'
import type { ReplayOptions } from './types.js'
import { invalidOption } from '../../options/check/check-object.js'
import { parseSpecifier } from '../../agents/preload.js'
import { parseSpec } from '../../agents/packages/parse-spec.js'

const EARLIER = ', which reports of earlier versions do not tell'

/** What is run, and how that is related to the report. */
interface Rebuilt {
  readonly options: IsolateLeakOptions
  /** Name of an agent in the report → its name now. */
  readonly names: ReadonlyMap<string, string>
  /** Names of variables whose values were taken from the environment. */
  readonly variables: readonly string[]
}

/**
 * The options of the run that a report is of. With a carrier, `agents` is the carrier alone.
 * @param env where values of variables are taken from
 * @throws IsolateLeakError `ERR_REPLAY` with everything that the report does not tell and `given` does not either
 */
export function rebuildOptions(
  report: ReportData,
  given: ReplayOptions,
  env: Readonly<Record<string, string | undefined>>,
): Rebuilt {
  const { versions = [], agents: configured = [], ...overrides } = given
  const { options } = report
  const { rerun } = options
  const missing = collectMissing(env)
  const reported = options.carrier ? [options.carrier] : options.agents
  const agents = reported.map((agent, index) => {
    const asGiven = rerun?.agents[index]
    const found = configuredAgent(agent, configured)
    if (found !== null) return found
    if (asGiven !== undefined) return rebuildAgent(agent, asGiven, missing)
    missing.part(`how agent ${agent.name} was attached${EARLIER}`)
    return agent.name
  })
  const entry = given.entry ?? rebuildEntry(report, rerun, missing)
  const workload = given.workload ?? rebuildWorkload(report, rerun, missing)
  missing.check()
  const { names, agents: renamed } = otherVersions(agents, reported, versions, report)
  return {
    options: { ...settingsOf(report, given), ...defined(overrides), entry, workload, agents: renamed },
    names: options.carrier ? ownNames(options.agents) : names,
    variables: [...missing.taken].sort(),
  }
}

/** Instrumentations have no versions. */
function ownNames(agents: readonly ReportedAgent[]): ReadonlyMap<string, string> {
  return new Map(agents.map(({ name }) => [name, name]))
}

function settingsOf({ options }: ReportData, given: ReplayOptions): Partial<IsolateLeakOptions> {
  const { rerun, keep, carrier } = options
  const { effort, errorRate, backends, seed, operations, threshold, retentionMs, strategy } = options
  const longer = given.effort !== undefined || given.operations !== undefined
  return {
    ...{ effort, errorRate, backends, seed },
    ...(given.effort === undefined ? { operations, threshold, retentionMs } : {}),
    ...(carrier ? {} : { strategy }),
    ...(keep === undefined || carrier ? {} : { keep }),
    ...(rerun === undefined ? {} : limitsOf(rerun, given, longer)),
  }
}

function limitsOf(rerun: RerunOptions, given: ReplayOptions, longer: boolean): Partial<IsolateLeakOptions> {
  const { concurrency, trialTimeoutMs, readyTimeoutMs, evidence, evidenceHeapLimitBytes } = rerun
  // Snapshots need a folder to be kept in.
  const kept = evidence.endsWith('snapshots') && given.outDir === undefined ? 'summary' : evidence
  return {
    ...{ readyTimeoutMs, evidence: kept, evidenceHeapLimitBytes },
    ...(longer ? {} : { trialTimeoutMs }),
    ...(concurrency === null ? {} : { concurrency }),
  }
}

function rebuildEntry(
  { options }: ReportData,
  rerun: RerunOptions | undefined,
  missing: Missing,
): EntryOptions {
  const { file, args, nodeArgs, nodePath, cwd, isCommand = false } = options.entry
  if (rerun === undefined) missing.part(`how the application was started${EARLIER}`)
  const ready = rerun?.entry.ready
  if (ready === null) missing.part('entry.ready, which was a function, or held a secret')
  if (rerun?.entry.stdin === true) missing.part("entry.stdin, the text for the application's standard input")
  return {
    ...(isCommand ? { command: [file] } : { file, nodeArgs: missing.texts('arguments for Node', nodeArgs) }),
    cwd,
    args: missing.texts('arguments of the application', args),
    env: missing.variables('application', rerun?.entry.variables),
    ...(rerun?.entry.nodePath === true ? { nodePath } : {}),
    ...(rerun?.entry.port === undefined ? {} : { port: rerun.entry.port }),
    ...(ready === undefined || ready === null
      ? {}
      : { ready: typeof ready === 'string' ? ready : new RegExp(ready.pattern, ready.flags) }),
  }
}

/** The description is a text of the caller's where it is no http. */
function rebuildWorkload(
  { conditions }: ReportData,
  rerun: RerunOptions | undefined,
  missing: Missing,
): Workload {
  const workload = rerun?.workload ?? null
  const description = conditions.workload.includes(MASK) ? {} : { description: conditions.workload }
  if (workload === null) {
    const why = rerun === undefined ? EARLIER : ', which holds functions, secrets or recorded requests'
    missing.part(`the workload (${conditions.workload})${why}`)
    return idle()
  }
  if ('http' in workload) return http(workload.http)
  if ('command' in workload) return commandFromJson({ ...workload.command, ...description })
  return 'inApp' in workload ? inApp(workload.inApp, description) : idle(description)
}

type Defined<Value> = { readonly [Key in keyof Value]?: Exclude<Value[Key], undefined> }

function defined<Value extends object>(value: Value): Defined<Value> {
  const names = Reflect.ownKeys(value) as (keyof Value)[]
  const given = names.filter(name => value[name] !== undefined).map(name => [name, value[name]] as const)
  return Object.fromEntries(given) as Defined<Value>
}

/**
 * An agent of a report as a config attaches it: the one of its name, or else the one of its package; in the version of the report
 * where the library installed it. `null`: the config has none.
 * @throws IsolateLeakError `ERR_OPTION_INVALID` where several may be meant
 */
function configuredAgent(
  reported: ReportedAgent,
  config: readonly (string | AgentOptions)[],
): string | AgentOptions | null {
  const found = config.find(agent => nameOf(agent) === reported.name) ?? ofSamePackage(reported, config)
  if (found === null) return null
  const installed = reported.packages.length > 0 && reported.package !== null && reported.version !== null
  if (!installed) return found
  const given: AgentOptions = typeof found === 'string' ? { name: found } : found
  const spec = given.package ?? reported.package
  const exact = exactPackage(spec, reported) ?? spec
  return { ...given, name: reported.name, package: exact }
}

function ofSamePackage(
  { name, package: packageName, preset }: ReportedAgent,
  config: readonly (string | AgentOptions)[],
): string | AgentOptions | null {
  const wanted = [packageName, preset].flatMap(one => one ?? [])
  const found = config.filter(agent => agentNames(agent).some(one => wanted.includes(one)))
  if (found.length > 1) {
    throw invalidOption(
      `agents: ${found.map(nameOf).join(' and ')} may all be ${name} of the report; give the one that is meant its name`,
    )
  }
  return found[0] ?? null
}

/** An agent of a report, as it was given, in the version that the report names where the library installed it. */
function rebuildAgent(reported: ReportedAgent, given: GivenAgent, missing: Missing): string | AgentOptions {
  const { name } = reported
  const owner = `agent ${name}`
  if (given.text !== undefined) {
    const isVersioned = parseSpecifier(given.text).kind === 'versioned'
    const exact = isVersioned ? exactPackage(given.text, reported) : null
    return exact === null ? given.text : { name, package: exact }
  }
  const env = missing.variables(owner, given.variables)
  const nodeArgs = missing.texts(`arguments for Node of ${owner}`, reported.nodeArgs)
  const command = missing.texts(`the command of ${owner}`, reported.command)
  return {
    name,
    ...attachment(reported, given, missing),
    ...(given.beside === undefined ? {} : { beside: given.beside }),
    ...(given.preset === undefined ? {} : { preset: given.preset }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(nodeArgs.length === 0 ? {} : { nodeArgs }),
    ...(command.length === 0 ? {} : { command }),
    ...(reported.requires.length === 0 ? {} : { requires: reported.requires }),
    ...sidecarOf(reported, given, missing),
  }
}

/** What is preloaded. A file that was given as text is known by where it was found. */
function attachment(
  reported: ReportedAgent,
  given: GivenAgent,
  missing: Missing,
): Pick<AgentOptions, 'package' | 'require' | 'import'> {
  const owner = `agent ${reported.name}`
  const byItself = given.package === undefined && given.preset === undefined
  const files = byItself && given.require === undefined && given.import === undefined ? reported : given
  const [require = [], imports = []] = [files.require, files.import]
  missing.texts(`what ${owner} preloads`, [...require, ...imports])
  const spec = given.package
  if (spec !== undefined) missing.texts(`the package of ${owner}`, [spec])
  return {
    ...(spec === undefined ? {} : { package: exactPackage(spec, reported) ?? spec }),
    ...(require.length === 0 ? {} : { require }),
    ...(imports.length === 0 ? {} : { import: imports }),
  }
}

/** `newrelic@7.4.0` for `newrelic@^7`, of which that version was installed; `null` for what is in no registry. */
function exactPackage(text: string, { version }: Pick<ReportedAgent, 'version'>): string | null {
  const spec = parseSpec(text, '/')
  return 'name' in spec && version !== null ? `${spec.name}@${version}` : null
}

function sidecarOf(
  { name, sidecar: command }: ReportedAgent,
  { sidecar }: GivenAgent,
  missing: Missing,
): Pick<AgentOptions, 'sidecar'> {
  if (sidecar === undefined || command === undefined) return {}
  const { cwd, ready, variables } = sidecar
  return {
    sidecar: {
      command: missing.texts(`the sidecar of agent ${name}`, command),
      env: missing.variables(`sidecar of agent ${name}`, variables),
      ...(cwd === undefined ? {} : { cwd }),
      ready: typeof ready === 'object' && 'pattern' in ready ? new RegExp(ready.pattern, ready.flags) : ready,
    },
  }
}

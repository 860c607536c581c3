import { presetFor } from '../../agents/presets/index.js'
import type { Instrumentation, Switches } from '../../types/preset.js'
import { checkObject, invalidOption } from '../../options/check/check-object.js'
import { IsolateLeakError } from '../../errors.js'
import { resolveOptions } from '../../run/resolve/resolve-options.js'
import type { Carrier, ResolvedAgent, ResolvedOptions } from '../../options/resolved.js'
import { refuseOfOneRun, resolveStrategy } from '../../run/resolve/shard.js'
import { withCleanErrors } from '../../report/redact/known-secrets.js'
import { runExperiment } from '../../run/run-experiment.js'
import { createInstrumentationReport } from './instrumentation-text.js'
import type { InstrumentationOptions, InstrumentationReport } from './types.js'
import { trialRunner } from '../../trial/trial-runner.js'
import type { TrialRecord } from '../../types/index.js'
import { isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { findPackage } from '../../agents/find-package.js'
import { preloadKindOf } from '../../agents/preload.js'
import { startFile } from '../../agents/presets/apply-preset.js'

/**
 * Finds out which instrumentation of an agent leaks: runs the application with the agent in every trial, and switches those of its
 * instrumentations on and off that have something loaded to patch, all at once first, then halves of what is
 * suspected.
 *
 * @returns the instrumentation, or the smallest set that leaks only together, and the setting that switches it off
 * @throws IsolateLeakError as {@link isolateLeak} does; `ERR_OPTION_INVALID` for an agent that is not known,
 * `ERR_OPTION_UNSUPPORTED` for one without switches, or a version without them
 */
export async function isolateInstrumentation(
  options: InstrumentationOptions,
): Promise<InstrumentationReport> {
  return withCleanErrors(options, async resolvedTo => tryInstrumentations(options, resolvedTo))
}

async function tryInstrumentations(
  options: InstrumentationOptions,
  resolvedTo: (resolved: ResolvedOptions) => void,
): Promise<InstrumentationReport> {
  const given = checkObject('the options of isolateInstrumentation()', options)
  if (given.agents !== undefined || given.agent === undefined) {
    throw invalidOption("isolateInstrumentation() takes one agent: give agent, for example 'newrelic'")
  }
  refuseOfOneRun('isolateInstrumentation()', given)
  const { agent: wanted, ...rest } = options
  const resolved = await resolveOptions({ ...rest, agents: [wanted] })
  resolvedTo(resolved)
  const [agent] = resolved.agents
  if (agent === undefined) throw new Error('expected one agent')
  const switches = switchesOf(agent)
  const version = agent.package?.version ?? ''
  const all = switches.list(agent.package?.root ?? '', version)
  if (all.length === 0) {
    throw unsupported(agent, `version ${version} has no switches for single instrumentations`)
  }
  const names = await listPackages(resolved)
  const { loaded, notLoaded } = loadedInstrumentations(all, { names, entryFile: resolved.entry.file })
  const carrier = carrierOf(agent, switches)
  const agents = loaded.map(instrumentationAgent)
  const report = await runExperiment({
    ...resolved,
    ...resolveStrategy(agents),
    agents,
    carrier,
    // It is in the baseline as well, as is meant.
    keep: [...resolved.keep, agent.package?.name ?? agent.name, agent.preset?.package ?? agent.name],
  })
  return createInstrumentationReport({
    ...{ agent: agent.preset?.package ?? agent.name, version, tried: loaded, notLoaded, report },
    off: carrier.off,
    code: culprits => switches.code?.(culprits, version),
  })
}

function switchesOf(agent: ResolvedAgent): Switches {
  const preset = agent.preset === null ? undefined : presetFor(agent.preset.package)
  if (preset === undefined) {
    throw invalidOption(
      `agent '${agent.name}' is none of those whose switches are known; give preset to say which it is`,
    )
  }
  if (preset.switches === null) {
    throw unsupported(agent, `${preset.title} has no switches for single instrumentations`)
  }
  return preset.switches
}

function unsupported(agent: ResolvedAgent, why: string): IsolateLeakError {
  return new IsolateLeakError('ERR_OPTION_UNSUPPORTED', `agent '${agent.name}': ${why}`)
}

/** Enough for what is loaded with the first requests. */
const OPERATIONS = 64

/**
 * The packages that the application loads with the agent attached and some operations performed.
 * @throws IsolateLeakError when it does not start or cannot be driven
 */
async function listPackages(options: ResolvedOptions): Promise<readonly string[]> {
  const isIdle = options.workload.kind === 'idle'
  const operations = isIdle ? Math.min(8, options.operations) : Math.min(OPERATIONS, options.operations)
  const runner = trialRunner({ ...options, operations, listPackages: true }, { keeps: () => false })
  const records: TrialRecord[] = []
  try {
    const agents = options.agents.map(({ name }) => name)
    const [backend = 'up'] = options.backends
    await runner.run([{ id: 1, agents, purpose: 'measure', operations, backend }], async record => {
      await Promise.resolve(records.push(record))
    })
  } finally {
    await runner.close()
  }
  return records.flatMap(({ packages = [] }) => packages)
}

/** What tells whether an instrumentation has something to patch. */
interface LoadedPackages {
  /** Packages that the CommonJS loader had loaded files of. */
  readonly names: readonly string[]
  /** The application's script. */
  readonly entryFile: string
}

/**
 * The instrumentations that may do something: those of Node's own modules, of packages that were loaded, and those that patch
 * nothing by name. What an application loads as ECMAScript shows in no list: there everything counts that it could load.
 */
export function loadedInstrumentations(
  instrumentations: readonly Instrumentation[],
  { names, entryFile }: LoadedPackages,
): { readonly loaded: readonly string[]; readonly notLoaded: readonly string[] } {
  const loaded = new Set(names)
  const isModule = preloadKindOf(entryFile) === 'import'
  const folder = dirname(entryFile)
  const mayAct = ({ packages }: Instrumentation): boolean =>
    packages.length === 0 ||
    packages.some(
      name => isBuiltin(name) || loaded.has(name) || (isModule && findPackage(name, [folder]) !== undefined),
    )
  return {
    loaded: instrumentations.filter(mayAct).map(({ name }) => name),
    notLoaded: instrumentations.filter(one => !mayAct(one)).map(({ name }) => name),
  }
}

/** The agent as what carries its instrumentations: on in every trial, with some of them switched off. */
export function carrierOf(agent: ResolvedAgent, switches: Switches): Carrier {
  const { version = '', root = '' } = agent.package ?? {}
  const start = switches.start?.(version)
  return {
    agent: {
      ...agent,
      require: [...(start === undefined ? [] : [startFile(start)]), ...agent.require],
      // Without its instrumentations it has nothing to report, which is as it should be.
      preset: agent.preset === null ? null : { ...agent.preset, proof: null },
    },
    off: names => {
      const off = Object.entries(switches.off(names, version))
      const filled = off.map(([name, value]) => [name, value.replaceAll('{agent}', root)] as const)
      return together(Object.fromEntries(filled), agent.env)
    },
  }
}

/** One of its instrumentations, as what is on or off. */
export function instrumentationAgent(name: string): ResolvedAgent {
  return {
    ...{ name, require: [], import: [], env: {}, preset: null, nodeArgs: [], command: [] },
    ...{ requires: [], package: null, tree: [], sidecar: null },
  }
}

/** What the caller switched off by the same list stays off. */
export function together(
  off: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(off).map(([name, value]) => {
      const before = own[name] ?? ''
      const isList = before !== '' && !/^(?:true|false|0|1)$/.test(value)
      return [name, isList ? [before, value].filter(Boolean).join(',') : value]
    }),
  )
}

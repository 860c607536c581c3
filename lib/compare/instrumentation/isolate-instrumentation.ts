import { presetFor } from '../../agents/presets/index.js'
import type { Switches } from '../../types/preset.js'
import { checkObject } from '../../options/check/check-object.js'
import { invalidOption } from '../../options/check/invalid-option.js'
import { IsolateLeakError } from '../../errors.js'
import { resolveOptions } from '../../run/resolve/resolve-options.js'
import type { ResolvedAgent, ResolvedOptions } from '../../options/resolved.js'
import { refuseShard } from '../../run/resolve/shard.js'
import { resolveStrategy } from '../../run/resolve/strategy.js'
import { withCleanErrors } from '../../report/redact/clean-errors.js'
import { runExperiment } from '../../run/run-experiment.js'
import { carrierOf, instrumentationAgent } from './carrier.js'
import { createInstrumentationReport } from './instrumentation-text.js'
import { listPackages } from './list-packages.js'
import { loadedInstrumentations } from './loaded-instrumentations.js'
import type { InstrumentationOptions, InstrumentationReport } from './types.js'

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
  refuseShard('isolateInstrumentation()', given)
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

import { randomInt } from 'node:crypto'
import { installAgents } from '../../agents/install-agents.js'
import { placesFor, resolveAgents } from '../../agents/resolve-agents.js'
import { checkObject, isPlainObject } from '../../options/check/check-object.js'
import { parse } from '../../options/check/parse.js'
import { http } from '../../trial/workload/http.js'
import { nameWorkload } from '../../trial/workload/name-workload.js'
import { checkBackends, checkKeep } from '../../options/backends.js'
import { resolveEntry } from '../../options/entry.js'
import { environmentWarning } from '../../options/environment-warning.js'
import { freezeDeeply } from '../../options/freeze-deeply.js'
import { resolveConcurrency, resolveTrialTimeout, withSidecars } from '../../options/limits.js'
import {
  fewOperationsWarning,
  resolveOperations,
  resolveThreshold,
  effortDefaults,
} from '../../options/operations.js'
import { resolveOpenHost } from '../../options/open-host.js'
import { OPTIONS, SEEDS } from '../../options/options-schema.js'
import { checkOutDir, resolveOutDir } from '../../options/out-dir.js'
import type { ResolvedOptions } from '../../options/resolved.js'
import { checkShard, resolveStrategy } from './shard.js'
import { resolveTiming } from '../../options/timing.js'
import type { IsolateLeakOptions } from '../../options/types.js'
import { types } from 'node:util'
import { type AgentPlaces, findFile } from '../../agents/preload.js'
import { isUrl, toPath } from '../../options/check/to-path.js'
import { parseSpec } from '../../agents/packages/parse-spec.js'
import { redactText } from '../../options/redact/redact-text.js'
import type { GivenAgent } from '../../types/index.js'
import { variablesAsGiven } from '../../options/variables-as-given.js'

/**
 * Validates the options once, fills in the defaults, and freezes the result. Files of the entry and of the agents are
 * looked for here, versions of agents that are asked for are installed, and a Node other than the caller's is asked for
 * its version.
 *
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, `ERR_OPTION_UNSUPPORTED`, `ERR_ENTRY_NOT_FOUND`, `ERR_NODE_UNUSABLE`
 * one of the `ERR_AGENT_…` codes, or one of {@link installPackage}
 */
export async function resolveOptions(options: IsolateLeakOptions): Promise<ResolvedOptions> {
  const asGiven = checkObject('the options of isolateLeak()', options)
  const given = parse(OPTIONS, asGiven, '', 'isolateLeak()')
  const cwd = process.cwd()
  const workload = given.workload === undefined ? http() : nameWorkload(given.workload)
  const givenAgents: unknown = given.agents ?? []
  const { effort, errorRate, backends, keep, readyTimeoutMs, evidence, evidenceHeapLimitBytes, resume } =
    given
  const defaults = effortDefaults(effort, workload)
  const threshold = resolveThreshold(given.threshold, defaults.threshold, workload)
  const operations = resolveOperations(given.operations, defaults.operations, workload)
  const timing = resolveTiming({ ...options, retentionMs: given.retentionMs }, effort, workload)
  const settings = {
    ...{ effort, threshold, operations, timing, errorRate, readyTimeoutMs, resume, evidence },
    ...{ evidenceHeapLimitBytes, backends, keep },
    budgetMs: given.budgetMs ?? null,
    trialTimeoutMs: resolveTrialTimeout(given.trialTimeoutMs, timing, workload, operations),
    ...resolveConcurrency(given.concurrency, workload),
    keepAliveBytes: given.keepAliveBytes ?? null,
    seed: given.seed ?? randomInt(SEEDS),
    outDir: resolveOutDir(given.outDir, cwd),
    shard: given.shard ?? null,
    signal: given.signal ?? null,
    onEvent: given.onEvent ?? (() => undefined),
    openHost: resolveOpenHost(options),
  }
  checkOutDir(settings)
  const entry = await resolveEntry(given.entry, workload, cwd)
  const places = placesFor(entry, cwd)
  const { installs, warnings: installing } = await installAgents(givenAgents, {
    ...{ places, cwd, signal: settings.signal },
    onProgress: progress => {
      settings.onEvent({ type: 'install', ...progress })
    },
  })
  const { agents, warnings } = resolveAgents(givenAgents, entry, cwd, installs)
  const sets = resolveStrategy(agents, given.strategy, settings.shard !== null)
  checkBackends(backends, agents.length)
  checkKeep(keep, agents)
  checkShard({ ...sets, backends, shard: settings.shard }, agents)
  return freezeDeeply({
    ...settings,
    ...withSidecars(settings, agents, entry, workload),
    ...sets,
    entry,
    agents,
    carrier: null,
    listPackages: false,
    workload,
    given: {
      agents: agentsAsGiven(givenAgents as readonly unknown[], places, cwd),
      nodePath: isPlainObject(given.entry) && given.entry.nodePath !== undefined,
    },
    warnings: [
      ...environmentWarning(entry),
      ...fewOperationsWarning(operations, threshold, workload),
      ...installing,
      ...warnings,
    ],
  })
}

/**
 * Agents as they were given, so that a report can tell how to run them again: paths made absolute, names of variables
 * without values. Only after they were found to be right.
 *
 * @param cwd working directory of the caller
 */
export function agentsAsGiven(agents: readonly unknown[], places: AgentPlaces, cwd: string): GivenAgent[] {
  return agents.map(agent =>
    typeof agent === 'string' ? givenText(agent, places) : givenObject(agent, places, cwd),
  )
}

function givenText(text: string, places: AgentPlaces): GivenAgent {
  return findFile(text, places) === undefined ? { name: text, text } : { name: text }
}

function givenObject(agent: unknown, places: AgentPlaces, cwd: string): GivenAgent {
  const given = isPlainObject(agent) ? agent : {}
  const { name, preset, env } = given
  const [require, imports] = [specifiers(given.require, places), specifiers(given.import, places)]
  return {
    name: String(name),
    ...(typeof given.package === 'string' ? { package: specText(given.package, cwd) } : {}),
    ...(Array.isArray(given.beside) ? { beside: given.beside.map(one => specText(String(one), cwd)) } : {}),
    ...(preset === null || typeof preset === 'string' ? { preset } : {}),
    ...(require.length === 0 ? {} : { require }),
    ...(imports.length === 0 ? {} : { import: imports }),
    ...(env === undefined ? {} : { variables: variablesAsGiven(env) }),
    ...(isPlainObject(given.sidecar) ? { sidecar: givenSidecar(given.sidecar, cwd) } : {}),
  }
}

/** A folder or a tarball is found from elsewhere as well. */
function specText(text: string, cwd: string): string {
  const spec = parseSpec(text, cwd)
  return spec.kind === 'folder-or-tarball' ? spec.source : spec.text
}

function specifiers(value: unknown, places: AgentPlaces): string[] {
  const all: unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value]
  return all
    .map(one => (isUrl(one) ? one.href : String(one)))
    .map(one => redactText(one.startsWith('data:') ? one : (findFile(one, places) ?? one)))
}

function givenSidecar(
  given: Readonly<Record<string, unknown>>,
  cwd: string,
): NonNullable<GivenAgent['sidecar']> {
  const { ready } = given
  return {
    ...(given.cwd === undefined ? {} : { cwd: toPath('cwd', given.cwd, cwd) }),
    variables: variablesAsGiven(given.env),
    ready: types.isRegExp(ready)
      ? { pattern: ready.source, flags: ready.flags.replaceAll(/[gy]/g, '') }
      : isPlainObject(ready)
        ? { port: Number(ready.port), host: typeof ready.host === 'string' ? ready.host : '127.0.0.1' }
        : 'spawned',
  }
}

import { nonEmpty } from '../../options/check/fields.js'
import { parse } from '../../options/check/parse.js'
import { checkObject, invalidOption } from '../../options/check/check-object.js'
import { decisionSettings } from '../../options/decision-settings.js'
import { debugFor } from '../../system/debug.js'
import { lockFolder } from '../../run/journal/run-lock.js'
import { OPTIONS } from '../../options/options-schema.js'
import type { ResolvedOptions } from '../../options/resolved.js'
import { resolveOptions } from '../../run/resolve/resolve-options.js'
import { refuseOfOneRun } from '../../run/resolve/shard.js'
import type { AgentOptions, IsolateLeakOptions } from '../../options/types.js'
import { redactText } from '../../options/redact/redact-text.js'
import { knownSecrets, cleanWarning, withCleanErrors } from '../../report/redact/known-secrets.js'
import { reportedOptions } from '../../report/redact/reported-options.js'
import { runEnvironment } from '../../report/run-environment.js'
import type { ReportedOptions } from '../../types/index.js'
import { packageName, versionedAgent } from '../upgrade/versioned-agent.js'
import {
  checkNoSearch,
  checkSameSearch,
  openBisectJournal,
  readSearch,
  type BisectLine,
  type EarlierSearch,
} from './bisect-journal.js'
import { bisectData } from './bisect-data.js'
import { createBisectReport } from './bisect-text.js'
import { findCandidates } from './candidates.js'
import { runSearch } from './run-search.js'
import type { BisectOptions, BisectReport } from './types.js'
import { openVersionLab, type VersionLab } from './version-lab.js'
import { realTime } from '../../system/real-time.js'

const debug = debugFor('bisect')

type Bounds = Pick<BisectOptions, 'range' | 'good' | 'bad' | 'versions' | 'includePrerelease'>

/**
 * Finds the published versions of an agent with which a leak begins and ends: measures a version of every minor line, then where the
 * answer is least known, and confirms both sides of every edge by the rule that judges agents. Versions that do not install
 * or start are inconclusive, and the search goes on around them.
 *
 * @returns `firstBad` and `firstFixed`, every edge with its probability, every version and every trial
 * @throws IsolateLeakError as {@link isolateLeak} does; `ERR_PACKAGE_UNKNOWN`, `ERR_PACKAGE_VERSION` or `ERR_REGISTRY` when the versions
 * cannot be found, `ERR_JOURNAL` when an earlier call cannot be gone on with, `ERR_OUTPUT` while another call writes to its `outDir`, or where one left its trials there
 */
export async function bisectVersions(options: BisectOptions): Promise<BisectReport> {
  return withCleanErrors(options, async resolvedTo => searchVersions(options, resolvedTo))
}

async function searchVersions(
  options: BisectOptions,
  resolvedTo: (resolved: ResolvedOptions) => void,
): Promise<BisectReport> {
  const startedAt = realTime.date()
  const startedAtMs = realTime.nowMs()
  const { agent, range, good, bad, versions, includePrerelease, resume, ...rest } = checkObject(
    'the options of bisectVersions()',
    options,
  ) as unknown as BisectOptions
  if ('agents' in rest || 'strategy' in rest)
    throw invalidOption('bisectVersions() takes one agent and no strategy: give agent')
  for (const [name, bound] of Object.entries({ range, good, bad })) {
    if (bound !== undefined) parse(nonEmpty, bound, name)
  }
  if (good !== undefined && good === bad)
    throw invalidOption(`good and bad must be two versions, both are ${good}`)
  refuseOfOneRun('bisectVersions()', rest)
  if (resume === true && rest.outDir === undefined)
    throw invalidOption('resume needs the outDir of the earlier call')
  const name = packageName(versionedAgent(agent, '0.0.0').package)
  const resolved = await resolveSettings(rest, agent)
  resolvedTo(resolved)
  if (resolved.keep.includes(name))
    throw invalidOption(`keep: ${name} is the agent, and what stays on cannot be tried with and without`)
  for (const warning of resolved.warnings) resolved.onEvent({ type: 'warning', warning })

  const lock = resolved.outDir === null ? null : await lockFolder(resolved.outDir)
  try {
    const bounds = defined({ range, good, bad, versions, includePrerelease })
    if (resolved.outDir !== null && resume !== true) await checkNoSearch(resolved.outDir)
    const earlier = resume === true && resolved.outDir !== null ? await readSearch(resolved.outDir) : null
    const run = { ...resolved, seed: rest.seed ?? earlier?.header.seed ?? resolved.seed }
    return await search(run, agent, { name, ...bounds }, earlier, { startedAt, startedAtMs })
  } finally {
    await lock?.release()
  }
}

/** Searches, or goes on with what an earlier call left. */
async function search(
  run: ResolvedOptions,
  agent: string | AgentOptions,
  asked: Bounds & { readonly name: string },
  earlier: EarlierSearch | null,
  { startedAt, startedAtMs }: { readonly startedAt: Date; readonly startedAtMs: number },
): Promise<BisectReport> {
  const { name, good, bad } = asked
  const wanted = { agent: describeAgent(agent), ...asked }
  const header = await headerOf(run, wanted, earlier)
  if (earlier !== null && run.outDir !== null) checkSameSearch(earlier.header, header, run.outDir)

  const journal = await openBisectJournal(run.outDir, header, earlier)
  try {
    const { records = [], refused = new Map<string, string>() } = earlier ?? {}
    const lab = openVersionLab({ agent, options: run, journal, records, refused })
    try {
      const result = await runSearch(lab, header.candidates.versions, run)
      const trees = await treesOf(lab, result.edgeVersions, run)
      const data = bisectData({
        ...{ name, result, trees, wanted: { good, bad } },
        candidates: header.candidates,
        trials: lab.records,
        nameOf: version => lab.nameOf(version),
        options: reportedOptions(run),
        environment: runEnvironment(run.entry),
        warnings: run.warnings.map(warning => cleanWarning(warning, knownSecrets(run, process.env))),
        timings: {
          startedAt: startedAt.toISOString(),
          totalMs: Math.round(realTime.nowMs() - startedAtMs),
        },
      })
      await journal.end(data)
      return createBisectReport(data)
    } finally {
      await lab.close()
    }
  } finally {
    await journal.close()
  }
}

/** What does not depend on the version; conditions of the collector are those of the versions that come later. */
async function resolveSettings(
  options: Omit<IsolateLeakOptions, 'agents' | 'strategy'>,
  agent: string | AgentOptions,
): Promise<ResolvedOptions> {
  const { backends, ...others } = options
  const resolved = await resolveOptions({ ...others, agents: [] })
  // Two of one sidecar would be in each other's way.
  const alone = resolved.concurrencyIsDefault && typeof agent === 'object' && agent.sidecar !== undefined
  return {
    ...resolved,
    ...(alone ? { concurrency: 1, loadsAtATime: 1 } : {}),
    strategy: 'each',
    ...(backends === undefined ? {} : { backends: parse(OPTIONS, { backends }, '').backends }),
  }
}

async function headerOf(
  run: ResolvedOptions,
  wanted: Bounds & { readonly name: string; readonly agent: unknown },
  earlier: EarlierSearch | null,
): Promise<BisectLine> {
  const { seed, concurrency, ...options } = reportedOptions(run)
  debug('up to %d trials at a time', concurrency)
  const { nodeVersion } = run.entry
  return {
    ...{ type: 'bisect', schemaVersion: 1, wanted, options, seed },
    settings: decisionSettings(run),
    workload: redactText(run.workload.description),
    node: nodeVersion,
    candidates:
      earlier?.header.candidates ??
      (await findCandidates(wanted.name, wanted, { nodeVersion, signal: run.signal })),
  }
}

type Defined<Value> = { readonly [Key in keyof Value]?: Exclude<Value[Key], undefined> }

function defined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<Value>
}

/** How the agent was asked for: names of variables, no values. */
function describeAgent(agent: string | AgentOptions): unknown {
  if (typeof agent === 'string') return agent
  const { env = {}, nodeArgs = [], ...others } = agent
  const text = JSON.stringify({ ...others, env: Object.keys(env).sort(), nodeArgs: nodeArgs.map(redactText) })
  return JSON.parse(redactText(text)) as unknown
}

/** What was installed with the versions at the edges. */
async function treesOf(
  lab: VersionLab,
  versions: readonly string[],
  run: ResolvedOptions,
): Promise<ReadonlyMap<string, ReportedOptions['agents'][number]>> {
  const trees = new Map<string, ReportedOptions['agents'][number]>()
  for (const version of versions) {
    const agent = await lab.agentOf(version)
    const [reported] = agent === null ? [] : reportedOptions({ ...run, agents: [agent] }).agents
    if (reported !== undefined) trees.set(version, reported)
  }
  return trees
}

import { dirname, join } from 'node:path'
import { presets } from '../../agents/presets/index.js'
import { checkObject, invalidOption, showValue } from '../../options/check/check-object.js'
import { nonEmpty } from '../../options/check/fields.js'
import { parse } from '../../options/check/parse.js'
import type { ResolvedOptions } from '../../options/resolved.js'
import type { AgentOptions, IsolateLeakOptions } from '../../options/types.js'
import { withCleanErrors } from '../../report/redact/known-secrets.js'
import { resolveOptions } from '../../run/resolve/resolve-options.js'
import { refuseOfOneRun } from '../../run/resolve/shard.js'
import { runExperiment } from '../../run/run-experiment.js'
import { realTime } from '../../system/real-time.js'
import { upgradeData } from '../upgrade/check-upgrade.js'
import { bothLockfiles } from './both-lockfiles.js'
import { isChanged, lockedAgents, packagesOf, strayParts, type LockedAgent } from './changed-agents.js'
import { createSinceReport, sinceVerdict } from './since-report.js'
import { sinceReason } from './since-text.js'
import type { JudgedChange, NotJudgedChange, SinceData, SinceOptions, SinceReport } from './types.js'
import { upgradesOf, changeOf, isJudged, whyNot, type PlannedUpgrade } from './planned-upgrades.js'

/**
 * Says whether what a branch changes of agents may go out: compares the lockfile of the working tree with that of the commit where it
 * parted from `since`, and runs every agent that changed as {@link checkUpgrade} does, with the packages beneath it that each lockfile says.
 * Agents are those of `agents` and `keep`, and known ones that the application depends on. `errorRate` and `budgetMs` are those of all
 * agents together. Lockfiles of npm, pnpm (8 and later) and Yarn are read; the lockfile is looked for from the application's folder
 * upward, and the version that this folder gets counts.
 *
 * @returns `unchanged` without a launch where no agent changed
 * @throws IsolateLeakError as {@link checkUpgrade} does; `ERR_GIT` for a commit that is not there, `ERR_LOCKFILE` for a lockfile that is
 * missing or cannot be read
 */
export async function checkSince(options: SinceOptions): Promise<SinceReport> {
  return withCleanErrors(options, async resolvedTo => judgeChanges(options, resolvedTo))
}

async function judgeChanges(
  options: SinceOptions,
  resolvedTo: (resolved: ResolvedOptions) => void,
): Promise<SinceReport> {
  const given = checkObject('the options of checkSince()', options) as unknown as SinceOptions
  const { since: ref, agent: wanted, agents: listed, backends, ...rest } = given
  refuseOfOneRun('checkSince()', rest)
  if ('strategy' in rest)
    throw invalidOption('checkSince() tries one agent after the other and takes no strategy')
  const since = checkRef('since', ref)
  const only = wanted === undefined ? null : parse(nonEmpty, wanted, 'agent')
  // Everything but the agents, so that what is wrong with it is told whether one changed or not.
  const settings = await resolveOptions({ ...(rest as IsolateLeakOptions), agents: [] })
  resolvedTo(settings)
  const agents = Array.isArray(listed) ? (listed as readonly (string | AgentOptions)[]) : []

  const { entry, keep, signal } = settings
  const folder = entry.isCommand ? entry.cwd : dirname(entry.file)
  const { lockfile, commit, before, now } = await bothLockfiles(folder, since, signal)
  const named = [...agents.flatMap(packagesOf), ...keep, ...(only === null ? [] : [only])]
  const known = presets.map(preset => preset.package)
  const all = lockedAgents({ before, now, named, known })
  const found = only === null ? all : all.filter(one => isMeant(one, only, agents))
  if (only !== null && found.length === 0)
    throw invalidOption(`agent: ${only} is not in ${lockfile}, neither now nor as of ${since}`)

  const changed = found.filter(isChanged)
  const strays = only === null ? strayParts({ before, now }, all) : []
  const upgrades = changed.filter(one => isJudged(one, keep)).flatMap(one => upgradesOf(one, agents))
  const base = { ...rest, ...(backends === undefined ? {} : { backends }), seed: settings.seed }
  const judged = await runUpgrades(upgrades, base, resolvedTo)
  const notJudged: readonly NotJudgedChange[] = [
    ...changed.filter(one => !isJudged(one, keep)).map(one => ({ ...changeOf(one), why: whyNot(one, keep) })),
    ...strays.map(({ name, from, to }) => ({ agent: name, from, to, packages: [], why: 'part' as const })),
  ]
  const unchanged = found.flatMap(one =>
    isChanged(one) || one.now === undefined ? [] : [{ agent: one.agent, version: one.now.version }],
  )
  const facts = { since, commit, lockfile, judged, notJudged, unchanged }
  const data: SinceData = { verdict: sinceVerdict(judged, notJudged), reason: sinceReason(facts), ...facts }
  return createSinceReport(data)
}

/** The value as a name of a commit, which git cannot take for an option. */
function checkRef(name: string, value: unknown): string {
  const ref = parse(nonEmpty, value, name)
  if (!ref.startsWith('-')) return ref
  throw invalidOption(`${name} must be a commit, a branch or a tag, got ${showValue(ref)}`)
}

/** By its package, or by the name that the caller gave an agent of that package. */
function isMeant(
  { agent, alias }: LockedAgent,
  only: string,
  agents: readonly (string | AgentOptions)[],
): boolean {
  const named = agents.find(one => typeof one === 'object' && one.name === only)
  return agent === only || alias === only || (named !== undefined && packagesOf(named).includes(alias))
}

/** One after another, since each takes the whole machine; each with its share of what is left. */
async function runUpgrades(
  upgrades: readonly PlannedUpgrade[],
  options: IsolateLeakOptions,
  resolvedTo: (resolved: ResolvedOptions) => void,
): Promise<JudgedChange[]> {
  const runs: ResolvedOptions[] = []
  // All of them before anything is launched: one that cannot be installed is told at once.
  for (const { agents } of upgrades) {
    const resolved = await resolveOptions({ ...options, agents, strategy: 'each' })
    resolvedTo(resolved)
    runs.push(resolved)
  }
  const startedAtMs = realTime.nowMs()
  const judged: JudgedChange[] = []
  for (const [index, run] of runs.entries()) {
    const { change, sides, folder } = upgrades[index] as PlannedUpgrade
    const { agent, from, to } = change
    run.onEvent({ type: 'upgrade', agent, from, to, index: index + 1, count: runs.length })
    resolvedTo(run)
    const leftMs = run.budgetMs === null ? null : run.budgetMs - (realTime.nowMs() - startedAtMs)
    const report = await runExperiment({
      ...run,
      errorRate: run.errorRate / runs.length,
      outDir: run.outDir === null ? null : join(run.outDir, folder),
      // Even the last moment may hold the answer of a run that is gone on with.
      budgetMs: leftMs === null ? null : Math.max(1, Math.round(leftMs / (runs.length - index))),
    })
    judged.push({ ...change, upgrade: upgradeData(report, sides) })
  }
  return judged
}

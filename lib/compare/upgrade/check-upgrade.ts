import { nonEmpty } from '../../options/check/fields.js'
import { parse } from '../../options/check/parse.js'
import { checkObject, invalidOption } from '../../options/check/check-object.js'
import { LeakError } from '../../errors.js'
import { resolveOptions } from '../../run/resolve/resolve-options.js'
import type { ResolvedOptions } from '../../options/resolved.js'
import { refuseOfOneRun } from '../../run/resolve/shard.js'
import type { AgentOptions } from '../../options/types.js'
import { type BriefOptions, SCREEN, screen, writtenTo } from '../../report/brief-text.js'
import { withCleanErrors } from '../../report/redact/known-secrets.js'
import { runExperiment } from '../../run/run-experiment.js'
import type { Backend, Component, Growth, IsolationReport, Metric, Verdict } from '../../types/index.js'
import type {
  UpgradeData,
  UpgradeDifference,
  UpgradeOptions,
  UpgradeReport,
  UpgradeVerdict,
} from './types.js'
import { differenceSentence, sidesTable, upgradeHeadline, upgradeText } from './upgrade-text.js'
import { packageChanges } from './package-changes.js'
import { versionedAgent } from './versioned-agent.js'
import { clip } from '../../report/format/visible-text.js'
import { amountText } from '../../report/format/growth.js'
import { withShortNames } from '../../report/text/short-names.js'
import { difference, groupOf, margin } from '../../decide/stats/effect.js'
import { armKey } from '../../decide/growth/arms.js'
import { growthUnit, unknownGrowth } from '../../decide/growth/thresholds.js'
import { openBook } from '../../decide/growth/trial-book.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/**
 * Says whether a new version of an agent may go out: runs the application alone, with the version in use and with the new
 * one, and compares both with the application and with each other. Both versions are installed into a cache outside the
 * application.
 *
 * @returns `safe`, `fixes`, `leaks`, `both-leak` or `inconclusive`, with the difference and its interval
 * @throws IsolateLeakError as {@link isolateLeak} does, and `ERR_PACKAGE_…`, `ERR_REGISTRY` or `ERR_INSTALL` when a version
 * cannot be installed
 */
export async function checkUpgrade(options: UpgradeOptions): Promise<UpgradeReport> {
  return withCleanErrors(options, async resolvedTo => compareVersions(options, resolvedTo))
}

async function compareVersions(
  options: UpgradeOptions,
  resolvedTo: (resolved: ResolvedOptions) => void,
): Promise<UpgradeReport> {
  const { agent, from, to, ...rest } = checkObject(
    'the options of checkUpgrade()',
    options,
  ) as unknown as UpgradeOptions
  refuseOfOneRun('checkUpgrade()', rest)
  if ('agents' in rest) throw invalidOption('checkUpgrade() takes one agent: give agent, from and to')
  const versions = { from: parse(nonEmpty, from, 'from'), to: parse(nonEmpty, to, 'to') }
  if (versions.from === versions.to) {
    throw invalidOption(`from and to must be two versions, both are ${versions.from}`)
  }
  const agents = [versionedAgent(agent, versions.from), versionedAgent(agent, versions.to)] as const
  const resolved = await resolveOptions({ ...rest, agents, strategy: 'each' })
  resolvedTo(resolved)
  const report = await runExperiment(resolved)
  return createUpgradeReport(upgradeData(report, agents), writtenTo(resolved.outDir))
}

/** An agent of a run in one of the two versions. */
interface Side extends Pick<AgentOptions, 'name'> {
  /** What tells it from the other where the version does not. */
  readonly label?: string
}

/** What a run with the two versions means. Pure. */
export function upgradeData(
  report: IsolationReport,
  [from, to]: readonly [from: Side, to: Side],
): UpgradeData {
  const side = ({ name, label }: Side): { component: Component; version: string } => {
    const component = report.components.find(one => one.name === name)
    if (component === undefined) throw new Error(`expected ${name} among the components of the report`)
    return { component, version: label ?? reportedAgent(report, name)?.version ?? name }
  }
  const sides = { from: side(from), to: side(to) }
  const agent = reportedAgent(report, to.name)?.package ?? to.name.replace(/(?<=.)@.*$/, '')
  const verdict = upgradeVerdict(sides.from.component.verdict, sides.to.component.verdict)
  return {
    verdict,
    agent,
    ...sides,
    difference: differenceOf(report, sides.from.component, sides.to.component),
    reason: upgradeReason(verdict, {
      ...{ agent, from: sides.from.version, to: sides.to.version },
      fromVerdict: sides.from.component.verdict,
    }),
    report,
  }
}

function reportedAgent(
  report: IsolationReport,
  name: string,
): IsolationReport['options']['agents'][number] | undefined {
  return report.options.agents.find(agent => agent.name === name)
}

function differenceOf(report: IsolationReport, from: Component, to: Component): UpgradeDifference {
  const culprit = [to, from].flatMap(({ name }) =>
    report.culprits.filter(({ agents }) => agents.length === 1 && agents[0] === name),
  )[0]
  const metric = culprit?.metric ?? 'heap'
  const backend = culprit?.backend ?? report.conditions.backends[0] ?? 'up'
  return {
    metric,
    growth: growthDifference(report, metric, { from: from.name, to: to.name, backend }),
    startBytes: to.startBytes === null || from.startBytes === null ? null : to.startBytes - from.startBytes,
    packages: packageChanges(reportedAgent(report, from.name), reportedAgent(report, to.name)),
  }
}

/** The answer with its methods, which are not enumerable. */
export function createUpgradeReport(data: UpgradeData, written: BriefOptions = {}): UpgradeReport {
  return Object.freeze(
    Object.defineProperties(
      { ...data },
      {
        toString: { value: () => upgradeText(data) },
        assertSafe: {
          value: () => {
            if (data.verdict !== 'safe' && data.verdict !== 'fixes') {
              throw new LeakError(upgradeBrief(data, written), data.report)
            }
          },
        },
      },
    ),
  ) as UpgradeReport
}

/** The account on one screen, for a test that fails: see `briefText`. */
export function upgradeBrief(data: UpgradeData, options: BriefOptions = {}): string {
  const { width } = SCREEN
  const lines = [
    ...clip(upgradeHeadline(data), width, 2),
    ...sidesTable(data, width - 2).map(line => `  ${line}`),
    ...clip(`${differenceSentence(data)}. ${thresholdSentence(data)}`, width, 2),
  ]
  return screen(lines, withShortNames(data.report), options)
}

function thresholdSentence({ report: { options }, to }: UpgradeData): string {
  return `Heap that grows by ${amountText(options.threshold, to.component.growth)} or more counts as a leak.`
}

/**
 * What the verdicts of the two versions mean for the rollout. The question is whether the new version leaks; what the old
 * one does only tells an improvement from a matter of course.
 */
export function upgradeVerdict(from: Verdict, to: Verdict): UpgradeVerdict {
  switch (to) {
    case 'clean':
      return from === 'leak' ? 'fixes' : 'safe'
    case 'leak':
      return from === 'leak' ? 'both-leak' : 'leaks'
    case 'inconclusive':
      return 'inconclusive'
  }
}

/** The verdict in a sentence. */
export function upgradeReason(
  verdict: UpgradeVerdict,
  { agent, from, to, fromVerdict }: { agent: string; from: string; to: string; fromVerdict: Verdict },
): string {
  const candidate = `${agent} ${to}`
  const open = fromVerdict === 'inconclusive' ? `; whether ${from} does was not settled` : ''
  switch (verdict) {
    case 'safe':
      return `${candidate} adds no growth above the threshold${open}`
    case 'fixes':
      return `${candidate} adds no growth above the threshold, ${from} does`
    case 'leaks':
      return `${candidate} leaks${open === '' ? `, ${from} does not` : open}`
    case 'both-leak':
      return `${candidate} leaks, as ${from} does`
    case 'inconclusive':
      return `whether ${candidate} leaks was not settled${fromVerdict === 'leak' ? `; ${from} does` : ''}`
  }
}

/** Smallest standard error that is believed, bytes per operation (or second). */
const ERROR_FLOOR = 0.05

/**
 * Growth with one agent on minus growth with another, late in the trial, from the longest trials that both have two of; with
 * Welch's interval (B. L. Welch, Biometrika 34, 1947). Both are taken from the same run, so the application's own growth
 * cancels.
 */
function growthDifference(
  report: Pick<IsolationReport, 'trials' | 'options' | 'components'>,
  metric: Metric,
  { from, to, backend }: { readonly from: string; readonly to: string; readonly backend: Backend },
): Growth {
  const unit = report.components[0]?.growth.unit.endsWith('second') === true ? 'second' : 'operation'
  const settings: DecisionSettings = { ...report.options, unit }
  const trials = report.trials.filter(trial => trial.backend === backend)
  const book = openBook(trials, settings)
  const order = report.options.agents.map(({ name }) => name)
  const values = (agent: string, operations: number): readonly number[] => {
    const completed = book.completed(armKey([agent], order), 'measure', operations)
    return book.growth(completed, metric)?.map(trial => trial.late.rate) ?? []
  }
  const sizes = [...new Set(trials.map(({ operations }) => operations))].sort((a, b) => b - a)
  for (const operations of sizes) {
    const [sample, reference] = [values(to, operations), values(from, operations)]
    if (sample.length < 2 || reference.length < 2) continue
    // Shrinking earns credit here: neither side is accused.
    const effect = difference(groupOf(sample), groupOf(reference), ERROR_FLOOR)
    const half = margin(effect, report.options.errorRate / 2)
    return {
      estimate: effect.estimate,
      low: effect.estimate - half,
      high: effect.estimate + half,
      unit: growthUnit(metric, unit),
    }
  }
  return unknownGrowth(metric, settings)
}

import { checkName } from '../../options/check/check-text.js'
import { checkObject } from '../../options/check/check-object.js'
import { invalidOption } from '../../options/check/invalid-option.js'
import { LeakError } from '../../errors.js'
import { resolveOptions } from '../../run/resolve/resolve-options.js'
import type { ResolvedOptions } from '../../options/resolved.js'
import { refuseShard } from '../../run/resolve/shard.js'
import type { Agent } from '../../options/types.js'
import { writtenTo, type BriefOptions } from '../../report/brief-text.js'
import { withCleanErrors } from '../../report/redact/clean-errors.js'
import { runExperiment } from '../../run/run-experiment.js'
import type { Component, IsolationReport } from '../../types/index.js'
import { growthDifference } from './difference.js'
import { packageChanges } from './package-changes.js'
import type { UpgradeData, UpgradeDifference, UpgradeOptions, UpgradeReport } from './types.js'
import { upgradeReason, upgradeVerdict } from './upgrade-verdict.js'
import { upgradeBrief } from './upgrade-brief.js'
import { upgradeText } from './upgrade-text.js'
import { versionedAgent } from './versioned-agent.js'

/**
 * Says whether a new version of an agent may go out: runs the application alone, with the version in use and with the new
 * one, and compares both with the application and with each other. Both versions are installed into a cache outside the
 * application.
 *
 * @returns `safe`, `fixes`, `leaks`, `both leak` or `inconclusive`, with the difference and its interval
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
  refuseShard('checkUpgrade()', rest)
  if ('agents' in rest) throw invalidOption('checkUpgrade() takes one agent: give agent, from and to')
  const versions = { from: checkName('from', from), to: checkName('to', to) }
  if (versions.from === versions.to) {
    throw invalidOption(`from and to must be two versions, both are ${versions.from}`)
  }
  const agents = [versionedAgent(agent, versions.from), versionedAgent(agent, versions.to)] as const
  const resolved = await resolveOptions({ ...rest, agents, strategy: 'each' })
  resolvedTo(resolved)
  const report = await runExperiment(resolved)
  return createUpgradeReport(upgradeData(report, agents), writtenTo(resolved.outDir))
}

/** What a run with the two versions means. Pure. */
export function upgradeData(
  report: IsolationReport,
  [from, to]: readonly [from: Pick<Agent, 'name'>, to: Pick<Agent, 'name'>],
): UpgradeData {
  const side = (name: string): { component: Component; version: string } => {
    const component = report.components.find(one => one.name === name)
    if (component === undefined) throw new Error(`expected ${name} among the components of the report`)
    return { component, version: reportedAgent(report, name)?.version ?? name }
  }
  const sides = { from: side(from.name), to: side(to.name) }
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

import type {
  Component,
  Culprit,
  Growth,
  IsolationReport,
  MetricResult,
  ReportData,
} from '../../types/index.js'
import { reportDifferences } from './differences.js'
import { replayReason } from './reason.js'
import type { ReplayData, ReplayedCulprit, ReplayVerdict } from './types.js'

/** What a run means beside the one that it repeats. Pure. */
export function replayData(
  was: ReportData,
  report: IsolationReport,
  {
    names,
    variables,
  }: { readonly names: ReadonlyMap<string, string>; readonly variables: readonly string[] },
): ReplayData {
  const culprits = was.culprits.map(culprit => replayed(culprit, report, names))
  const newCulprits = report.culprits.filter(now => !was.culprits.some(then => isSame(then, now, names)))
  const verdict = verdictOf(was, report, culprits, newCulprits)
  const parts = {
    ...{ verdict, culprits, newCulprits, variables },
    differences: reportDifferences(was, report, names),
    was: { verdict: was.verdict, startedAt: was.timings.startedAt },
  }
  return { ...parts, reason: replayReason(parts, was, report), report }
}

function replayed(culprit: Culprit, report: ReportData, names: ReadonlyMap<string, string>): ReplayedCulprit {
  const { kind, agents, metric, growth } = culprit
  const agentsNow = agents.map(name => names.get(name) ?? name)
  const again = report.culprits.find(now => isSame(culprit, now, names))
  const own = kind === 'interaction' ? undefined : componentOf(kind, agentsNow, report)
  const leaks = again !== undefined || own?.verdict === 'leak'
  // Of a set there is no component: it is settled with the whole report.
  const open = own === undefined ? isOpen(report) : own.verdict === 'inconclusive'
  return {
    ...{ kind, agents, agentsNow, metric, was: growth },
    verdict: leaks ? 'still happens' : open ? 'inconclusive' : 'no longer happens',
    now: (again === undefined ? null : growthOfCulprit(again, metric)) ?? growthOf(own, culprit),
  }
}

/** Whoever leaks alone now is what leaked together with others then; the other way round it is not. */
function isSame(then: Culprit, now: Culprit, names: ReadonlyMap<string, string>): boolean {
  if (then.kind === 'application' || now.kind === 'application') return then.kind === now.kind
  const before = then.agents.map(name => names.get(name) ?? name)
  return now.agents.every(name => before.includes(name))
}

function componentOf(
  kind: Culprit['kind'],
  [name]: readonly string[],
  { components }: ReportData,
): Component | undefined {
  return components.find(one => (kind === 'application' ? one.kind === kind : one.name === name))
}

function isOpen({ verdict, components, warnings }: ReportData): boolean {
  return (
    verdict === 'inconclusive' ||
    components.some(one => one.verdict === 'inconclusive') ||
    warnings.some(({ code }) => code === 'TOGETHER_UNSETTLED')
  )
}

function growthOfCulprit({ metric, growth, alsoGrows }: Culprit, wanted: string): Growth | null {
  if (metric === wanted) return growth
  return alsoGrows.find(also => also.metric === wanted)?.growth ?? null
}

/** Under the condition of the collector under which it leaked. */
function growthOf(component: Component | undefined, { metric, backend }: Culprit): Growth | null {
  const condition = component?.conditions?.find(one => one.backend === backend)
  const metrics: readonly MetricResult[] = condition?.metrics ?? component?.metrics ?? []
  const found = metrics.find(result => result.metric === metric)?.growth
  if (found !== undefined || metric !== 'heap') return found ?? null
  return condition?.growth ?? component?.growth ?? null
}

function verdictOf(
  was: ReportData,
  now: ReportData,
  culprits: readonly ReplayedCulprit[],
  newCulprits: readonly Culprit[],
): ReplayVerdict {
  if (culprits.some(({ verdict }) => verdict === 'still happens')) return 'still happens'
  if (newCulprits.length > 0) return 'new leak'
  if (culprits.length > 0) {
    return culprits.every(({ verdict }) => verdict === 'no longer happens')
      ? 'no longer happens'
      : 'inconclusive'
  }
  if (now.verdict !== 'clean') return 'inconclusive'
  return was.verdict === 'clean' ? 'still clean' : 'clean'
}

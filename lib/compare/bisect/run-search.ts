import { decisionSettings } from '../../options/decision-settings.js'
import { debugFor } from '../../system/debug.js'
import type { ResolvedOptions } from '../../options/resolved.js'
import { mean } from '../../decide/stats/effect.js'
import { LOOKS } from '../../decide/rule/looks.js'
import { FAILURES } from '../../decide/standing/failures.js'
import { minorLine } from './candidates.js'
import type { VersionEvidence } from './growth-model.js'
import { measure, ownGrowth, type Measured } from './scores.js'
import { beliefOf, nextStep, type Belief, type History } from './search.js'
import type { VersionLab } from './version-lab.js'
import { realTime } from '../../system/real-time.js'

const debug = debugFor('bisect')

/** Baseline trials that all versions share. */
const BASELINE_TRIALS = LOOKS[0]?.reference ?? 3
/** After which the application alone is given up. */
const MOST_BASELINE_TRIALS = BASELINE_TRIALS + FAILURES

/** What became of a search. */
export interface SearchResult {
  readonly belief: Belief
  readonly evidence: readonly VersionEvidence[]
  readonly measured: readonly Measured[]
  /** Why each version cannot be used, or came to no answer. */
  readonly reasons: ReadonlyMap<number, string>
  readonly edgeVersions: readonly string[]
  /** Why it ended before it was done; `null`: it is done. */
  readonly stopped: string | null
}

/** Runs the trials that the search asks for until it is done or the budget is spent. */
export async function runSearch(
  lab: VersionLab,
  versions: readonly string[],
  options: ResolvedOptions,
): Promise<SearchResult> {
  const { budgetMs } = options
  const deadlineMs = budgetMs === null ? Infinity : realTime.nowMs() + budgetMs
  const left = (): number | null => (budgetMs === null ? null : Math.max(0, deadlineMs - realTime.nowMs()))
  const settings = decisionSettings(options)
  const lines = versions.map(minorLine)
  const ruled = new Map<number, 'leak' | 'clean'>()
  const undecided = new Map<number, string>()
  const versionAt = (index: number): string => versions[index] ?? ''

  const look = (): { history: History; measured: Measured[]; reasons: Map<number, string> } => {
    const own = ownGrowth(baselineOf(lab), settings)
    const baseline = baselineOf(lab).map(trial => measure([trial], own, settings).scores)
    const noise = baseline.flat()
    const centre = noise.length === 0 ? 0 : mean(noise)
    const reasons = new Map<number, string>()
    const measured = versions.map(version => {
      const name = lab.nameOf(version)
      return measure(
        lab.records.filter(({ agents }) => agents[0] === name),
        own,
        settings,
      )
    })
    const evidence = measured.map(({ scores, failures }, index): VersionEvidence => {
      const refused = lab.refused.get(versionAt(index))
      const reason = refused ?? (failures.length >= FAILURES ? failures.at(-1) : undefined)
      if (reason !== undefined) reasons.set(index, reason)
      const open = undecided.get(index)
      if (open !== undefined && reason === undefined) reasons.set(index, open)
      const answer = open === undefined ? (ruled.get(index) ?? null) : 'open'
      return { scores, ruled: answer, unusable: reason !== undefined }
    })
    return { history: { lines, evidence, noise: noise.map(value => value - centre) }, measured, reasons }
  }
  const end = (stopped: string | null): SearchResult => {
    const { history, measured, reasons } = look()
    const belief = beliefOf(history)
    const edgeVersions = [...new Set(belief.edges.flatMap(({ before, version }) => [before, version]))]
    return {
      ...{ belief, evidence: history.evidence, measured, reasons, stopped },
      edgeVersions: edgeVersions.map(versionAt),
    }
  }
  const spent = (): string | null =>
    left() === 0 ? `budgetMs (${String(budgetMs)} ms) was spent before it was decided` : null

  // An application that does not even start is found out at once.
  if (lab.records.length === 0) await lab.test(1, [])
  for (;;) {
    const stopped = spent()
    if (stopped !== null) return end(stopped)
    const { history } = look()
    const baseline = baselineOf(lab)
    const completed = baseline.filter(({ outcome }) => outcome.kind === 'completed').length
    const missing = Math.max(0, BASELINE_TRIALS - completed)
    const wanted = Math.min(missing, MOST_BASELINE_TRIALS - baseline.length)
    if (missing > 0 && wanted <= 0)
      return end(
        'the application alone did not come through its trials, so that there is nothing to compare with',
      )

    const step = nextStep(history)
    debug('%d trials done, next: %o', lab.records.length, step)
    if (step.kind === 'test' || wanted > 0) {
      await lab.test(wanted, step.kind === 'test' ? step.versions.map(versionAt) : [])
      continue
    }
    if (step.kind === 'done') return end(null)
    const tested = history.evidence.filter(({ scores }) => scores.length > 0).length
    const others = Math.max(0, tested - step.versions.length)
    const decision = await lab.confirm(step.versions.map(versionAt), others, left())
    for (const index of step.versions) {
      const component = decision.components.find(({ name }) => name === lab.nameOf(versionAt(index)))
      if (component !== undefined && component.verdict !== 'inconclusive') ruled.set(index, component.verdict)
      else if (spent() === null) undecided.set(index, component?.reason ?? 'it was not judged')
    }
  }
}

function baselineOf(lab: VersionLab): VersionLab['records'] {
  return lab.records.filter(({ agents, purpose }) => agents.length === 0 && purpose === 'measure')
}

import type { EvidenceLine, ResumeLine, RunLine } from './journal-lines.js'
import type {
  Culprit,
  MachineLoad,
  NextLaunches,
  ReportData,
  TrialRecord,
  RunWarning,
} from '../types/index.js'
import { costsOf } from '../decide/costs.js'
import { ownSettings, ownTrials } from '../decide/next/shards.js'
import { conditions } from './conditions.js'
import type { DecisionSettings } from '../types/decision-settings.js'
import { redactText } from '../options/redact/redact-text.js'
import type { Judgement } from './words/in-words.js'

/** Everything a report is made of: what a journal holds, and what follows from it. */
export interface ReportParts {
  readonly run: RunLine
  /** When it went on after having been killed. */
  readonly resumed?: readonly ResumeLine[]
  readonly decision: Judgement
  /** Without secrets: see `cleanTrial`. */
  readonly trials: readonly TrialRecord[]
  /** What was found out about the culprits, where that was asked for. */
  readonly evidence?: readonly EvidenceLine[]
  readonly totalMs: number
  /** What would have been done next; `null` and absent: nothing. */
  readonly next?: NextLaunches | null
  /** `null` and absent: not known. */
  readonly load?: MachineLoad | null
}

/** The report as plain data. The same parts give the same bytes. */
export function reportData({
  decision,
  evidence = [],
  resumed = [],
  totalMs,
  next = null,
  load = null,
  ...whole
}: ReportParts): ReportData {
  const { run, trials, settings } = ownPart(whole)
  return {
    schemaVersion: 1,
    verdict: decision.verdict,
    culprits: decision.culprits.map(culprit => ({
      ...culprit,
      reason: redactText(culprit.reason),
      ...(culprit.where === undefined ? {} : { where: redactText(culprit.where) }),
      ...evidenceOf(culprit, evidence),
    })),
    components: decision.components.map(component => ({
      ...component,
      reason: redactText(component.reason),
      ...(component.backends === undefined
        ? {}
        : {
            backends: component.backends.map(condition => ({
              ...condition,
              reason: redactText(condition.reason),
            })),
          }),
    })),
    costs: costsOf(trials, settings),
    trials,
    conditions: conditions(run, trials, decision.sets),
    options: run.options,
    environment: run.environment,
    warnings: distinct(
      [...run.warnings, ...decision.warnings, ...evidence.flatMap(({ warnings }) => warnings)].map(
        warning => ({
          ...warning,
          message: redactText(warning.message),
        }),
      ),
    ),
    ...(next === null ? {} : { next }),
    timings: {
      startedAt: run.startedAt,
      totalMs,
      ...(resumed.length === 0 ? {} : { resumedAt: resumed.map(({ at }) => at) }),
      ...(load === null ? {} : { load }),
    },
  }
}

/** Judged by another rule, a journal may have other culprits than those that evidence was gathered of. */
function evidenceOf(culprit: Culprit, lines: readonly EvidenceLine[]): Pick<Culprit, 'evidence'> {
  const own = lines.find(line => isEvidenceOf(line, culprit))
  return own === undefined || own.evidence === null ? {} : { evidence: own.evidence }
}

/** The report of a shard is of what is its own. */
function ownPart({ run, trials }: Pick<ReportParts, 'run' | 'trials'>): Pick<
  ReportParts,
  'run' | 'trials'
> & {
  readonly settings: DecisionSettings
} {
  const { shard } = run
  if (shard === undefined) return { run, trials, settings: run.settings }
  const settings = ownSettings(run.settings, shard)
  const { agents, backends = run.options.backends } = settings
  const names = agents.map(({ name }) => name)
  const options = {
    ...run.options,
    agents: run.options.agents.filter(({ name }) => names.includes(name)),
    ...{ backends, shard },
  }
  return { run: { ...run, options }, trials: ownTrials(trials, run.settings, shard), settings }
}

/** Whether evidence was gathered of this culprit. */
export function isEvidenceOf(
  { culprit: { kind, agents, metric, backend } }: Pick<EvidenceLine, 'culprit'>,
  culprit: Culprit,
): boolean {
  return (
    kind === culprit.kind &&
    metric === culprit.metric &&
    backend === culprit.backend &&
    agents.join('\n') === culprit.agents.join('\n')
  )
}

/** What was noticed more than once is said once. */
function distinct(warnings: readonly RunWarning[]): RunWarning[] {
  const seen = new Set<string>()
  return warnings.filter(warning => {
    const key = JSON.stringify([
      warning.code,
      warning.message,
      warning.agents,
      warning.backend,
      warning.trial,
    ])
    return !seen.has(key) && seen.add(key)
  })
}

import { boundsOf } from '../../lib/decide/growth/thresholds.js'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Component, Metric, ReportData, Verdict } from 'isolate-leak'
import { judgeJournal } from '../../lib/run/judge-journal.js'
import { reportFile } from '../../lib/run/journal/journal.js'
import type { AccuracyCase, Truth } from './cases/types.js'
import { peers } from './peers.js'
import type { Measured } from './run-case.js'

/** How a case was told. */
export type Outcome = 'right' | 'wrong accusation' | 'missed' | 'inconclusive' | 'error'

export interface ComponentResult {
  readonly name: string
  readonly verdict: Verdict
  readonly metric: Metric
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly unit: string
  readonly reason: string
}

export interface PeerResult {
  readonly name: string
  readonly accuses: boolean
  readonly right: boolean
}

/** One case, judged. */
export interface CaseResult {
  readonly id: string
  readonly group: AccuracyCase['group']
  readonly outcome: Outcome
  /** Why an answer other than the expected one is no mistake; absent where it is the expected one. */
  readonly allowedBecause?: string
  readonly expected: readonly string[]
  readonly named: readonly string[]
  readonly components: readonly ComponentResult[]
  readonly truth?: Truth
  /** Whether the interval of the component that the truth is about meets the range of the truth. */
  readonly agreesWithTruth?: boolean
  readonly trials: number
  /** Operations of all trials (idle: seconds). */
  readonly operations: number
  readonly totalMs: number
  readonly warnings: readonly string[]
  /** Whether `report.json` has the same bytes; false once the rule has changed. */
  readonly sameAsReported: boolean
  /** Whether the rule wants no more trials than were run. */
  readonly decided: boolean
  readonly changed?: AccuracyCase['changed']
  readonly peers: readonly PeerResult[]
  readonly naiveWallMs: number | null
  /** Time to the verdict over that of the naive script. */
  readonly timeRatio: number | null
  readonly received: Measured['received']
  readonly error?: string
}

/**
 * Judges a finished case from its journal, twice.
 * @throws Error when the two judgements differ
 */
export const judgeCase = async (
  accuracyCase: AccuracyCase,
  folder: string,
  measured: Measured,
): Promise<CaseResult> => {
  const path = join(folder, 'journal.jsonl')
  const { report, decided } = await judgeJournal(path)
  const again = await judgeJournal(path)
  if (reportFile(report) !== reportFile(again.report))
    throw new Error(`expected the same report from the same journal, got two different ones: ${path}`)
  const written = await readFile(join(folder, 'report.json'), 'utf8')
  return {
    ...resultOf(accuracyCase, report, measured),
    sameAsReported: written === reportFile(report),
    decided,
  }
}

/** What a report says of a case, beside its peers. */
export const resultOf = (
  { id, group, expected, allowed, truth, changed }: AccuracyCase,
  report: ReportData,
  measured: Measured,
): Omit<CaseResult, 'sameAsReported' | 'decided'> => {
  const { naive } = measured
  const named = report.culprits.map(({ kind, agents }) =>
    kind === 'application' ? kind : agents.join(' + '),
  )
  const told = tell(expected, named, report.components, allowed)
  const components = report.components.map(component => componentResult(component, truth))
  const known = components.find(({ name }) => name === truth?.component)
  const accused = expected.some(name => name !== 'application')
  return {
    ...{ id, group, ...told, expected, named, components },
    ...(truth === undefined ? {} : { truth }),
    ...(truth === undefined || known === undefined
      ? {}
      : { agreesWithTruth: known.low <= truth.high && known.high >= truth.low }),
    trials: report.trials.length,
    operations: report.trials.reduce((sum, { operations }) => sum + operations, 0),
    totalMs: report.timings.totalMs,
    warnings: [...new Set(report.warnings.map(({ code }) => code))],
    ...(changed === undefined ? {} : { changed }),
    peers:
      naive === null
        ? []
        : peers.map(({ name, accuses }) => {
            const answer = accuses(naive)
            return { name, accuses: answer, right: answer === accused }
          }),
    naiveWallMs: naive?.wallMs ?? null,
    timeRatio: naive === null ? null : report.timings.totalMs / naive.wallMs,
    received: measured.received,
  }
}

/** Whether the right ones were named, and only they. */
const tell = (
  expected: readonly string[],
  named: readonly string[],
  components: readonly Component[],
  allowed: AccuracyCase['allowed'],
): Pick<CaseResult, 'outcome' | 'allowedBecause'> => {
  const because = allowed === undefined ? {} : { allowedBecause: allowed.because }
  const wrong = named.filter(name => !expected.includes(name))
  if (wrong.some(name => allowed?.accused?.includes(name) !== true)) return { outcome: 'wrong accusation' }
  const verdictOf = (name: string): Verdict | undefined =>
    components.find(component => component.name === name)?.verdict
  const unnamed = expected.filter(name => !named.includes(name))
  if (unnamed.some(name => verdictOf(name) !== 'inconclusive')) return { outcome: 'missed' }
  // Beside a culprit that is named, another that is open is no wrong answer.
  const open = expected.length === 0 && components.some(({ verdict }) => verdict === 'inconclusive')
  if (unnamed.length > 0 || open)
    return { outcome: 'inconclusive', ...(allowed?.inconclusive === true ? because : {}) }
  return { outcome: 'right', ...(wrong.length > 0 ? because : {}) }
}

/** The metric that the truth is about, else the one that leaks most clearly, else the heap. */
const componentResult = (component: Component, truth: Truth | undefined): ComponentResult => {
  const { name, verdict, reason, metrics } = component
  const wanted = truth?.component === name ? truth.metric : undefined
  const main =
    metrics.find(({ metric }) => metric === wanted) ??
    metrics.find(({ metric, verdict }) => metric === 'heap' && verdict === 'leak') ??
    metrics.find(({ verdict }) => verdict === 'leak') ??
    metrics.find(({ metric }) => metric === 'heap')
  const { estimate, unit } = main?.growth ?? component.growth
  const { low, high } = boundsOf(main?.growth ?? component.growth)
  return { name, verdict, metric: main?.metric ?? 'heap', estimate, low, high, unit, reason }
}

/** A case that did not come to an answer. */
export const failedCase = ({ id, group, expected }: AccuracyCase, error: unknown): CaseResult => {
  const { code, message } = error as NodeJS.ErrnoException
  return {
    ...{ id, group, outcome: 'error', expected, named: [], components: [], trials: 0, operations: 0 },
    ...{ totalMs: 0, warnings: [], sameAsReported: false, decided: false, peers: [], received: {} },
    ...{ naiveWallMs: null, timeRatio: null },
    error: code === undefined ? message : `${code}: ${message}`,
  }
}

import type { Component, Culprit, ReportData, TrialRecord } from '../../types/index.js'
import { growthText } from '../format/growth.js'
import { list } from '../format/layout.js'
import { isSameSet, ownSet, trialsOfSet } from '../judged.js'
import { metricLine } from '../text/components-table.js'
import { evidenceLines, culpritLines } from '../text/evidence-lines.js'
import { repeatCommand, repeatLine } from '../text/next-steps.js'
import { culpritLine, unaccusedLine } from '../text/verdict-lines.js'
import { warningLines } from '../text/run-lines.js'
import type { Problem, TestCase } from './test-case.js'

/** One case for each component, one for each set that leaks only together, and what else stands in the way of a verdict. */
export function testCases(data: ReportData, operationsPerSecond: number): readonly TestCase[] {
  const cases = [
    ...data.components.map(component => componentCase(component, data, operationsPerSecond)),
    ...data.culprits
      .filter(({ kind }) => kind === 'interaction')
      .map(culprit => ({
        name: togetherName(culprit.agents),
        durationMs: durationOf(trialsOfSet(culprit.agents, data)),
        problem: leakProblem(culprit, [], data, operationsPerSecond),
      })),
    ...failedSets(data),
  ]
  const isTold = data.verdict !== 'inconclusive' || cases.some(({ problem }) => problem !== undefined)
  return isTold ? cases : [...cases, openCase(data)]
}

function componentCase(component: Component, data: ReportData, operationsPerSecond: number): TestCase {
  const agents = component.kind === 'application' ? [] : ownSet(component.name, data)
  const trials = trialsOfSet(agents, data)
  const own = { name: component.name, durationMs: durationOf(trials) }
  if (component.verdict === 'clean') return own
  const figures = figureLines(component)
  if (component.verdict === 'leak') {
    const culprit = data.culprits.find(
      ({ kind, agents: accused }) =>
        kind === component.kind && (kind === 'application' || accused.includes(component.name)),
    )
    const problem: Problem =
      culprit === undefined
        ? {
            element: 'failure',
            type: 'leak',
            message: component.reason,
            text: lines([component.reason, ...figures, ...repeat(data)]),
          }
        : leakProblem(culprit, [component.reason, ...figures], data, operationsPerSecond)
    return { ...own, problem }
  }
  const failed = failedTrials(trials)
  const text = lines([component.reason, ...failed.map(failureLine), ...figures, ...repeat(data)])
  const first = failed[0]
  return first === undefined
    ? { ...own, problem: { element: 'skipped', type: 'inconclusive', message: component.reason, text } }
    : { ...own, problem: { element: 'error', type: first.outcome.kind, message: failureLine(first), text } }
}

function leakProblem(
  culprit: Culprit,
  figures: readonly string[],
  data: ReportData,
  operationsPerSecond: number,
): Problem {
  const evidence = evidenceLines(culprit).map(([label, text]) => `${label}: ${text}`)
  return {
    element: 'failure',
    type: 'leak',
    message: culpritLine(culprit, data),
    text: lines([
      ...culpritLines(culprit, data, operationsPerSecond),
      ...(figures.length === 0 ? [culprit.reason] : figures),
      ...(evidence.length === 0 ? [] : ['', 'What holds it', ...evidence]),
      ...repeat(data),
    ]),
  }
}

/** Growth against its threshold, by metric, and by condition of the collector. */
function figureLines({ name, metrics, backends = [] }: Component): string[] {
  const open = metrics.filter(({ metric, verdict }) => metric === 'heap' || verdict !== 'clean')
  return [
    ...open.map(result => metricLine(name, result)),
    ...backends.map(({ backend, verdict, growth }) => {
      const { amount, interval } = growthText(growth)
      return `collector ${backend}: ${verdict}, heap ${amount}${interval === '' ? '' : ` (${interval})`}`
    }),
  ]
}

function repeat(data: ReportData): string[] {
  return ['', 'To repeat it', repeatLine(data), repeatCommand(data)]
}

/** Sets that failed to run, other than those that a component is judged by or that are accused. */
function failedSets(data: ReportData): TestCase[] {
  if (data.verdict === 'clean') return []
  const told = [
    [],
    ...data.components.filter(({ kind }) => kind === 'agent').map(({ name }) => ownSet(name, data)),
    ...data.culprits.map(({ agents }) => agents),
  ]
  const sets: (readonly string[])[] = []
  for (const { agents } of failedTrials(data.trials)) {
    if (![...told, ...sets].some(set => isSameSet(set, agents))) sets.push(agents)
  }
  return sets.map(agents => {
    const trials = trialsOfSet(agents, data)
    const failed = failedTrials(trials)
    const [message = ''] = failed.map(failureLine)
    return {
      name: togetherName(agents),
      durationMs: durationOf(trials),
      problem: {
        element: 'error',
        type: failed[0]?.outcome.kind ?? 'error',
        message,
        text: lines([...failed.map(failureLine), ...repeat(data)]),
      },
    }
  })
}

/** A verdict that is open although every component has one. */
function openCase(data: ReportData): TestCase {
  const message = unaccusedLine(data)
  return {
    name: 'experiment',
    durationMs: 0,
    problem: {
      element: 'skipped',
      type: 'inconclusive',
      message,
      text: lines([message, ...warningLines(data.warnings), ...repeat(data)]),
    },
  }
}

function togetherName(agents: readonly string[]): string {
  return `${list(agents)} together`
}

function failedTrials(trials: readonly TrialRecord[]): readonly TrialRecord[] {
  return trials.filter(({ outcome, purpose }) => outcome.kind !== 'completed' && purpose !== 'evidence')
}

function failureLine({ id, outcome }: TrialRecord): string {
  const message = 'message' in outcome ? `. ${outcome.message}` : ''
  return `trial ${String(id)}: ${outcome.kind.replaceAll('-', ' ')}${message}`
}

function durationOf(trials: readonly TrialRecord[]): number {
  return trials.reduce((sum, { timings }) => sum + timings.totalMs, 0)
}

function lines(parts: readonly string[]): string {
  return parts.join('\n')
}

import type { Reporter } from '../reporter.js'
import { type Markup, markup } from '../charts/markup.js'
import { evidenceSection } from './evidence-section.js'
import { repeatSection } from './repeat-section.js'
import { relative } from 'node:path'
import type { Culprit, Metric, ReportData, TrialRecord } from '../../types/index.js'
import { type Column, type Section, bullets, dataTable, verdictBadge } from './blocks.js'
import { frame } from './frame.js'
import { nextSteps } from '../text/next-steps.js'
import { surenessLines } from '../text/sureness.js'
import { warningLines } from '../text/run-lines.js'
import { metricName } from '../format/growth.js'
import { otherMetrics } from '../text/components-table.js'
import { costCells, costsNote } from '../text/costs-table.js'
import { growthFigure } from './growth-figure.js'
import { memoryFigure } from './memory-figure.js'
import {
  alsoLine,
  culpritLine,
  culpritName,
  othersLine,
  unaccusedLine,
  underLine,
  whereLine,
  perDaySentence,
} from '../text/verdict-lines.js'
import { formatBytes, formatNumber, formatDuration } from '../format/bytes.js'
import { plural } from '../format/layout.js'
import { setName } from './trial-groups.js'

/**
 * The report as one HTML page for people: nothing is loaded from elsewhere, nothing is executed, and what comes from the
 * report is escaped.
 */
export const htmlReport: Reporter = (report, { operationsPerSecond = 100 } = {}) => {
  const sections = [
    growthSection(report),
    memorySection(report),
    metricsSection(report),
    evidenceSection(report),
    costsSection(report),
    surenessSection(report),
    conditionsSection(report),
    warningsSection(report),
    nextSection(report, operationsPerSecond),
    repeatSection(report),
    trialsSection(report),
  ].filter(section => section !== null)
  return page(report, markup`${verdictHeader(report, operationsPerSecond)}`, sections)
}

/** The whole page around the verdict and its sections. */
function page(data: ReportData, verdict: Markup, sections: readonly Section[]): string {
  const { isolateLeak: version } = data.environment
  return frame({
    title: `${data.verdict === 'leak' ? 'LEAK' : data.verdict}: ${verdictLines(data)[0] ?? ''}`,
    version,
    run: runText(data),
    opening: verdict,
    sections,
    footer: `Made by isolate-leak ${version} from the report as JSON (schema ${String(data.schemaVersion)}), which has all readings.`,
  })
}

/** What was run when, in one line. */
function runText({ options, environment, timings }: ReportData): string {
  const file = relative(options.entry.cwd, options.entry.file)
  const shown = file === '' || file.startsWith('..') ? options.entry.file : file
  const at = timings.startedAt.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC')
  return `${shown} on Node ${environment.node}, ${at}, ${formatDuration(timings.totalMs)}`
}

/** Why the verdict can be trusted, and how far. */
function surenessSection(data: ReportData): Section | null {
  return section('sureness', 'How sure', bullets(surenessLines(data)))
}

/** What was exercised, and what was not. */
function conditionsSection({ conditions }: ReportData): Section {
  const { workload, exercised, notExercised } = conditions
  return {
    id: 'conditions',
    title: 'What was exercised, and what was not',
    body: markup`<div class="columns"><div><h3>Exercised</h3>${bullets([workload, ...exercised], 'bullets did')}</div><div><h3>Not exercised</h3>${bullets(notExercised, 'bullets did-not')}</div></div>`,
  }
}

function warningsSection({ warnings }: ReportData): Section | null {
  return section('warnings', 'Warnings', bullets(warningLines(warnings), 'bullets warnings'))
}

function nextSection(data: ReportData, operationsPerSecond: number): Section | null {
  const steps = nextSteps(data, operationsPerSecond)
  return section(
    'next',
    'What to do next',
    steps.length === 0 ? null : markup`<ol class="steps">${steps.map(step => markup`<li>${step}</li>`)}</ol>`,
  )
}

function section(id: string, title: string, body: Markup | null): Section | null {
  return body === null ? null : { id, title, body }
}

/** Growth of the heap in each component, against the threshold. */
function growthSection(data: ReportData): Section | null {
  const figure = growthFigure(data, 'heap')
  return figure === null ? null : { id: 'growth', title: 'Growth of each component', body: figure }
}

/** Settled heap over operations, for every trial. */
function memorySection(data: ReportData): Section {
  const figure = memoryFigure(data, 'heap')
  return {
    id: 'memory',
    title: 'Memory over operations',
    body: figure ?? markup`<p>No trial gave a reading: see all trials below.</p>`,
  }
}

/** Other metrics: those that grow or are open as charts, the others by name. */
function metricsSection(data: ReportData): Section | null {
  const lines = otherMetrics(data)
  if (lines.length === 0) return null
  const figures = shownMetrics(data).map(metric => {
    const name = metricName(metric)
    return markup`<h3>${name.slice(0, 1).toUpperCase()}${name.slice(1)}</h3>${growthFigure(data, metric)}${memoryFigure(data, metric)}`
  })
  return { id: 'metrics', title: 'Other metrics', body: markup`${bullets(lines)}${figures}` }
}

/** What having each agent costs, whether it leaks or not. */
function costsSection(data: ReportData): Section | null {
  const { headings, rows } = costCells(data)
  if (rows.length === 0) return null
  const columns = headings.map((heading, index): Column =>
    index < 2 ? { heading } : { heading, holds: 'amounts' },
  )
  return {
    id: 'costs',
    title: 'What it costs',
    body: markup`<p>${costsNote(data)}</p>${dataTable('What each agent adds to the application', columns, rows)}`,
  }
}

/** Metrics besides the heap that are not clean somewhere. */
function shownMetrics({ components, culprits }: ReportData): readonly Metric[] {
  const results = components.flatMap(({ metrics, backends = [] }) => [
    ...metrics,
    ...backends.flatMap(under => under.metrics),
  ])
  const grown = [
    ...culprits.flatMap(({ metric, alsoGrows }) => [metric, ...alsoGrows.map(also => also.metric)]),
    ...results.filter(({ verdict }) => verdict !== 'clean').map(({ metric }) => metric),
  ]
  return [...new Set(grown)].filter(metric => metric !== 'heap')
}

/** The verdict as the heading of the page, and what it amounts to. */
function verdictHeader(data: ReportData, operationsPerSecond: number): Markup {
  const verdicts = verdictLines(data)
  const several = data.culprits.length > 1
  const facts = data.culprits.map(one => {
    const said = [
      underLine(one, data),
      whereLine(one),
      perDaySentence(one, data, operationsPerSecond),
      alsoLine(one),
    ].filter(Boolean)
    return said.length === 0
      ? null
      : markup`<p>${several ? markup`<b>${culpritName(one)}.</b> ` : null}${said.join(' ')}</p>`
  })
  const others = othersLine(data)
  return markup`<div class="verdict ${data.verdict}">${verdictBadge(data.verdict)}<h1>${verdicts.map((line, index) => markup`<span>${setOff(line, data.culprits[index])} </span>`)}</h1>${facts}${others === '' ? null : markup`<p class="others">${others}</p>`}</div>`
}

/** The verdict's sentences as the text report has them, without the word that the badge says. */
function verdictLines(data: ReportData): readonly string[] {
  const lines =
    data.culprits.length > 0
      ? data.culprits.map(culprit => culpritLine(culprit, data))
      : [unaccusedLine(data)]
  return lines.map((line, index) => {
    const text = line.slice(line.indexOf(': ') + 2)
    const isName = data.culprits[index] !== undefined && data.culprits[index].kind !== 'application'
    return isName ? text : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
  })
}

/** The sentence about a culprit begins with its name, which is set off. */
function setOff(line: string, culprit: Culprit | undefined): Markup {
  const end = culprit === undefined ? 0 : culpritName(culprit).length
  return end === 0 ? markup`${line}` : markup`<em>${line.slice(0, end)}</em>${line.slice(end)}`
}

/** Every launch: what was on, how it ended, what was read. */
function trialsSection(data: ReportData): Section {
  const trials = data.trials.toSorted((a, b) => a.id - b.id)
  if (trials.length === 0) {
    return { id: 'trials', title: 'All trials', body: markup`<p>No trial was run.</p>` }
  }
  const columns: readonly Column[] = [
    { heading: 'trial', holds: 'amounts' },
    { heading: 'with' },
    { heading: 'purpose' },
    { heading: 'outcome', holds: 'sentences' },
    ...['operations', 'heap at first', 'heap at last', 'settled', 'took'].map(heading => ({
      heading,
      holds: 'amounts' as const,
    })),
    { heading: 'warnings' },
  ]
  return {
    id: 'trials',
    title: 'All trials',
    body: dataTable(
      plural(trials.length, 'trial'),
      columns,
      trials.map(trial => rowOf(trial, data)),
    ),
  }
}

function rowOf(trial: TrialRecord, data: ReportData): readonly string[] {
  const heaps = trial.samples.flatMap(({ values }) => (typeof values.heap === 'number' ? [values.heap] : []))
  const settled = trial.samples.filter(sample => sample.settled).length
  const { outcome } = trial
  const ended = outcome.kind.replaceAll('-', ' ')
  return [
    String(trial.id),
    setName(trial, data),
    trial.continues === undefined ? trial.purpose : `${trial.purpose}, of trial ${String(trial.continues)}`,
    outcome.kind === 'completed' ? ended : `${ended}: ${outcome.message}`,
    formatNumber(trial.operations),
    sizeOf(heaps[0]),
    sizeOf(heaps.at(-1)),
    `${String(settled)} of ${String(trial.samples.length)}`,
    formatDuration(trial.timings.totalMs),
    [...new Set(trial.warnings.map(({ code }) => code))].join(', '),
  ]
}

function sizeOf(bytes: number | undefined): string {
  return bytes === undefined ? '' : formatBytes(bytes)
}

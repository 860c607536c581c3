import { knownCosts } from '../format/cost.js'
import type { Component, Cost, CostName, Growth, Metric, ReportData, Verdict } from '../../types/index.js'
import { list } from '../format/layout.js'
import { isBytes, perWhat } from '../format/growth.js'
import type { Reporter } from '../reporter.js'

type Labels = Readonly<Record<string, string>>

interface Series {
  readonly labels: Labels
  readonly growth: Growth
  readonly threshold: number | null
}

/** A component, or a set that leaks only together. */
interface Subject {
  readonly labels: Labels
  readonly verdict: Verdict
  readonly metrics: readonly {
    readonly metric: Metric
    readonly growth: Growth
    readonly threshold: number | null
  }[]
}

const VERDICTS: readonly Verdict[] = ['leak', 'clean', 'inconclusive']

/**
 * Gauges in the text format of Prometheus, for the textfile collector of its node exporter. Labels `entry` and `workload` tell
 * several experiments of one machine apart. What is not known has no sample.
 */
export const prometheusReport: Reporter = report => {
  const run: Labels = { entry: report.options.entry.file, workload: report.conditions.workload }
  const all = subjects(report, run)
  const agents = report.components.filter(({ kind }) => kind === 'agent')
  const one = (value: number, labels: Labels = {}): Sample[] => [{ labels: { ...run, ...labels }, value }]
  const { node, isolateLeak } = report.environment
  return exposition([
    family('verdict', 'Verdict on a component: 1 for the one that holds.', all.flatMap(states)),
    ...growthFamilies(all),
    family(
      'start_bytes',
      'Settled heap before the first operation, with the agent minus without it.',
      agents.map(component => ({ labels: { ...run, ...nameOf(component) }, value: component.startBytes })),
    ),
    ...costFamilies(report, run),
    family(
      'trials',
      'Trials that a component was judged by.',
      report.components.map(component => ({
        labels: { ...run, ...nameOf(component) },
        value: component.trials,
      })),
    ),
    family(
      'run_verdict',
      'Verdict on the whole experiment: 1 for the one that holds.',
      states({ labels: run, verdict: report.verdict }),
    ),
    family(
      'run_start_timestamp_seconds',
      'When the experiment began, in seconds since 1970.',
      one(Date.parse(report.timings.startedAt) / 1000),
    ),
    family('run_duration_seconds', 'How long the experiment took.', one(report.timings.totalMs / 1000)),
    family('run_trials', 'Trials of the experiment, checks included.', one(report.trials.length)),
    family('run_info', 'What ran.', one(1, { node, version: isolateLeak, effort: report.options.effort })),
  ])
}

function family(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `isolate_leak_${name}`, help, samples }
}

/** Estimate, bounds and threshold; sizes and counts have families of their own, since a family has one unit. */
function growthFamilies(subjects: readonly Subject[]): Family[] {
  const series = subjects.flatMap(({ labels, metrics }) =>
    metrics.map(({ metric, growth, threshold }) => ({
      labels: { ...labels, metric: metricLabel(metric), per: perWhat(growth) },
      growth,
      threshold,
    })),
  )
  return [
    ...unitFamilies(
      'bytes',
      'Bytes',
      series.filter(({ growth }) => isBytes(growth)),
    ),
    ...unitFamilies(
      'objects',
      'Objects such as descriptors',
      series.filter(({ growth }) => !isBytes(growth)),
    ),
  ]
}

function unitFamilies(unit: string, what: string, series: readonly Series[]): Family[] {
  const of = (name: string, help: string, value: (one: Series) => number | null): Family =>
    family(
      `${name}_${unit}`,
      `${what} ${help}`,
      series.map(one => ({ labels: one.labels, value: value(one) })),
    )
  return [
    of('growth', 'that a component adds per operation or second, estimate.', ({ growth }) => growth.estimate),
    of('growth_low', 'that it adds at least, lower end of the interval.', ({ growth }) => growth.low),
    of('growth_high', 'that it adds at most, upper end of the interval.', ({ growth }) => growth.high),
    of('threshold', 'that count as a leak.', ({ threshold }) => threshold),
  ]
}

interface CostFigure {
  readonly unit: 'seconds' | 'bytes' | 'operations_per_second'
  readonly labels: Labels
  readonly divisor?: number
}

const MS = { unit: 'seconds', divisor: 1000 } as const

const COSTS: Readonly<Record<CostName, CostFigure>> = {
  cpuMsPerOperation: { ...MS, labels: { cost: 'cpu', per: 'operation' } },
  cpuMsPerSecond: { ...MS, labels: { cost: 'cpu', per: 'second' } },
  startMs: { ...MS, labels: { cost: 'start' } },
  p50Ms: { ...MS, labels: { cost: 'answer', quantile: '0.5' } },
  p99Ms: { ...MS, labels: { cost: 'answer', quantile: '0.99' } },
  operationsPerSecond: { unit: 'operations_per_second', labels: { cost: 'throughput' } },
  heapStartBytes: { unit: 'bytes', labels: { cost: 'heap', at: 'start' } },
  heapRestBytes: { unit: 'bytes', labels: { cost: 'heap', at: 'rest' } },
  rssStartBytes: { unit: 'bytes', labels: { cost: 'rss', at: 'start' } },
  rssRestBytes: { unit: 'bytes', labels: { cost: 'rss', at: 'rest' } },
}

/** What agents add to each figure, with the bounds of its interval. */
function costFamilies({ costs = [] }: ReportData, run: Labels): Family[] {
  const known = costs.flatMap(one =>
    knownCosts(one).map(([name, cost]) => {
      const { unit, labels, divisor = 1 } = COSTS[name]
      const own = { ...run, component: one.agent, backend: one.backend, ...labels }
      return { unit, sample: (value: number): Sample => ({ labels: own, value: value / divisor }), cost }
    }),
  )
  const of = (unit: CostFigure['unit'], name: string, help: string, bound: keyof Cost): Family =>
    family(
      `${name}_${unit}`,
      help,
      known.filter(one => one.unit === unit).map(({ sample, cost }) => sample(cost[bound])),
    )
  return (['seconds', 'bytes', 'operations_per_second'] as const).flatMap(unit => [
    of(unit, 'cost', 'What an agent adds to a figure of the application, estimate.', 'added'),
    of(unit, 'cost_low', 'What it adds at least, lower end of the 95% interval.', 'low'),
    of(unit, 'cost_high', 'What it adds at most, upper end of the 95% interval.', 'high'),
  ])
}

function subjects({ components, culprits }: ReportData, run: Labels): Subject[] {
  return [
    ...components.map(component => ({
      labels: { ...run, ...nameOf(component) },
      verdict: component.verdict,
      metrics: component.metrics,
    })),
    ...culprits
      .filter(({ kind }) => kind === 'interaction')
      .map(({ agents, metric, growth, alsoGrows }) => ({
        labels: { ...run, component: list(agents), kind: 'interaction' },
        verdict: 'leak' as const,
        metrics: [{ metric, growth }, ...alsoGrows].map(result => ({ ...result, threshold: null })),
      })),
  ]
}

/** One sample for each verdict there is, so that a change of it ends no series. */
function states({ labels, verdict }: Pick<Subject, 'labels' | 'verdict'>): Sample[] {
  return VERDICTS.map(name => ({ labels: { ...labels, verdict: name }, value: name === verdict ? 1 : 0 }))
}

function nameOf({ name, kind }: Component): Labels {
  return { component: name, kind }
}

/** `array_buffers`: label values in the style of the names. */
function metricLabel(metric: Metric): string {
  return metric.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}

/** One gauge, and its value under each set of labels. */
interface Family {
  readonly name: string
  readonly help: string
  readonly samples: readonly Sample[]
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>
  /** Bounds that are not known are `null` in what was read from JSON. Such samples are left out. */
  readonly value: number | null
}

/** Families in the text format of Prometheus, version 0.0.4. Families without a sample are left out. */
function exposition(families: readonly Family[]): string {
  return families
    .map(({ name, help, samples }) => {
      const lines = samples.flatMap(({ labels, value }) =>
        value === null || !Number.isFinite(value) ? [] : [`${name}${labelText(labels)} ${String(value)}`],
      )
      return lines.length === 0
        ? ''
        : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines, ''].join('\n')
    })
    .join('')
}

function labelText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** Everything else may be in a label: two names that differ only in what cannot be read are two. */
function escaped(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll(/\p{Cs}/gu, '\uFFFD')
}

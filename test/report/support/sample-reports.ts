import type { Component, Growth, MetricResult, ReportData, RunEnvironment } from '../../../lib/types/index.js'
import { reportOf } from './report-of.js'
import { resolvedOptions } from './resolved-options.js'
import { trial } from './trials.js'

const environment: RunEnvironment = {
  isolateLeak: '0.1.0',
  node: '20.20.2',
  v8: '11.3.244.8-node.38',
  platform: 'linux',
  arch: 'x64',
  release: '6.1.0',
  cpus: 2,
  memoryBytes: 8_000_000_000,
}

export function bytes(estimate: number, low: number | null, high: number | null): Growth {
  return { estimate, low, high, unit: 'bytes/operation' }
}

function heap(verdict: MetricResult['verdict'], growth: Growth, reason = ''): MetricResult {
  return { metric: 'heap', verdict, growth, threshold: 16, reason }
}

const none = (metric: MetricResult['metric'], threshold: number): MetricResult => ({
  metric,
  verdict: 'clean',
  growth: { estimate: 0, low: 0, high: 0, unit: metric === 'fds' ? 'count/operation' : 'bytes/operation' },
  threshold,
  reason: 'did not grow in any trial',
})

const baseline = bytes(2.1, 0.6, 3.6)

const application: Component = {
  name: 'application',
  kind: 'application',
  verdict: 'clean',
  growth: baseline,
  baseline,
  metrics: [heap('clean', baseline), none('arrayBuffers', 16), none('fds', 0.01)],
  startBytes: null,
  reason: 'the whole interval lies below the threshold',
  trials: 3,
}

const otel: Component = {
  name: '@opentelemetry/auto-instrumentations-node',
  kind: 'agent',
  verdict: 'clean',
  growth: bytes(1.3, -2.2, 4.8),
  baseline,
  metrics: [heap('clean', bytes(1.3, -2.2, 4.8)), none('arrayBuffers', 16), none('fds', 0.01)],
  startBytes: 13_420_000,
  reason: 'the whole interval lies below the threshold',
  trials: 3,
}

const sets = { exercised: ['all agents together'], notExercised: [] }
const leakGrowth = bytes(8214, 7902, 8526)

/** dd-trace leaks heap and descriptors, OpenTelemetry does not. */
export const leakReport: ReportData = reportOf({
  options: resolvedOptions(),
  decision: {
    verdict: 'leak',
    culprits: [
      {
        kind: 'agent',
        agents: ['dd-trace'],
        metric: 'heap',
        growth: leakGrowth,
        backend: 'up',
        backends: ['up'],
        alsoGrows: [{ metric: 'fds', growth: { estimate: 1, low: 1, high: 1, unit: 'count/operation' } }],
        reason: 'grows in both windows of every trial, and idle time did not release it',
      },
    ],
    components: [
      application,
      {
        name: 'dd-trace',
        kind: 'agent',
        verdict: 'leak',
        growth: leakGrowth,
        baseline,
        metrics: [
          heap('leak', leakGrowth),
          none('arrayBuffers', 16),
          {
            metric: 'fds',
            verdict: 'leak',
            growth: { estimate: 1, low: 1, high: 1, unit: 'count/operation' },
            threshold: 0.01,
            reason: 'grows in proportion to operations in every trial',
          },
        ],
        startBytes: 12_100_000,
        reason: 'grows in both windows of every trial',
        trials: 3,
      },
      otel,
    ],
    warnings: [],
    sets,
  },
  trials: [
    ...[1, 4, 7].map(id => trial({ id, agents: [], startBytes: 6_200_000, heapPerOperation: 2 })),
    ...[2, 6, 8].map(id =>
      trial({
        id,
        agents: ['dd-trace'],
        startBytes: 18_300_000,
        heapPerOperation: 8216,
        fdsPerOperation: 1,
        loadedAgents: [{ name: 'dd-trace', version: '3.9.3', path: '/srv/shop/node_modules/dd-trace' }],
      }),
    ),
    ...[3, 5, 9].map(id => trial({ id, agents: [otel.name], startBytes: 19_600_000, heapPerOperation: 3.4 })),
    trial({
      id: 10,
      agents: ['dd-trace'],
      purpose: 'retention',
      startBytes: 18_300_000,
      heapPerOperation: 8216,
      fdsPerOperation: 1,
    }),
  ],
  environment,
  startedAt: '2025-03-04T05:06:07.000Z',
  totalMs: 252_300,
})

/** Nothing leaks. */
export const cleanReport: ReportData = reportOf({
  options: resolvedOptions({ agents: [otel.name] }),
  decision: { verdict: 'clean', culprits: [], components: [application, otel], warnings: [], sets },
  trials: leakReport.trials.filter(({ agents }) => !agents.includes('dd-trace')),
  environment,
  startedAt: '2025-03-04T05:06:07.000Z',
  totalMs: 131_000,
})

const openGrowth = bytes(21.4, 12.2, 30.6)
const warning = {
  code: 'UNSETTLED',
  message: 'dd-trace did not come to rest after 5,120 operations: readings differed by 84 kB after 6 s',
  downgrades: true,
  agents: ['dd-trace'],
  trial: 2,
} as const

/** The interval of dd-trace spans the threshold, and one of its trials crashed. */
export const inconclusiveReport: ReportData = reportOf({
  options: resolvedOptions(),
  decision: {
    verdict: 'inconclusive',
    culprits: [],
    components: [
      application,
      {
        name: 'dd-trace',
        kind: 'agent',
        verdict: 'inconclusive',
        growth: openGrowth,
        baseline,
        metrics: [heap('inconclusive', openGrowth), none('arrayBuffers', 16)],
        startBytes: 12_100_000,
        reason:
          'With dd-trace the heap grows by 21 B/op (between 12 B/op and 31 B/op) more than without: the threshold of 16 B/op lies within. A run with about 40,960 operations a trial would settle it.',
        trials: 3,
      },
      otel,
    ],
    sets,
    warnings: [
      warning,
      { ...warning, trial: 6 },
      {
        code: 'TRIAL_FAILED',
        message: 'trial 8 (dd-trace) crashed',
        downgrades: true,
        agents: ['dd-trace'],
        trial: 8,
      },
    ],
  },
  trials: [
    ...[1, 4, 7].map(id => trial({ id, agents: [], startBytes: 6_200_000, heapPerOperation: 2 })),
    ...[2, 6].map(id => trial({ id, agents: ['dd-trace'], startBytes: 18_300_000, heapPerOperation: 23 })),
    ...[3, 5, 9].map(id => trial({ id, agents: [otel.name], startBytes: 19_600_000, heapPerOperation: 3.4 })),
    trial({
      id: 8,
      agents: ['dd-trace'],
      startBytes: 18_300_000,
      heapPerOperation: 23,
      outcome: {
        kind: 'crashed',
        exitCode: 1,
        signal: null,
        message: 'exited with 1: TypeError: span is not a span at finish (tracer.js:81)',
      },
    }),
  ],
  environment,
  startedAt: '2025-03-04T05:06:07.000Z',
  totalMs: 402_000,
})

/** Another component. */
export function agent(name: string, growth: Growth, verdict: Component['verdict'] = 'clean'): Component {
  return {
    name,
    kind: 'agent',
    verdict,
    growth,
    baseline: growth,
    metrics: [],
    startBytes: null,
    reason: 'because it is',
    trials: 3,
  }
}

/** A text without its line breaks. */
export function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

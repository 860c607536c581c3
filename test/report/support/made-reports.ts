import type { Component, Evidence, ReportData } from '../../../lib/types/index.js'
import { agent, bytes, cleanReport, inconclusiveReport, leakReport } from './sample-reports.js'
import { trial } from './trials.js'

const [culprit] = leakReport.culprits
const [application, ddTrace, otel] = leakReport.components
if (culprit === undefined || application === undefined || ddTrace === undefined || otel === undefined)
  throw new Error('expected a sample with a culprit and three components')

const place = {
  script: '/srv/shop/node_modules/dd-trace/lib/spans.js',
  line: 12,
  column: 3,
  package: { name: 'dd-trace', version: '3.9.3' },
} as const

/** Evidence as a run gives it. */
export const evidence: Evidence = {
  grows: [
    { name: 'Span', type: 'object', properties: ['id'], perOperation: 1, bytesPerOperation: 240, place },
  ],
  held: {
    path: [
      { by: '', name: 'record()', place },
      { by: 'variable spans', name: 'Map', place: null },
      { by: 'element', name: 'Span', place: null },
    ],
    holder: 1,
    perOperation: 1,
    share: 0.98,
  },
  alsoHeld: [],
  place,
  package: place.package,
  pointsAtCulprit: true,
  allocatedAt: [{ function: 'record', place, bytesPerOperation: 230 }],
  resources: [{ kind: 'socket', what: '127.0.0.1:8126', perOperation: 1 }],
  sentence: 'dd-trace keeps 8.2 kB of heap per operation.',
  files: ['/srv/shop/out/dd-trace-3.heapsnapshot'],
  notes: ['One snapshot was not taken.'],
}

/** dd-trace and OpenTelemetry leak together only. */
export const interactionReport: ReportData = {
  ...leakReport,
  culprits: [{ ...culprit, kind: 'interaction', agents: ['dd-trace', otel.name], alsoGrows: [], evidence }],
  components: [application, { ...ddTrace, verdict: 'clean', growth: bytes(2, -1, 5) }, otel],
  trials: [
    ...leakReport.trials,
    trial({ id: 11, agents: ['dd-trace', otel.name], startBytes: 2e7, heapPerOperation: 8216 }),
  ],
}

const slow: Component = {
  ...ddTrace,
  backends: (['up', 'slow'] as const).map(backend => ({
    backend,
    verdict: backend === 'slow' ? 'leak' : 'clean',
    growth: backend === 'slow' ? ddTrace.growth : bytes(2, -1, 5),
    metrics: ddTrace.metrics,
    startBytes: ddTrace.startBytes,
    reason: `while the collector is ${backend}`,
    trials: 3,
  })),
}

/** dd-trace leaks while its collector never answers, and not while it does. */
export const backendsReport: ReportData = {
  ...leakReport,
  culprits: [{ ...culprit, backend: 'slow', backends: ['slow'], evidence }],
  components: [application, slow, otel],
  options: { ...leakReport.options, backends: ['up', 'slow'] },
  trials: leakReport.trials.map((record, index) =>
    record.agents.length > 0 && index % 2 === 0 ? { ...record, backend: 'slow' } : record,
  ),
}

const received = {
  requests: 12,
  bytes: 4096,
  items: { entries: 100, spans: 300, errors: 0, metrics: 0, logs: 0 },
  protocols: ['datadog'],
  unreadable: 0,
} as const

/** Too few trials for an interval, memory of a worker thread, every way to fail. */
export const oddReport: ReportData = {
  ...inconclusiveReport,
  components: [
    application,
    agent('dd-trace', bytes(0, null, null), 'inconclusive'),
    agent(otel.name, bytes(3, -1, 7)),
  ],
  trials: [
    ...inconclusiveReport.trials.map(record => ({
      ...record,
      samples: record.samples.map(sample => ({
        ...sample,
        parts: [
          {
            kind: 'thread' as const,
            label: 'worker thread a.js',
            values: { heap: 5 },
            heapLimitBytes: 4e9,
          },
        ],
        unread: [{ kind: 'process' as const, name: 'ffmpeg' }],
      })),
      collectors: [
        {
          agent: 'dd-trace',
          elsewhere: false,
          beforeLoad: received,
          atEnd: received,
        },
      ],
    })),
    ...(
      [
        { kind: 'exited', exitCode: 0, message: 'ended early' },
        { kind: 'out-of-memory', message: 'heap limit' },
        { kind: 'not-started', message: 'never listened' },
        { kind: 'hung', limit: 'trialTimeoutMs', message: 'took too long' },
      ] as const
    ).map((outcome, index) =>
      trial({
        id: 20 + index,
        agents: ['dd-trace', otel.name],
        startBytes: 2e7,
        heapPerOperation: 1,
        outcome,
      }),
    ),
  ],
}

/** Every kind of report by name. */
export const madeReports: Readonly<Record<string, ReportData>> = {
  leak: leakReport,
  clean: cleanReport,
  inconclusive: inconclusiveReport,
  interaction: interactionReport,
  'several backends': backendsReport,
  odd: oddReport,
  evidence: { ...leakReport, culprits: [{ ...culprit, evidence }] },
  'the application': {
    ...leakReport,
    culprits: [{ ...culprit, kind: 'application', agents: [], alsoGrows: [], evidence }],
    components: [{ ...application, verdict: 'leak', growth: culprit.growth }, otel],
  },
}

/** Breaks quotes, markup, lines, tables, mentions and encodings. */
export const HOSTILE =
  'a"b\'c]]>d<e>&amp;|`x``y`@team/ops #1\r\n::error::z\n# f\u0000\u001b[31m\u202e\ud800😀%0A,:{}\\'

/** A leak whose every name is hostile. */
export const hostileReport: ReportData = hostile(madeReports.evidence ?? leakReport)

/** The same without the leak. */
export const hostileCleanReport: ReportData = hostile(cleanReport)

function hostile(report: ReportData): ReportData {
  const names = new Set(['dd-trace', otel?.name ?? '', 'Span', 'record', 'GET /orders/42 on 10 connections'])
  return JSON.parse(JSON.stringify(report), (_key, value: unknown) =>
    typeof value === 'string' && names.has(value) ? `${HOSTILE}${value}` : value,
  ) as ReportData
}

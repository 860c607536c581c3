import type { Component, Culprit, Evidence, ReportData, RunWarning } from '../../../lib/types/index.js'
import { agent, bytes, cleanReport, inconclusiveReport, leakReport } from './sample-reports.js'

const [leaky] = leakReport.culprits
if (leaky === undefined) throw new Error('the sample has a culprit')

const place = { script: '/srv/shop/node_modules/dd-trace/src/span.js', line: 6, column: 1 }
const step = (by: string, name: string): Evidence['alsoHeld'][number]['path'][number] => ({
  ...{ by, name },
  place: { ...place, package: null },
})
const evidence: Evidence = {
  grows: Array.from({ length: 4 }, (_, index) => ({
    ...{ name: `Span${String(index)}`, type: 'object', properties: ['tags'] },
    ...{ perOperation: 1, bytesPerOperation: 96, place: null },
  })),
  held: {
    path: [step('', '(Global handles)'), step('internal entry', 'HTTPParser'), step('property spans', 'Map')],
    ...{ holder: 2, perOperation: 1, share: 0.98 },
  },
  ...{ alsoHeld: [], pointsAtCulprit: true, files: [], notes: [], sentence: 'dd-trace keeps spans.' },
  place: { ...place, package: { name: 'dd-trace', version: '3.9.3' } },
  package: { name: 'dd-trace', version: '3.9.3' },
  allocatedAt: [],
  resources: [{ kind: 'socket', what: '127.0.0.1:8126', perOperation: 1 }],
}
/** A name as packages have them at worst. */
export const long = (index: number): string =>
  `@a-company-with-a-name/its-instrumentation-number-${String(index)}-of-many`
/** A name that no line has room for. */
export const endless = `@scope/${'very-'.repeat(30)}long`
const open = (name: string): Component => ({
  ...agent(name, bytes(20, 10, 30), 'inconclusive'),
  reason: `With ${name} the heap grows by 20 B/op (between 10 B/op and 30 B/op) more than without: the threshold of 16 B/op lies within. A run with about 40,960 operations a trial would settle it.`,
})
const culprit = (name: string, more: Partial<Culprit> = {}): Culprit => ({
  ...leaky,
  agents: [name],
  ...more,
})
const leaking = (name: string): Component => agent(name, leaky.growth, 'leak')
const warning = (index: number): RunWarning => ({
  ...{ code: 'TRIAL_FAILED', downgrades: true, trial: index },
  message: `trial ${String(index)} of ${long(1)} crashed with a message that goes on for longer than a line of a terminal`,
})
const application = cleanReport.components[0] as Component
const many = Array.from({ length: 30 }, (_, index) => long(index))

/** Reports of every kind, and some that are hard to lay out. */
export const oddReports: Readonly<Record<string, ReportData>> = {
  leak: leakReport,
  'with evidence': { ...leakReport, culprits: [{ ...leaky, evidence }] },
  'three culprits': {
    ...leakReport,
    culprits: ['one', 'two', 'three'].map(name => culprit(name, { evidence })),
    components: [application, ...['one', 'two', 'three'].map(leaking)],
  },
  'nine culprits with long names': {
    ...leakReport,
    culprits: many.slice(0, 9).map(name => culprit(name, { evidence })),
    components: [application, ...many.slice(0, 9).map(leaking), ...many.slice(9).map(open)],
    warnings: Array.from({ length: 12 }, (_, index) => warning(index)),
  },
  'all of 30 together': {
    ...leakReport,
    culprits: [culprit('', { kind: 'interaction', agents: many, where: `the child process ${endless}` })],
    components: [application, ...many.map(name => agent(name, bytes(1, 0, 2)))],
  },
  'everything at once': {
    ...leakReport,
    options: { ...leakReport.options, backends: ['up', 'slow', 'down'] },
    culprits: [
      culprit(endless, { evidence, where: `the child process ${endless}`, backends: ['slow', 'down'] }),
    ],
    components: [
      application,
      leaking(endless),
      ...many.map(open),
      ...many.map(name => agent(name, bytes(1, 0, 2))),
    ],
    warnings: Array.from({ length: 12 }, (_, index) => warning(index)),
  },
  'an endless name': {
    ...leakReport,
    culprits: [culprit(endless, { evidence, where: endless })],
    components: [application, leaking(endless)],
  },
  'the application': {
    ...leakReport,
    culprits: [culprit('', { kind: 'application', agents: [], evidence })],
    components: [{ ...application, verdict: 'leak' }],
  },
  'several conditions': {
    ...leakReport,
    options: { ...leakReport.options, backends: ['up', 'slow', 'down'] },
    culprits: [culprit('dd-trace', { backend: 'slow', backends: ['slow'], evidence })],
  },
  'out of memory': {
    ...leakReport,
    culprits: [culprit('dd-trace', { growth: bytes(2_100_000, 2_100_000, null) })],
  },
  'intervals of a file': {
    ...leakReport,
    culprits: [
      culprit('dd-trace', {
        growth: JSON.parse(
          '{"estimate":8000,"low":null,"high":null,"unit":"bytes/operation"}',
        ) as Culprit['growth'],
      }),
    ],
  },
  clean: cleanReport,
  inconclusive: inconclusiveReport,
  'thirty open': { ...inconclusiveReport, components: [application, ...many.map(open)] },
  'one open with an endless name': { ...inconclusiveReport, components: [application, open(endless)] },
  'thorough and open': {
    ...inconclusiveReport,
    options: { ...inconclusiveReport.options, effort: 'thorough' },
  },
  disturbed: { ...inconclusiveReport, components: [], trials: [] },
  'sets not settled': {
    ...inconclusiveReport,
    components: cleanReport.components,
    warnings: [{ code: 'TOGETHER_UNSETTLED', message: `all: ${many.join(', ')}`, downgrades: false }],
  },
}

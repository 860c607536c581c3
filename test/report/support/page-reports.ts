import type {
  Component,
  Culprit,
  Growth,
  Metric,
  MetricResult,
  ReportData,
  TrialRecord,
  Verdict,
} from '../../../lib/types/index.js'
import { agent, bytes, cleanReport, inconclusiveReport, leakReport } from './sample-reports.js'
import { trial } from './trials.js'

const counts = (estimate: number, low: number | null, high: number | null): Growth => ({
  ...{ estimate, low, high },
  unit: 'count/operation',
})

const result = (metric: Metric, verdict: Verdict, growth: Growth, threshold: number): MetricResult => ({
  ...{ metric, verdict, growth, threshold },
  reason: 'as it was read',
})

const withHeap = (component: Component): Component => ({
  ...component,
  metrics: [result('heap', component.verdict, component.growth, 16)],
})

const options = (names: readonly string[]): ReportData['options'] => ({
  ...leakReport.options,
  agents: names.map(name => ({ ...leakReport.options.agents[0]!, name, package: name, version: '1.2.3' })),
})

/** Texts that would do harm, or break a layout, if they were taken as they are. */
export const HOSTILE = {
  script: '<script>alert(1)</script>',
  attribute: '"><img src=x onerror=alert(1)>\' onfocus=alert(1) x="',
  style: '</style><style>body{display:none}</style>',
  bidi: 'safe\u202Egnp.exe\u2066\u200F',
  control: 'a\u0000b\u001B[31mc\u2028d',
  emoji: '👩‍🚀🚀 agent ✓ 日本語 עברית',
  surrogate: 'half \uD800 of a pair',
  entity: '&lt;b&gt; &amp; ${`x`} {{y}} ]]> --> <!--',
  long: 'very'.repeat(100),
  words: 'a name of many words '.repeat(20).trim(),
} as const

const names = Object.values(HOSTILE)

/** Everything that is a text in a report holds something hostile. */
export const hostileReport: ReportData = {
  ...leakReport,
  options: {
    ...options(names),
    entry: { ...leakReport.options.entry, file: `/srv/${HOSTILE.script}.js`, args: [HOSTILE.attribute] },
  },
  environment: { ...leakReport.environment, node: HOSTILE.attribute, isolateLeak: HOSTILE.script },
  culprits: [
    {
      ...leakReport.culprits[0]!,
      agents: [HOSTILE.script],
      where: HOSTILE.attribute,
      reason: HOSTILE.style,
      evidence: {
        grows: [
          {
            ...{ name: HOSTILE.script, type: 'object', properties: [HOSTILE.style] },
            ...{ perOperation: 1, bytesPerOperation: 80, place: null },
          },
        ],
        held: {
          path: [
            { by: HOSTILE.attribute, name: HOSTILE.long, place: null },
            {
              by: HOSTILE.script,
              name: HOSTILE.style,
              place: { script: HOSTILE.script, line: 1, column: 2, package: null },
            },
          ],
          ...{ holder: 1, perOperation: 1, share: 1 },
        },
        alsoHeld: [],
        place: { script: HOSTILE.attribute, line: 3, column: 4, package: null },
        package: { name: HOSTILE.script, version: HOSTILE.attribute },
        pointsAtCulprit: false,
        allocatedAt: [
          {
            function: HOSTILE.script,
            place: { script: HOSTILE.long, line: 5, column: 6, package: null },
            bytesPerOperation: 7,
          },
        ],
        resources: [{ kind: 'socket', what: HOSTILE.attribute, perOperation: 1 }],
        sentence: HOSTILE.script,
        files: [HOSTILE.script],
        notes: [HOSTILE.style],
      },
    },
  ],
  components: [
    leakReport.components[0]!,
    ...names.map((name, index) =>
      agent(name, bytes(index * 3, index, index * 5), index === 0 ? 'leak' : 'clean'),
    ),
  ],
  trials: names.map((name, index) =>
    trial({
      ...{ id: index + 1, agents: [name], startBytes: 5_000_000, heapPerOperation: index },
      ...(index === 1
        ? { outcome: { kind: 'crashed', exitCode: 1, signal: null, message: HOSTILE.attribute } as const }
        : {}),
    }),
  ),
  conditions: {
    ...leakReport.conditions,
    workload: HOSTILE.script,
    exercised: names,
    notExercised: names,
  },
  warnings: names.map(message => ({ code: 'NOISY', message, downgrades: false })),
}

/** Thirty agents, the last of which leaks. */
export const manyReport: ReportData = (() => {
  const all = Array.from({ length: 30 }, (_, index) => `agent-${String(index + 1).padStart(2, '0')}`)
  const leaking = all.at(-1)!
  const growth = bytes(420, 380, 460)
  const components = all.map((name, index) =>
    withHeap(
      name === leaking
        ? agent(name, growth, 'leak')
        : agent(name, bytes(Math.sin(index) * 3, Math.sin(index) * 3 - 4, Math.sin(index) * 3 + 4)),
    ),
  )
  const sets = [[], ...all.map(name => [name]), all]
  return {
    ...leakReport,
    options: options(all),
    culprits: [{ ...leakReport.culprits[0]!, agents: [leaking], growth, alsoGrows: [] }],
    components: [cleanReport.components[0]!, ...components],
    trials: sets.flatMap((agents, index) =>
      [0, 1].map(again =>
        trial({
          id: index * 2 + again + 1,
          agents,
          startBytes: 6_000_000 + agents.length * 100_000,
          heapPerOperation: agents.includes(leaking) ? 420 + again : 2 + again + (index % 5) / 2,
        }),
      ),
    ),
  }
})()

/** One agent under two conditions of its collector: it leaks under one of them. */
export const backendsReport: ReportData = (() => {
  const part = (backend: 'up' | 'slow', verdict: Verdict, growth: Growth) => ({
    ...{ backend, verdict, growth, metrics: [result('heap', verdict, growth, 16)] },
    ...{ startBytes: 4_000_000, reason: 'as it was read', trials: 3 },
  })
  const [application, own] = leakReport.components
  const [up, slow] = [part('up', 'clean', bytes(2, -1, 5)), part('slow', 'leak', bytes(1900, 1750, 2050))]
  return {
    ...leakReport,
    options: { ...options(['dd-trace']), backends: ['up', 'slow'] },
    conditions: { ...leakReport.conditions, backends: ['up', 'slow'] },
    culprits: [
      {
        ...leakReport.culprits[0]!,
        ...{ growth: slow.growth, backend: 'slow', backends: ['slow'], alsoGrows: [] },
      },
    ],
    components: [application!, { ...own!, ...slow, backends: [up, slow] }],
    trials: [
      ...[1, 2].map(id => trial({ id, agents: [], startBytes: 6e6, heapPerOperation: 2 })),
      ...(['up', 'slow'] as const).flatMap((backend, index) =>
        [3, 4].map(id =>
          trial({
            ...{ id: id + index * 2, agents: ['dd-trace'], backend, startBytes: 9e6 },
            heapPerOperation: backend === 'up' ? 4 : 1902,
          }),
        ),
      ),
    ],
  }
})()

const pair = ['prom-metrics', 'trace-context']

/** Two agents that leak together, heap and descriptors, and are clean alone. */
export const interactionReport: ReportData = {
  ...leakReport,
  options: options(pair),
  culprits: [
    {
      ...leakReport.culprits[0]!,
      ...{ kind: 'interaction', agents: pair, growth: bytes(310, 280, 340) },
      alsoGrows: [{ metric: 'fds', growth: counts(0.5, 0.5, 0.5) }],
    },
  ],
  components: [
    cleanReport.components[0]!,
    ...pair.map(name => {
      const component = withHeap(agent(name, bytes(1, -3, 5)))
      return { ...component, metrics: [...component.metrics, result('fds', 'clean', counts(0, 0, 0), 0.001)] }
    }),
  ],
  trials: [[], [pair[0]!], [pair[1]!], pair].flatMap((agents, index) =>
    [0, 1].map(again =>
      trial({
        ...{ id: index * 2 + again + 1, agents, startBytes: 6e6 },
        heapPerOperation: agents.length === 2 ? 312 : 2 + again,
        fdsPerOperation: agents.length === 2 ? 0.5 : 0,
      }),
    ),
  ),
}

const perSecond = (growth: Growth): Growth => ({
  ...growth,
  unit: growth.unit.startsWith('bytes') ? 'bytes/second' : 'count/second',
})

/** Nothing was asked of the application: growth is per second. */
export const idleReport: ReportData = {
  ...cleanReport,
  verdict: 'leak',
  culprits: [
    {
      ...leakReport.culprits[0]!,
      ...{ agents: ['@opentelemetry/auto-instrumentations-node'], alsoGrows: [] },
      growth: perSecond(bytes(5200, 4800, 5600)),
    },
  ],
  components: cleanReport.components.map(component => ({
    ...component,
    ...(component.kind === 'agent' ? { verdict: 'leak' as const } : {}),
    growth: perSecond(component.kind === 'agent' ? bytes(5200, 4800, 5600) : component.growth),
    metrics: [],
  })),
}

/** Only descriptors grow, and the application itself is it. */
export const countsReport: ReportData = (() => {
  const fds = counts(1, 1, 1)
  const application: Component = {
    ...cleanReport.components[0]!,
    verdict: 'leak',
    metrics: [
      result('heap', 'clean', bytes(2.1, 0.6, 3.6), 16),
      result('fds', 'leak', fds, 0.01),
      result('handles', 'inconclusive', counts(0.02, null, null), 0.01),
    ],
  }
  const culprit: Culprit = {
    ...leakReport.culprits[0]!,
    ...{ kind: 'application', agents: [], metric: 'fds', growth: fds, alsoGrows: [] },
  }
  return {
    ...cleanReport,
    options: { ...cleanReport.options, agents: [] },
    verdict: 'leak',
    culprits: [culprit],
    components: [application],
    trials: [1, 2, 3].map(id =>
      trial({ id, agents: [], startBytes: 6e6, heapPerOperation: 2, fdsPerOperation: 1 }),
    ),
  }
})()

/** The only agent crashed before its first reading, and the application alone too. */
export const failedReport: ReportData = (() => {
  const unknown = bytes(0, null, null)
  const failed = (id: number, agents: readonly string[], message: string): TrialRecord => ({
    ...trial({ id, agents, startBytes: 0, heapPerOperation: 0 }),
    samples: [],
    outcome: { kind: 'crashed', exitCode: 1, signal: null, message },
  })
  return {
    ...inconclusiveReport,
    options: options(['dd-trace']),
    components: [
      { ...withHeap(agent('application', unknown, 'inconclusive')), kind: 'application', trials: 0 },
      { ...withHeap(agent('dd-trace', unknown, 'inconclusive')), trials: 0 },
    ],
    trials: [failed(1, [], 'exited with 1'), failed(2, ['dd-trace'], 'exited with 1: Error: no')],
  }
})()

export { cleanReport, inconclusiveReport, leakReport }

/** Reports of every kind that a page can be made of. */
export const PAGE_REPORTS: Readonly<Record<string, ReportData>> = {
  leak: leakReport,
  clean: cleanReport,
  inconclusive: inconclusiveReport,
  hostile: hostileReport,
  many: manyReport,
  backends: backendsReport,
  interaction: interactionReport,
  idle: idleReport,
  counts: countsReport,
  failed: failedReport,
}

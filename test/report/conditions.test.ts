import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { decisionSettings } from '../../lib/options/decision-settings.js'
import { conditions } from '../../lib/report/conditions.js'
import { runLine } from '../../lib/report/journal-lines.js'
import { runEnvironment } from '../../lib/report/run-environment.js'
import { http } from '../../lib/trial/workload/http.js'
import type { HttpWorkload } from '../../lib/types/workload.js'
import { judgeJournal } from '../../lib/run/judge-journal.js'
import { reportText } from '../../lib/report/text.js'
import { runExperiment } from '../../lib/run/run-experiment.js'
import { reportFile } from '../../lib/run/journal/journal.js'
import { command } from '../../lib/trial/workload/command.js'
import type { ResolvedOptions } from '../../lib/options/resolved.js'
import { OPEN_HOST } from '../../lib/options/open-host.js'
import type {
  Backend,
  CollectorRecord,
  PlannedTrial,
  Received,
  ReportData,
  RunEvent,
} from '../../lib/types/index.js'
import { simulatedHosts } from '../support/simulated-host.js'
import { simulatedTrial } from '../support/simulated-trial.js'
import { resolvedAgent, resolvedOptions } from './support/resolved-options.js'
import { flat } from './support/sample-reports.js'

const NOTHING: Received = {
  requests: 0,
  bytes: 0,
  items: { entries: 0, spans: 0, errors: 0, metrics: 0, logs: 0 },
  protocols: [],
  unreadable: 0,
}

const received = (agent: string, requests: number, entries: number, elsewhere = false): CollectorRecord => ({
  agent,
  elsewhere,
  beforeLoad: NOTHING,
  atEnd: { ...NOTHING, requests, bytes: 1_000, items: { ...NOTHING.items, entries } },
})

interface Setup {
  readonly backends: readonly Backend[]
  readonly agents?: readonly string[]
  /** Bytes an operation that the agents of a trial add. */
  readonly grows?: (planned: PlannedTrial) => number
  readonly collectors?: (agent: string, backend: Backend) => CollectorRecord | null
  readonly outDir?: string
  readonly events?: RunEvent[]
  readonly workload?: ResolvedOptions['workload']
}

/** A whole run on simulated trials. */
const reportUnder = async (setup: Setup): Promise<ReportData> => {
  const { backends, agents = ['newrelic', 'console-agent'], grows = () => 0, outDir = null, events } = setup
  const hosts = simulatedHosts(spec => {
    const slope = 1 + (spec.agents.length > 0 ? grows(spec) : 0)
    const collectors = spec.agents
      .map(agent => setup.collectors?.(agent, spec.backend) ?? null)
      .filter(one => one !== null)
    return {
      curves: { heap: k => slope * k + ((spec.id * 7919) % 13) * 100 },
      ...(setup.collectors === undefined ? {} : { collectors }),
    }
  })
  return runExperiment({
    ...resolvedOptions({
      ...{ agents: agents.map(name => resolvedAgent(name)), backends },
      ...(setup.workload === undefined ? {} : { workload: setup.workload }),
    }),
    ...{ outDir, evidence: 'none', openHost: hosts.option[OPEN_HOST] },
    onEvent: event => events?.push(event),
  })
}

const slowLeak = ({ agents, backend }: PlannedTrial): number =>
  backend === 'slow' && agents.includes('newrelic') ? 300 : 0

t.test('a journal of several conditions judged again gives the same bytes', async t => {
  const outDir = t.testdir()
  await reportUnder({ backends: ['up', 'slow'], grows: slowLeak, outDir })
  const written = await readFile(join(outDir, 'report.json'), 'utf8')
  const { report, decided } = await judgeJournal(join(outDir, 'journal.jsonl'))
  t.ok(decided)
  t.equal(reportFile(report), written)
  t.match(report.culprits, [{ agents: ['newrelic'], backend: 'slow', backends: ['slow'] }])
  t.match(report.options, { backends: ['up', 'slow'] })
})

t.test('the account of a leak under one condition', async t => {
  const data = await reportUnder({ backends: ['up', 'slow'], grows: slowLeak })
  const text = flat(reportText(data))
  t.match(text, /LEAK: newrelic adds .* of heap per operation/)
  t.match(text, 'Only while the collector accepts and never answers (slow); clean while it answers (up).')
  t.match(text, 'Clean: the application and console-agent.')
  t.match(text, 'all components, conditions and metrics together')
  t.match(text, 'those with agents spread over every condition of the collector (up and slow)')
  t.match(text, 'Idle time does not release it: with newrelic')
  t.match(text, 'collector up and slow')
  const rows = reportText(data, { width: 100 })
    .split('\n')
    .filter(line => /^ {2}(component|newrelic|console-agent|application) {2}/.test(line))
    .map(line => line.trim().split(/ {2,}/).slice(0, 3).join(' '))
  t.same(rows.slice(0, 5), [
    'component collector verdict',
    'newrelic up clean',
    'newrelic slow LEAK',
    rows[3],
    'console-agent up clean',
  ])
  t.match(rows[3], /^application clean/)
  t.ok(
    reportText(data)
      .split('\n')
      .every(line => line.length <= 100),
  )
})

t.test('under all conditions: one sentence a culprit, one for the clean twin', async t => {
  const leak = flat(reportText(await reportUnder({ backends: ['up', 'error'], grows: () => 200 })))
  t.match(leak, /LEAK: newrelic adds .* That is so under every condition of the collector \(up and error\)/)
  t.equal(leak.match(/LEAK: newrelic/g)?.length, 1)
  const clean = flat(reportText(await reportUnder({ backends: ['up', 'error'] })))
  t.match(
    clean,
    'neither the application nor newrelic and console-agent leaks, under every condition of the collector (up and error); each adds',
  )
  const pair = await reportUnder({
    backends: ['up', 'slow'],
    grows: ({ agents, backend }) => (backend === 'slow' && agents.length > 1 ? 300 : 0),
  })
  t.match(
    flat(reportText(pair)),
    /LEAK: newrelic and console-agent together add .* Seen while the collector accepts and never answers \(slow\)/,
  )
})

t.test('one condition: nothing is said of conditions', async t => {
  const text = flat(reportText(await reportUnder({ backends: ['up'], grows: () => 200 })))
  t.notMatch(text, /condition|while the collector|component collector/)
})

t.test(
  'a load generator opens new connections in each round, and what is kept on open ones is not exercised',
  async t => {
    const workload = command(['sh', '-c', 'true', '{operations}'])
    const { exercised, notExercised } = (await reportUnder({ backends: ['up'], workload })).conditions
    t.match(
      exercised.join('\n'),
      /load generator was started anew for each round .* new connections each time/,
    )
    t.match(
      notExercised.join('\n'),
      /what is kept on connections as long as they are open: .* http\(\) keeps its own open/,
    )
    const http = (await reportUnder({ backends: ['up'] })).conditions
    t.notMatch([...http.exercised, ...http.notExercised].join('\n'), /load generator|connections as long/)
  },
)

t.test('what the agents reported under each condition', async t => {
  const { conditions } = await reportUnder({
    backends: ['up', 'down', 'slow'],
    collectors: (agent, backend) =>
      agent === 'newrelic'
        ? received(agent, backend === 'slow' ? 5 : 312, backend === 'slow' ? 0 : 20_480)
        : received(agent, 0, 0),
  })
  t.same(conditions.backends, ['up', 'down', 'slow'])
  const exercised = conditions.exercised.join('\n')
  t.match(
    exercised,
    'collector answering (up): newrelic sent 1,248 requests with 81,920 entries in 4 trials; console-agent sent nothing',
  )
  t.match(exercised, /^collector refusing connections \(down\)$/m)
  t.match(exercised, 'collector accepting and never answering (slow): newrelic sent 20 requests in 4 trials')
  const missing = conditions.notExercised.join('\n')
  t.match(missing, 'a collector of console-agent: nothing reached the one that this library provides')
  t.match(
    missing,
    'a collector that answers with errors (error) or answers and cuts connections (reset): the option backends asks for it',
  )
})

t.test('agents without a collector, and those that report elsewhere', async t => {
  const none = (await reportUnder({ backends: ['up'] })).conditions
  t.notMatch(none.exercised.join('\n'), 'collector')
  t.match(none.notExercised.join('\n'), 'a collector of newrelic and console-agent: none is known')
  t.match(
    none.notExercised.join('\n'),
    'a collector that refuses connections (down), accepts and never answers (slow), answers with errors (error) or answers and cuts connections (reset)',
  )

  const elsewhere = (
    await reportUnder({ backends: ['up'], collectors: agent => received(agent, 0, 0, agent === 'newrelic') })
  ).conditions
  t.match(elsewhere.notExercised.join('\n'), 'what newrelic reported: variables of the call point elsewhere')
  t.match(elsewhere.notExercised.join('\n'), 'a collector of console-agent:')

  const down = (await reportUnder({ backends: ['down'] })).conditions
  t.same(down.backends, ['down'])
  t.notMatch(down.notExercised.join('\n'), /nothing reached|none is known/)

  const alone = (await reportUnder({ backends: ['up'], agents: [] })).conditions
  t.notMatch([...alone.exercised, ...alone.notExercised].join('\n'), 'collector')
})

t.test('events name the condition', async t => {
  const events: RunEvent[] = []
  await reportUnder({ backends: ['up', 'slow'], agents: ['newrelic'], grows: slowLeak, events })
  const [plan] = events.filter(event => event.type === 'plan')
  t.same(plan?.sets, [
    { agents: [], backend: 'up', why: 'baseline' },
    { agents: ['newrelic'], backend: 'up', why: 'alone' },
    { agents: ['newrelic'], backend: 'slow', why: 'alone' },
  ])
  const told = events.filter(event => event.type === 'verdict')
  t.same(told.map(({ component, verdict }) => `${component} ${verdict}`).sort(), [
    'application clean',
    'newrelic leak',
  ])
})

t.test('recorded requests that no trial came to are told, and no others', async t => {
  const environment = runEnvironment(resolvedOptions().entry)
  const told = (workload: HttpWorkload, operations: number): readonly string[] => {
    const options = { ...resolvedOptions(), workload }
    const settings = decisionSettings(options)
    const run = runLine({ options, settings, environment, startedAt: new Date(0), secrets: [] })
    const counts = { performed: operations - 3, failed: 3, byStatus: {} }
    const planned = { id: 1, agents: [], backend: 'up', purpose: 'measure', operations } as const
    const trial = { ...simulatedTrial(planned, { curves: {} }), counts }
    const { notExercised } = conditions(run, [trial], { exercised: [], notExercised: [] })
    return notExercised.filter(line => line.includes('recorded'))
  }
  const requests = Array.from({ length: 10_000 }, () => ({ path: '/' }))
  const recorded = http({ requests, recording: { file: 'access.log' } as never })
  t.strictSame(told(recorded, 2_560), [
    'the last 7,440 of the 10,000 recorded requests: no trial had more than 2,560 operations',
  ])
  t.strictSame(told(recorded, 10_000), [])
  t.strictSame(told(http({ requests }), 2_560), [], 'a list of the caller')
})

import { http, isolateLeak, type AgentOptions, type EntryOptions, type TrialRecord } from 'isolate-leak'
import t, { type Test } from 'tap'
import { TIMING } from '../../lib/options/timing.js'
import { installed } from '../support/install-agents.js'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { expressFolder } from '../support/real-agents.js'
import { runTrials } from '../support/run-trials.js'

const OPERATIONS = 1_280

const entry = async (): Promise<EntryOptions> => ({
  file: projectPath('test', 'fixtures', 'apps', 'orders-express.cjs'),
  env: { EXPRESS_FOLDER: await expressFolder() },
})

const ddTrace = async (
  version: '3.9.3' | '3.10.0',
  env: AgentOptions['env'] = {},
): Promise<AgentOptions> => ({
  name: `dd-trace ${version}`,
  preset: 'dd-trace',
  require: projectPath('test', 'fixtures', 'agents', 'dd-trace-flushes.cjs'),
  env: { DD_TRACE_FOLDER: await installed([`dd-trace@${version}`]), ...env },
})

/** What it flushes every 0.2 s is waited for, as what others flush every two seconds is by default. */
const timing = { [TIMING]: { intervalMs: 50, settleMs: 4_000, watchMs: 1_000 } }

const reports = (t: Test, { outcome, collectors = [] }: TrialRecord): void => {
  t.strictSame(outcome, { kind: 'completed' })
  const [collector] = collectors
  const entries = collector?.atEnd.items.entries ?? 0
  t.ok(
    entries > OPERATIONS / 2 && entries <= OPERATIONS,
    `${entries} of ${OPERATIONS} requests were reported`,
  )
  t.strictSame(collector?.atEnd.protocols, ['datadog'])
  t.equal(collector?.atEnd.unreadable, 0)
}

// Whatever it installs is in place before anything is watched.
const application = await entry()
const [leaking, fixed] = [await ddTrace('3.9.3'), await ddTrace('3.10.0')]

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

leavesNothing(t, 'dd-trace 3.9.3 is named, 3.10.0 is not; both report to their collectors', async t => {
  const report = await isolateLeak({
    entry: application,
    agents: [leaking, fixed],
    workload: http({ path: '/orders/42' }),
    ...{ operations: OPERATIONS, threshold: 512, retentionMs: 1_500, seed: 1, evidence: 'none' },
    ...timing,
  })
  t.strictSame(
    report.components.map(({ name, verdict }) => [name, verdict]),
    [
      ['application', 'clean'],
      ['dd-trace 3.9.3', 'leak'],
      ['dd-trace 3.10.0', 'clean'],
    ],
    String(report),
  )
  t.strictSame(
    report.culprits.map(({ agents }) => agents),
    [['dd-trace 3.9.3']],
  )
  for (const trial of report.trials)
    if (trial.purpose === 'measure' && trial.agents.length === 1) reports(t, trial)
})

leavesNothing(t, 'an agent whose reporting is off is called inert', async t => {
  const off = await ddTrace('3.10.0', { DD_TRACE_ENABLED: 'false' })
  const records = await runTrials({
    entry: application,
    agents: [off],
    workload: http({ path: '/orders/42' }),
    ...{ operations: 256, seed: 1 },
    ...timing,
  })
  const record = records.get(off.name)
  t.match(record?.outcome, { kind: 'completed' })
  const inert = record?.warnings.filter(({ code }) => code === 'AGENT_INERT').map(({ message }) => message)
  t.match(inert, [/^dd-trace 3\.10\.0 (?:reported none of|sent nothing)/])
})

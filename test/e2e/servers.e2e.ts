import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { http, isolateLeak, type Metric, type TrialRecord } from 'isolate-leak'
import t from 'tap'
import { makeCertificate } from '../../lib/collector/certificate.js'
import { freePort } from '../support/free-port.js'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { patientTiming, quickTiming } from '../support/quick-timing.js'
import { runTrials } from '../support/run-trials.js'

const fixture = (name: string): string => projectPath('test', 'fixtures', name)

const OPERATIONS = 512
const small = {
  operations: OPERATIONS,
  threshold: 1024,
  retentionMs: 0,
  seed: 1,
  evidence: 'none',
  workload: http(),
  ...quickTiming,
} as const

/** Paths of socket files must be short. */
const sockets = await mkdtemp(join(tmpdir(), 'il-'))
t.teardown(() => rm(sockets, { recursive: true, force: true }))

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const growthOf = ({ samples }: TrialRecord, metric: Metric): number =>
  (samples.at(-1)?.values[metric] ?? NaN) - (samples[0]?.values[metric] ?? NaN)

const application = async (
  env: Record<string, string>,
  { port }: { readonly port?: number } = {},
): Promise<TrialRecord> => {
  const entry = {
    ...{ file: fixture('servers/with-stand-in.cjs'), env, cwd: fixture('servers') },
    ...(port === undefined ? {} : { port }),
  }
  const [record] = [...(await runTrials({ ...small, entry, agents: [] })).values()]
  if (record === undefined) throw new Error('expected a trial')
  return record
}

leavesNothing(t, 'of two servers the one that is meant is driven: a leak in it, and its twin', async t => {
  const leak = await application({ KEEPS: '1' })
  t.equal(growthOf(leak, 'listeners'), OPERATIONS, 'the second')
  t.match(leak.driven, { openedBy: 'with-stand-in.cjs', process: null, others: ['with-stand-in.cjs'] })
  t.match(leak.warnings, [{ code: 'OTHER_SERVERS', downgrades: false }])
  const twin = await application({})
  t.equal(growthOf(twin, 'listeners'), 0)
  t.strictSame(twin.counts, { performed: OPERATIONS, failed: 0, byStatus: { 200: OPERATIONS } })

  const port = await freePort()
  const named = await application({ KEEPS: '1', OWN_FIRST: '1' }, { port })
  t.equal(growthOf(named, 'listeners'), OPERATIONS, 'the first, where its port is named')
  t.match(named.driven, { url: `http://127.0.0.1:${String(port)}` })
  t.strictSame(named.warnings, [], 'there is nothing to say then')
})

leavesNothing(t, 'a server that opens long after another keeps from clean', async t => {
  const late = await application({ KEEPS: '1', SECOND_AFTER_REQUESTS: '64' })
  t.equal(growthOf(late, 'listeners'), 0)
  t.match(late.warnings, [{ code: 'OTHER_SERVERS', downgrades: true }])
  t.match(late.warnings[0]?.message, /before with-stand-in\.cjs opened another, which was asked nothing/)
})

leavesNothing(
  t,
  'what is released with the answer stays where clients hang up: a leak, and its twins',
  async t => {
    const run = async (RELEASED_AT: string, abort: { share: number } | null): Promise<TrialRecord> => {
      const entry = { file: fixture('servers/hang-ups.cjs'), env: { RELEASED_AT } }
      const workload = http(abort === null ? {} : { abort })
      const [record] = [...(await runTrials({ ...small, workload, entry, agents: [] })).values()]
      if (record === undefined) throw new Error('expected a trial')
      return record
    }
    const share = 0.125
    const leak = await run('finish', { share })
    t.strictSame(leak.outcome, { kind: 'completed' })
    t.equal(growthOf(leak, 'listeners'), share * OPERATIONS)
    t.strictSame(leak.counts, {
      performed: OPERATIONS,
      failed: 0,
      byStatus: { 200: (1 - share) * OPERATIONS, aborted: share * OPERATIONS },
    })
    t.equal(growthOf(await run('close', { share }), 'listeners'), 0, 'released with the connection')
    t.equal(growthOf(await run('finish', null), 'listeners'), 0, 'nobody hangs up')
  },
)

const commands = {
  'npm start': 'npm start',
  'a shell script': fixture('servers/start.sh'),
  'a command in words': ['node', '../apps/plain-server.cjs'],
} as const

for (const [name, command] of Object.entries(commands)) {
  leavesNothing(t, `${name}: a leak and its twin`, async t => {
    const records = await runTrials({
      ...{ ...small, ...patientTiming },
      entry: { command, cwd: fixture('servers') },
      agents: ['process-listener', 'process-listener-removed'].map(name => ({
        name,
        require: fixture(`seeded/${name}.cjs`),
      })),
    })
    for (const [agent, record] of records) {
      t.strictSame(record.outcome, { kind: 'completed' }, agent)
      t.match(record.driven, { openedBy: /plain-server/ })
    }
    const growth = (agent: string): number => growthOf(records.get(agent) as TrialRecord, 'listeners')
    t.equal(growth('process-listener'), OPERATIONS)
    t.equal(growth('process-listener-removed'), 0)
  })
}

for (const SHELL_FIRST of ['', '1']) {
  const name = SHELL_FIRST === '' ? 'a process of its own' : 'a process behind a shell'
  leavesNothing(t, `a server in ${name} carries the agents: a leak and its twin`, async t => {
    const records = await runTrials({
      ...{ ...small, ...patientTiming },
      entry: { file: fixture('servers/parent.cjs'), env: { SHELL_FIRST } },
      agents: ['process-listener', 'process-listener-removed'].map(name => ({
        name,
        require: fixture(`seeded/${name}.cjs`),
      })),
    })
    for (const [agent, record] of records) {
      t.strictSame(record.outcome, { kind: 'completed' }, agent)
      t.match(record.driven, { process: /plain-server\.cjs$/ })
      t.strictSame(record.warnings, [])
    }
    const growth = (agent: string): number => growthOf(records.get(agent) as TrialRecord, 'listeners')
    t.equal(growth('process-listener'), OPERATIONS)
    t.equal(growth('process-listener-removed'), 0)
  })
}

leavesNothing(
  t,
  'of an application that may run once at a time nothing is kept alive for later looks: a leak and its twin',
  async t => {
    const lock = await freePort()
    const report = await isolateLeak({
      ...small,
      entry: { file: fixture('servers/only-one.cjs'), env: { LOCK_PORT: String(lock) } },
      agents: ['object-each', 'timer-cleared'].map(name => ({
        name,
        require: fixture(`seeded/${name}.cjs`),
      })),
      ...{ operations: 2_048, threshold: 128, retentionMs: 200, concurrency: 1 },
    })
    t.strictSame(
      report.components.map(({ verdict }) => verdict),
      ['clean', 'leak', 'clean'],
      String(report),
    )
    t.strictSame(
      report.trials.filter(({ outcome }) => outcome.kind !== 'completed'),
      [],
      'no two at a time',
    )
  },
)

for (const PROTOCOL of ['socket', 'h2c', 'h2']) {
  leavesNothing(
    t,
    `a server is driven by what it speaks, ${PROTOCOL}: a leak in it, and its twin`,
    async t => {
      const { key, cert } = await makeCertificate()
      // Relative to where the application runs.
      const env = { PROTOCOL, SOCKET: 'shop.sock', KEY: key, CERT: cert }
      const workload = http(PROTOCOL === 'socket' ? { socketPath: 'shop.sock' } : { http2: true })
      const run = async (more: Record<string, string>): Promise<TrialRecord> => {
        // Paths of socket files must be short.
        const entry = { file: fixture('servers/by-protocol.cjs'), env: { ...env, ...more }, cwd: sockets }
        const [record] = [...(await runTrials({ ...small, workload, entry, agents: [] })).values()]
        if (record === undefined) throw new Error('expected a trial')
        return record
      }
      const leak = await run({ KEEPS: '1' })
      t.strictSame(leak.outcome, { kind: 'completed' })
      t.strictSame(leak.counts, { performed: OPERATIONS, failed: 0, byStatus: { 200: OPERATIONS } })
      t.equal(growthOf(leak, 'listeners'), OPERATIONS)
      t.match(leak.driven?.url, { socket: /^unix:.*shop\.sock$/, h2c: /^http:/, h2: /^https:/ }[PROTOCOL])
      t.equal(growthOf(await run({}), 'listeners'), 0)
    },
  )
}

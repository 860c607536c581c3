import { http, isolateLeak, type IsolationReport } from 'isolate-leak'
import t, { type Test } from 'tap'
import { watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'

const fixture = (name: string): string => projectPath('test', 'fixtures', name)

const run = (
  entry: string,
  env: Record<string, string>,
  agents: { name: string; require: string; env?: Record<string, string> }[] = [],
): Promise<IsolationReport> =>
  isolateLeak({
    entry: { file: fixture(`parts/${entry}`), env },
    agents,
    workload: http(),
    operations: 2_560,
    threshold: 128,
    retentionMs: 1_000,
    concurrency: 2,
    seed: 1,
    evidence: 'none',
  })

/** Threads and processes of the application were read, all of them. */
const isMeasured = (t: Test, report: IsolationReport): void => {
  t.notOk(
    report.warnings.some(({ code }) => code.endsWith('_UNMEASURED')),
    String(report),
  )
}

const cases: Record<string, { entry: string; env?: Record<string, string>; leak: string; where: RegExp }> = {
  'a worker thread': {
    entry: 'thread.cjs',
    leak: 'thread 1',
    where: /^the worker thread \S*thread\.cjs #2$/,
  },
  'the main thread beside worker threads': { entry: 'thread.cjs', leak: 'main', where: /^the main thread$/ },
  'a forked process': {
    entry: 'child.cjs',
    leak: 'child',
    where: /^the child process \S*worker-process\.cjs$/,
  },
  'a process whose environment was replaced': {
    entry: 'child.cjs',
    env: { PARTS_REPLACED: '1' },
    leak: 'child',
    where: /^the child process \S*worker-process\.cjs$/,
  },
  'the processes of a cluster': {
    entry: 'cluster.cjs',
    leak: 'cluster',
    where: /^the 2 child processes \S*cluster\.cjs$/,
  },
  'worker threads that pile up': {
    entry: 'piling.cjs',
    leak: 'piling',
    where: /^the worker threads \S*piling-thread\.cjs, of which there are more and more \(\d+, then \d+\)$/,
  },
}

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const nothing = await watch.leftovers()

for (const [name, { entry, env = {}, leak, where }] of Object.entries(cases)) {
  t.test(`a leak in ${name}`, async t => {
    const report = await run(entry, { ...env, PARTS_LEAK: leak })
    t.strictSame(
      report.culprits.map(({ kind, metric }) => ({ kind, metric })),
      [{ kind: 'application', metric: 'heap' }],
      String(report),
    )
    t.match(report.culprits[0]?.where, where)
    t.match(String(report).replace(/\s+/g, ' '), /It grows in the /)
    isMeasured(t, report)
  })
}

const twins = new Map(
  Object.values(cases).map(({ entry, env = {} }) => [JSON.stringify([entry, env]), { entry, env }]),
)

for (const { entry, env } of twins.values()) {
  t.test(`the twin of ${entry} ${JSON.stringify(env)} that keeps nothing`, async t => {
    const report = await run(entry, env)
    t.equal(report.verdict, 'clean', String(report))
    isMeasured(t, report)
  })
}

t.test('an agent that leaks in a worker thread of its own, and its twin', async t => {
  for (const leaks of [true, false]) {
    const agent = {
      name: 'apm',
      require: fixture('parts/agent-thread.cjs'),
      env: leaks ? { PARTS_LEAK: 'agent' } : {},
    }
    const report = await run('cluster.cjs', {}, [agent])
    t.strictSame(
      report.culprits.map(({ agents }) => agents),
      leaks ? [['apm']] : [],
      String(report),
    )
    if (leaks) t.match(report.culprits[0]?.where, /agent-thread-worker\.cjs/)
    isMeasured(t, report)
  }
})

t.test('nothing is left behind', async t => {
  t.strictSame((await watch.leftovers()).processes, nothing.processes)
})

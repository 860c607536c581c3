import {
  http,
  idle,
  inApp,
  isolateLeak,
  type EntryOptions,
  type IsolationReport,
  type Workload,
} from 'isolate-leak'
import t from 'tap'
import { entryKinds } from '../support/entry-kinds.js'
import { projectPath } from '../support/project-path.js'

const fixture = (name: string): string => projectPath('test', 'fixtures', name)

const run = (entry: string | EntryOptions, workload: Workload): Promise<IsolationReport> =>
  isolateLeak({
    entry,
    agents: [
      { name: 'leaky', require: fixture('seeded/object-each.cjs') },
      { name: 'harmless', require: fixture('seeded/ring-buffer.cjs') },
    ],
    workload,
    operations: 5_120,
    threshold: 64,
    retentionMs: 1_000,
    concurrency: 4,
    seed: 1,
    evidence: 'none',
  })

for (const [name, { entry, path = '/' }] of Object.entries(entryKinds)) {
  t.test(name, async t => {
    const report = await run(entry, http({ path }))
    t.strictSame(
      report.components.map(component => [component.name, component.verdict]).sort(),
      [
        ['application', 'clean'],
        ['harmless', 'clean'],
        ['leaky', 'leak'],
      ],
      String(report),
    )
  })
}

t.test('an application without a server', async t => {
  const report = await isolateLeak({
    entry: fixture('broken/entry-no-server.cjs'),
    agents: [{ name: 'harmless', require: fixture('broken/agent-harmless.cjs') }],
    workload: inApp(fixture('broken/operations.mjs')),
    operations: 5_120,
    threshold: 64,
    seed: 1,
  })
  t.equal(report.verdict, 'clean', String(report))
})

t.test('an idle application', async t => {
  const report = await isolateLeak({
    entry: fixture('broken/entry-no-server.cjs'),
    agents: [{ name: 'every-second', require: fixture('seeded/growth-each-second.cjs') }],
    workload: idle(),
    operations: 8,
    threshold: 4096,
    concurrency: 2,
    seed: 1,
    evidence: 'none',
  })
  t.strictSame(
    report.culprits.map(({ agents }) => agents),
    [['every-second']],
    String(report),
  )
})

for (const name of ['entry-cluster.cjs', 'entry-worker.cjs']) {
  t.test(`${name}: threads and processes of the application are measured with it`, async t => {
    const report = await isolateLeak({
      entry: fixture(`broken/${name}`),
      agents: [],
      workload: http(),
      operations: 512,
      threshold: 1024,
      retentionMs: 0,
      concurrency: 2,
      seed: 1,
    })
    t.notOk(
      report.warnings.some(({ code }) => code.endsWith('_UNMEASURED')),
      String(report),
    )
    t.equal(report.verdict, 'clean', String(report))
    t.ok(report.trials.every(({ samples }) => samples.every(({ parts }) => parts?.length === 2)))
  })
}

const unread: Record<string, { code: string; name: RegExp; verdict: string }> = {
  'entry-blocked-worker.cjs': {
    ...{ code: 'WORKER_THREADS_UNMEASURED', name: /worker thread \[eval\] #1/, verdict: 'inconclusive' },
  },
  'entry-growing-child.cjs': {
    ...{ code: 'CHILD_PROCESSES_UNMEASURED', name: /read: m?awk/, verdict: 'inconclusive' },
  },
  'entry-foreign-child.cjs': {
    ...{ code: 'CHILD_PROCESSES_UNMEASURED', name: /did not grow: sleep/, verdict: 'clean' },
  },
}

for (const [file, { code, name, verdict }] of Object.entries(unread)) {
  t.test(`${file}: what cannot be read is said, and clean only when it stands still`, async t => {
    const report = await isolateLeak({
      entry: fixture(`parts/${file}`),
      agents: [],
      workload: http(),
      operations: 512,
      threshold: 1024,
      retentionMs: 0,
      concurrency: 2,
      seed: 1,
    })
    t.match(report.warnings.find(warning => warning.code === code)?.message, name, String(report))
    t.equal(report.verdict, verdict)
  })
}

import { mkdirSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { main } from '../../lib/cli/main.js'
import { IsolateLeakError } from '../../lib/errors.js'
import { githubReport, githubSummary } from '../../lib/report/github/github-report.js'
import { htmlReport } from '../../lib/report/html/html-report.js'
import { jsonReport } from '../../lib/report/json/json-report.js'
import { junitReport } from '../../lib/report/junit/junit-report.js'
import { markdownReport } from '../../lib/report/markdown/markdown-report.js'
import { prometheusReport } from '../../lib/report/prometheus/prometheus-report.js'
import { reportText } from '../../lib/report/text.js'
import type { InstrumentationReport } from '../../lib/compare/instrumentation/types.js'
import { createReport } from '../../lib/report/create-report.js'
import type { ReportData } from '../../lib/types/index.js'
import type { UpgradeReport } from '../../lib/compare/upgrade/types.js'
import { cleanReport, flat, leakReport } from '../report/support/sample-reports.js'
import { fakeContext, type FakeContext } from './support/fake-context.js'

const config = JSON.stringify({ entry: './server.js', agents: ['a'], workload: { http: { path: '/x' } } })
const modules = {
  'team.mjs': `export default async (report, { operationsPerSecond }) => {
    await new Promise(done => setImmediate(done))
    return 'team: ' + report.verdict + ' at ' + operationsPerSecond
  }`,
  'transpiled.cjs': 'exports.__esModule = true\nexports.default = report => `transpiled: ${report.verdict}`',
  'changes.mjs':
    "export default report => { report.trials.length = 0; report.culprits[0].agents = ['x']; return 'changed' }",
  'throws.mjs': "export default () => { throw new Error('out of paper') }",
  'gives-nothing.mjs': 'export default () => undefined',
  'no-function.mjs': 'export default { text: true }',
  'damaged.mjs': 'export default (',
}

interface Ran {
  readonly status: number
  readonly context: FakeContext
  readonly dir: string
  readonly read: (file: string) => Promise<string>
}

/** Runs a command in a folder of its own. */
async function run(
  t: Test,
  args: readonly string[],
  more: { report?: (dir: string) => ReportData; env?: Record<string, string>; config?: string } = {},
): Promise<Ran> {
  const dir = t.testdir({ 'leak.json': more.config ?? config, ...modules })
  const context = fakeContext(() => more.report?.(dir) ?? leakReport, dir)
  context.env = more.env ?? {}
  const given = args.map(arg => `--reporter=${arg}`)
  const status = await main(['run', 'leak.json', ...given], context)
  return { status, context, dir, read: async file => readFile(join(dir, file), 'utf8') }
}

t.test('several at once, each to its file, and the text to stdout', async t => {
  const { status, context, dir, read } = await run(t, [
    ...[
      'out/report.json',
      'out/junit.xml',
      'out/leak.md',
      'out/leak.prom',
      'out/leak.txt',
      'out/team.txt',
    ].map(
      (file, index) =>
        `${['json', 'junit', 'markdown', 'prometheus', 'text', './team.mjs'][index] ?? ''}=${file}`,
    ),
    'html=other/leak.html',
    'transpiled.cjs=other/a=b.txt',
  ])
  t.equal(status, 1)
  t.equal(context.stdout.text, reportText(leakReport))
  t.equal(context.stderr.text, '')
  t.equal(await read('out/report.json'), jsonReport(leakReport))
  t.equal(await read('out/junit.xml'), junitReport(leakReport))
  t.equal(await read('out/leak.md'), markdownReport(leakReport))
  t.equal(await read('out/leak.prom'), prometheusReport(leakReport))
  t.equal(await read('out/leak.txt'), reportText(leakReport))
  t.equal(await read('out/team.txt'), 'team: leak at 100')
  t.equal(await read('other/leak.html'), htmlReport(leakReport))
  t.equal(await read('other/a=b.txt'), 'transpiled: leak', 'the rest is the name of the file')
  t.equal((await readdir(join(dir, 'out'))).length, 6, 'nothing else is left there')
})

t.test('to stdout, in place of the text', async t => {
  t.equal((await run(t, ['json'])).context.stdout.text, jsonReport(leakReport))
  t.equal((await run(t, ['junit', 'text=leak.txt'])).context.stdout.text, junitReport(leakReport))
  t.equal((await run(t, ['./team.mjs'])).context.stdout.text, 'team: leak at 100')
  t.equal((await run(t, ['text'])).context.stdout.text, reportText(leakReport))

  const dir = t.testdir({ 'leak.json': config })
  const rate = fakeContext(() => leakReport, dir)
  await main(['run', 'leak.json', '--rate=7', '--reporter=junit', '--reporter=markdown=leak.md'], rate)
  t.match(rate.stdout.text, 'At 7 operations a second')
  t.match(await readFile(join(dir, 'leak.md'), 'utf8'), 'At 7 operations a second')
})

t.test('annotations and the summary of a job', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'isolate-leak-summary-'))
  t.teardown(async () => rm(folder, { recursive: true }))
  const summary = join(folder, 'summary.md')
  const env = { GITHUB_STEP_SUMMARY: summary }
  const both = await run(t, ['github'], { env })
  t.equal(both.context.stdout.text, reportText(leakReport) + githubReport(leakReport))
  t.equal(await readFile(summary, 'utf8'), `${githubSummary(leakReport)}\n`)
  await run(t, ['github'], { env, report: () => cleanReport })
  t.equal(
    await readFile(summary, 'utf8'),
    `${githubSummary(leakReport)}\n${githubSummary(cleanReport)}\n`,
    'steps before it are kept',
  )

  const beside = await run(t, ['github', 'json'])
  t.equal(beside.context.stdout.text, jsonReport(leakReport), 'what a program reads stays whole')
  t.equal(beside.context.stderr.text, githubReport(leakReport))

  const elsewhere = await run(t, ['github=job/summary.md'], { env: { GITHUB_STEP_SUMMARY: '/dev/full' } })
  t.equal(await elsewhere.read('job/summary.md'), githubSummary(leakReport))

  const lost = await run(t, ['github', 'junit=junit.xml'], { env: { GITHUB_STEP_SUMMARY: elsewhere.dir } })
  t.equal(lost.status, 3)
  t.match(flat(lost.context.stderr.text), /expected to add to GITHUB_STEP_SUMMARY .* \(ERR_OUTPUT\)/)
  t.match(lost.context.stdout.text, reportText(leakReport))
  t.equal(await lost.read('junit.xml'), junitReport(leakReport))
})

t.test('wrong usage', async t => {
  const cases: Record<string, readonly [args: readonly string[], message: RegExp]> = {
    'two to stdout': [['json', 'junit'], /one report can go to stdout, got 2: json and junit; name a file/],
    'two that are the same': [['json', 'json'], /got 2: json and json/],
    'an unknown name': [
      ['xunit=a.xml'],
      /must be one of comment, github, html, json, .* got 'xunit' \(did you mean junit\?\)/,
    ],
    'no file': [['junit='], /needs a file behind the =, got 'junit='/],
    'one file for two': [['junit=a', 'json=./a'], /one reporter writes a file, got junit and json for/],
  }
  for (const [name, [args, message]] of Object.entries(cases)) {
    const { status, context } = await run(t, args)
    t.equal(status, 64, name)
    t.match(flat(context.stderr.text), message, name)
    t.strictSame(context.calls, [], 'nothing is run')
  }
  const context = fakeContext(() => leakReport, t.testdir({ 'leak.json': config }))
  t.equal(await main(['run', 'leak.json', '--json', '--reporter', 'markdown'], context), 64)
  t.match(flat(context.stderr.text), 'got 2: json and markdown')
  t.equal(await main(['bisect', 'a', '--config', 'leak.json', '--reporter', 'junit'], context), 64)
})

t.test('what cannot work is said before anything is run', async t => {
  const cases: Record<string, readonly [value: string, message: RegExp]> = {
    'no module': ['./absent.mjs=a.txt', /there is no reporter .*absent\.mjs \(ERR_REPORTER\)/],
    'no function': ['./no-function.mjs=a.txt', /to be a function .* got an object \(ERR_REPORTER\)/],
    'a damaged module': ['./damaged.mjs=a.txt', /could not be loaded \(ERR_REPORTER\) caused by: /],
    'a folder of that name': [
      'json=.',
      /expected to write a file .* got a folder of that name \(ERR_OUTPUT\)/,
    ],
    'a file in place of a folder': ['json=leak.json/a.json', /expected to write .* \(ERR_OUTPUT\)/],
  }
  for (const [name, [value, message]] of Object.entries(cases)) {
    const { status, context, read } = await run(t, ['junit=junit.xml', value])
    t.equal(status, 3, name)
    t.match(flat(context.stderr.text), message, name)
    t.strictSame(context.calls, [], 'nothing is run')
    t.match(await read('junit.xml'), '<error type="ERR_', 'a server is told')
  }
})

t.test('reporters that fail keep nothing from the others', async t => {
  const throws = await run(t, ['./throws.mjs=a.txt', 'junit=junit.xml', './gives-nothing.mjs=b.txt'])
  t.equal(throws.status, 3, 'not what was asked for')
  t.match(
    flat(throws.context.stderr.text),
    /the reporter \.\/throws\.mjs failed \(ERR_REPORTER\) caused by: out of paper/,
  )
  t.match(
    flat(throws.context.stderr.text),
    'expected the reporter ./gives-nothing.mjs to give a text, got undefined',
  )
  t.equal(throws.context.stdout.text, reportText(leakReport))
  t.equal(await throws.read('junit.xml'), junitReport(leakReport))
  t.notOk((await readdir(throws.dir)).includes('a.txt'))

  const stdout = await run(t, ['./throws.mjs'])
  t.equal(stdout.status, 3)
  t.equal(stdout.context.stdout.text, '')
  t.match(stdout.context.stderr.text, reportText(leakReport), 'the report is not lost')

  const full = await run(t, ['json=late/report.json', 'junit=junit.xml'], {
    report: dir => {
      mkdirSync(join(dir, 'late', 'report.json'))
      return leakReport
    },
  })
  t.equal(full.status, 3)
  t.match(flat(full.context.stderr.text), /expected to write .*report\.json, got: .* \(ERR_OUTPUT\)/)
  t.equal(await full.read('junit.xml'), junitReport(leakReport))

  const changes = await run(t, ['./changes.mjs=a.txt', 'json=report.json'])
  t.equal(await changes.read('a.txt'), 'changed')
  t.equal(await changes.read('report.json'), jsonReport(leakReport), 'reporters have copies')
})

t.test('an experiment that failed', async t => {
  const crash = (): never => {
    throw new IsolateLeakError('ERR_ENTRY_CRASHED', 'server.js exited with 1', {
      cause: new Error('no "database"'),
    })
  }
  const all = [
    'junit=out/junit.xml',
    'json=out/report.json',
    'prometheus=out/leak.prom',
    'github',
    './team.mjs=out/t',
  ]
  const failed = await run(t, all, { report: crash })
  t.equal(failed.status, 3)
  t.strictSame(await readdir(join(failed.dir, 'out')), ['junit.xml'], 'the others write nothing')
  const document = await failed.read('out/junit.xml')
  t.match(document, '<error type="ERR_ENTRY_CRASHED" message="server.js exited with 1">')
  t.match(document, 'caused by: no "database"')
  t.equal(failed.context.stdout.text, '')
  t.match((await run(t, ['junit'], { report: crash })).context.stdout.text, 'ERR_ENTRY_CRASHED')

  const broken = await run(t, ['junit=junit.xml'], { config: '{' })
  t.equal(broken.status, 64)
  t.match(await broken.read('junit.xml'), '<error type="ERR_CONFIG"')

  const unwritten = await run(t, ['junit=late/junit.xml'], {
    report: dir => {
      mkdirSync(join(dir, 'late', 'junit.xml'))
      return crash()
    },
  })
  t.equal(unwritten.status, 3)
  t.match(flat(unwritten.context.stderr.text), /ERR_OUTPUT.*server\.js exited with 1 \(ERR_ENTRY_CRASHED\)/s)

  const dir = t.testdir({ 'leak.json': config })
  const context = fakeContext(
    async ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new IsolateLeakError('ERR_ABORTED', 'the run was stopped'))
        })
        setImmediate(() => context.signals.emit('SIGTERM'))
      }),
    dir,
  )
  t.equal(await main(['run', 'leak.json', '--reporter', 'junit=junit.xml'], context), 143)
  t.match(await readFile(join(dir, 'junit.xml'), 'utf8'), '<error type="ERR_ABORTED"')
})

t.test('other answers: their own as text and JSON, the experiment in all else', async t => {
  const [component] = leakReport.components
  if (component === undefined) throw new Error('expected a component')
  const report = createReport(leakReport)
  const upgrade = {
    ...{ verdict: 'leaks', agent: 'newrelic', reason: 'because', report },
    from: { version: '1.0.0', component },
    to: { version: '2.0.0', component },
    difference: { metric: 'heap', growth: component.growth, startBytes: null, packages: [] },
  } as unknown as UpgradeReport
  const instrumentation = {
    ...{ verdict: 'leak', agent: 'newrelic', version: '1.0.0', instrumentations: ['pg'], culprits: [] },
    ...{ setting: {}, code: null, tried: ['pg'], notLoaded: [], report },
  } as unknown as InstrumentationReport
  for (const [args, answer] of [
    [['upgrade', 'newrelic', '--from=1', '--to=2'], upgrade],
    [['instrumentation', 'newrelic'], instrumentation],
  ] as const) {
    const dir = t.testdir({ 'leak.json': JSON.stringify({ ...JSON.parse(config), agents: ['newrelic'] }) })
    const context: FakeContext = {
      ...fakeContext(() => leakReport, dir),
      checkUpgrade: async () => Promise.resolve(upgrade),
      isolateInstrumentation: async () => Promise.resolve(instrumentation),
    }
    const files = ['text=a.txt', 'json=a.json', 'junit=a.xml'].map(value => `--reporter=${value}`)
    t.equal(await main([...args, '--config=leak.json', ...files], context), 1, context.stderr.text)
    const read = async (file: string): Promise<string> => readFile(join(dir, file), 'utf8')
    t.strictSame(JSON.parse(await read('a.json')), JSON.parse(JSON.stringify(answer)))
    t.equal(await read('a.txt'), context.stdout.text)
    t.not(context.stdout.text, reportText(leakReport))
    t.equal(await read('a.xml'), junitReport(leakReport))
  }
})

t.test('shards that were merged', async t => {
  const report = createReport(leakReport)
  for (const [mergeRuns, status] of [
    [async () => Promise.resolve({ report, complete: true }), 1],
    [async () => Promise.reject(new IsolateLeakError('ERR_JOURNAL', 'shard 2 of 2 is missing')), 3],
  ] as const) {
    const dir = t.testdir()
    const context: FakeContext = { ...fakeContext(() => leakReport, dir), mergeRuns }
    t.equal(await main(['merge', 'a', 'b', '--reporter', 'junit=junit.xml'], context), status)
    const document = await readFile(join(dir, 'junit.xml'), 'utf8')
    if (status === 1) t.equal(document, junitReport(leakReport))
    else t.match(document, '<error type="ERR_JOURNAL" message="shard 2 of 2 is missing">')
    t.equal(context.stdout.text, status === 1 ? reportText(leakReport) : '')
  }
})

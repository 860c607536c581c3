import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { main } from '../../lib/cli/main.js'
import { createSinceReport } from '../../lib/compare/since/since-report.js'
import type { SinceOptions, SinceVerdict } from '../../lib/compare/since/types.js'
import type { UpgradeOptions, UpgradeReport } from '../../lib/compare/upgrade/types.js'
import { IsolateLeakError } from '../../lib/errors.js'
import { commentReport } from '../../lib/report/comment/comment-report.js'
import { COMMENT_MARKER } from '../../lib/report/comment/comment-text.js'
import { createReport } from '../../lib/report/create-report.js'
import { packageVersion } from '../../lib/system/version.js'
import { flat, leakReport } from '../report/support/sample-reports.js'
import { fakeContext, type FakeContext } from './support/fake-context.js'

const config = {
  ...{ entry: './server.js', agents: ['newrelic'], keep: ['@sentry/node'], strategy: 'each' },
  ...{ history: 'nights', workload: { http: { path: '/x' } } },
}
const [component] = leakReport.components
if (component === undefined) throw new Error('expected a component')

const upgrade = (verdict: Exclude<SinceVerdict, 'unchanged'>): UpgradeReport => ({
  ...{ verdict, agent: 'newrelic', reason: 'because', report: createReport(leakReport) },
  from: { version: '1.0.0', component },
  to: { version: '2.0.0', component },
  difference: { metric: 'heap', growth: component.growth, startBytes: null, packages: [] },
  assertSafe: () => undefined,
})

interface Ran {
  readonly status: number
  readonly context: FakeContext
  readonly calls: (UpgradeOptions | SinceOptions)[]
  readonly read: (file: string) => Promise<string>
}

/** @param answer the verdict of whatever is asked, or why there is none */
const ran = async (t: Test, args: readonly string[], answer: SinceVerdict | Error): Promise<Ran> => {
  const dir = t.testdir({ 'leak.json': JSON.stringify(config) })
  const calls: (UpgradeOptions | SinceOptions)[] = []
  const verdict = (): SinceVerdict => {
    if (answer instanceof Error) throw answer
    return answer
  }
  const context: FakeContext = {
    ...fakeContext(() => leakReport, dir),
    checkUpgrade: async options => {
      calls.push(options)
      return Promise.resolve(upgrade(verdict() as 'safe'))
    },
    checkSince: async options => {
      calls.push(options)
      const found = verdict()
      return Promise.resolve(
        createSinceReport({
          ...{ verdict: found, reason: 'because', since: options.since, commit: 'a'.repeat(40) },
          ...{ lockfile: 'package-lock.json', notJudged: [], unchanged: [] },
          judged:
            found === 'unchanged'
              ? []
              : [{ agent: 'newrelic', from: '1.0.0', to: '2.0.0', packages: [], upgrade: upgrade(found) }],
        }),
      )
    },
  }
  const status = await main(['upgrade', ...args], context)
  return { status, context, calls, read: async file => readFile(join(dir, file), 'utf8') }
}

const since = ['--since=origin/main', '--config=leak.json']
const two = ['newrelic', '--from=1', '--to=2', '--config=leak.json']

t.test('since a commit: options, status, text and JSON', async t => {
  for (const [verdict, status] of [
    ['unchanged', 0],
    ['safe', 0],
    ['fixes', 0],
    ['leaks', 1],
    ['both-leak', 1],
    ['inconclusive', 2],
  ] as const) {
    const run = await ran(t, [...since, '--seed=7'], verdict)
    t.equal(run.status, status, `${verdict} ${run.context.stderr.text}`)
    const [call] = run.calls
    t.match(call, { since: 'origin/main', agents: ['newrelic'], keep: ['@sentry/node'], seed: 7 })
    for (const other of ['agent', 'strategy', 'history']) t.notOk(other in (call ?? {}), other)
    t.match(run.context.stdout.text, `${verdict.replaceAll('-', ' ').toUpperCase()}: because.`)
  }
  const run = await ran(t, ['newrelic', ...since, '--json'], 'leaks')
  t.match(run.calls, [{ agent: 'newrelic' }])
  t.match(JSON.parse(run.context.stdout.text), { verdict: 'leaks', judged: [{ agent: 'newrelic' }] })
})

t.test('what inconclusive ends with is asked for; nothing else changes', async t => {
  for (const args of [since, two]) {
    t.equal((await ran(t, args, 'inconclusive')).status, 2)
    t.equal((await ran(t, [...args, '--inconclusive=pass'], 'inconclusive')).status, 0)
    t.equal((await ran(t, [...args, '--inconclusive=fail'], 'inconclusive')).status, 1)
    t.equal((await ran(t, [...args, '--inconclusive=pass'], 'leaks')).status, 1)
    t.equal((await ran(t, [...args, '--inconclusive=fail'], 'safe')).status, 0)
    t.equal((await ran(t, [...args, '--inconclusive=maybe'], 'safe')).status, 64)
  }
})

t.test('a comment, also where there is no answer', async t => {
  const version = `npx isolate-leak@${packageVersion()}`
  const comment = '--reporter=comment=out/comment.md'
  const run = await ran(t, [...since, comment, '--operations=640', '--inconclusive=pass'], 'leaks')
  const text = await run.read('out/comment.md')
  t.ok(text.startsWith(COMMENT_MARKER))
  const seed = String(leakReport.options.seed)
  t.match(
    text,
    `${version} upgrade --since origin/main --config leak.json --inconclusive pass --operations 640 --seed ${seed}\n`,
  )
  const unchanged = await (await ran(t, [...since, comment], 'unchanged')).read('out/comment.md')
  t.match(unchanged, /\*\*UNCHANGED: because\.\*\*[\s\S]*--since origin\/main --config leak\.json\n/)

  const failed = await ran(t, [...since, comment], new IsolateLeakError('ERR_GIT', 'there is no commit'))
  t.equal(failed.status, 3)
  t.match(
    await failed.read('out/comment.md'),
    /^<!-- isolate-leak -->\n\n\*\*ERROR: there is no commit \(ERR\\_GIT\)\*\*/,
  )

  const versions = await ran(t, [...two, comment], 'leaks')
  t.match(
    await versions.read('out/comment.md'),
    new RegExp(
      `^<!-- isolate-leak -->\\n\\n\\*\\*LEAKS: newrelic 1\\.0\\.0 → 2\\.0\\.0: because\\.\\*\\*[^]*${version} upgrade newrelic --from 1 --to 2`,
    ),
  )
})

t.test('a comment on a run', async t => {
  const dir = t.testdir({ 'leak.json': JSON.stringify({ ...config, history: undefined }) })
  const context = fakeContext(() => leakReport, dir)
  t.equal(await main(['run', 'leak.json', '--reporter=comment=a.md'], context), 1, context.stderr.text)
  t.equal(await readFile(join(dir, 'a.md'), 'utf8'), commentReport(leakReport))
  const failing = fakeContext(() => {
    throw new IsolateLeakError('ERR_ENTRY_CRASHED', 'it crashed')
  }, dir)
  t.equal(await main(['run', 'leak.json', '--reporter=comment=b.md', '--effort=quick'], failing), 3)
  t.match(
    await readFile(join(dir, 'b.md'), 'utf8'),
    /ERROR: it crashed[\s\S]* run leak\.json --effort quick\n/,
  )
})

t.test('what does not go together is said before anything is run', async t => {
  for (const [args, message] of [
    [
      ['--config=leak.json'],
      /missing required argument 'agent': give it with --from and --to, or give --since/,
    ],
    [['newrelic', '--config=leak.json', '--to=2'], /required option '--from <version>' not specified/],
    [['newrelic', '--config=leak.json', '--from=2'], /required option '--to <version>' not specified/],
    [['newrelic', '--from=1', '--to=2'], /required option '--config <config>' not specified/],
    [['--since=origin/main'], /required option '--config <config>' not specified/],
    [[...since, '--to=2'], /--since takes both versions from the lockfiles/],
    [[...two, '--since=a'], /--since takes both versions from the lockfiles/],
    [
      [...since, '--reporter=junit=a.xml'],
      /--since tells of several experiments, which --reporter text, json, comment do, got 'junit'/,
    ],
  ] as const) {
    const run = await ran(t, args, 'safe')
    t.equal(run.status, 64, args.join(' '))
    t.match(flat(run.context.stderr.text), message)
    t.match(run.context.stderr.text, "Try 'isolate-leak upgrade --help'")
    t.strictSame(run.calls, [])
  }
})

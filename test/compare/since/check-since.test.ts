import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import t, { type Test } from 'tap'
import { checkSince } from '../../../lib/compare/since/check-since.js'
import { sinceText } from '../../../lib/compare/since/since-text.js'
import type { SinceOptions, SinceReport } from '../../../lib/compare/since/types.js'
import { LeakError } from '../../../lib/errors.js'
import type { RunEvent } from '../../../lib/types/index.js'
import { checkScreen } from '../../report/support/check-screen.js'
import { cachePackages } from '../../support/cached-packages.js'
import { grows, madeCall } from '../../support/simulated-call.js'
import { loads, simulatedHosts, type SimulatedHosts } from '../../support/simulated-host.js'
import { madeRepository, npmLock, type MadeRepository } from './support/made-repository.js'

const { PATH = '' } = process.env
await cachePackages(t, [
  { name: 'made-up-apm', version: '1.0.0' },
  { name: 'made-up-apm', version: '1.1.0' },
  { name: 'made-up-tracer', version: '2.0.0' },
  { name: 'made-up-tracer', version: '2.1.0' },
  { name: 'made-up-apm', version: '1.1.0', beside: { 'made-up-wrap': '3.0.0' } },
  { name: 'made-up-apm', version: '1.1.0', beside: { 'made-up-wrap': '3.1.0' } },
])
// The npm that it makes comes first; git is where it was.
process.env.PATH = `${process.env.PATH ?? ''}${delimiter}${PATH}`

/** Bytes an operation that each version adds, by a part of its folder. */
type Rates = Readonly<Record<string, number>>

const { options: call, fresh } = madeCall(t, [])
const settings = { ...call, agents: ['made-up-apm', 'made-up-tracer'] } as const

const check = async (
  { folder }: MadeRepository,
  rates: Rates,
  more: Partial<SinceOptions>,
): Promise<{ report: SinceReport; hosts: SimulatedHosts; events: RunEvent[] }> => {
  const hosts = simulatedHosts(spec => {
    const rate = Object.entries(rates).find(([part]) => loads(spec, `/${part}`))?.[1] ?? 1
    return grows(rate, spec)
  })
  const events: RunEvent[] = []
  const report = await checkSince({
    ...{ ...settings, ...hosts.option, entry: join(folder, 'server.cjs'), since: 'HEAD~2' },
    onEvent: event => events.push(event),
    ...more,
  })
  t.strictSame(hosts.left, { hosts: 0, parked: 0 })
  return { report, hosts, events }
}

/** Three commits, of which the last two bump an agent each. */
const bumped = (t: Test): MadeRepository => {
  const repository = madeRepository(t)
  const lock = (apm: string, tracer: string): Record<string, string> => ({
    'package-lock.json': npmLock({ [`made-up-apm@${apm}`]: {}, [`made-up-tracer@${tracer}`]: {} }),
  })
  repository.commit({ 'server.cjs': '', ...lock('1.0.0', '2.0.0') })
  repository.commit(lock('1.1.0', '2.0.0'))
  repository.commit(lock('1.1.0', '2.1.0'))
  return repository
}

t.test('two bumps, one of which leaks, and harmless twins', async t => {
  const repository = bumped(t)
  const { report, events, hosts } = await check(repository, { 'made-up-tracer@2.1.0': 400 }, {})
  t.match(report, {
    ...{ verdict: 'leaks', since: 'HEAD~2', lockfile: 'package-lock.json', notJudged: [], unchanged: [] },
    reason:
      'made-up-apm 1.1.0 adds no growth above the threshold; made-up-tracer 2.1.0 leaks, 2.0.0 does not',
    commit: repository.git('rev-parse', 'HEAD~2').trim(),
    judged: [
      { agent: 'made-up-apm', from: '1.0.0', to: '1.1.0', upgrade: { verdict: 'safe' } },
      { agent: 'made-up-tracer', from: '2.0.0', to: '2.1.0', upgrade: { verdict: 'leaks' } },
    ],
  })
  for (const { upgrade } of report.judged)
    t.match(upgrade.report.options, { errorRate: 0.025, seed: 1 }, 'the error rate holds for both together')
  t.strictSame(
    events.filter(({ type }) => type === 'upgrade'),
    [
      { type: 'upgrade', agent: 'made-up-apm', from: '1.0.0', to: '1.1.0', index: 1, count: 2 },
      { type: 'upgrade', agent: 'made-up-tracer', from: '2.0.0', to: '2.1.0', index: 2, count: 2 },
    ],
  )
  t.ok(hosts.launched.length > 0)
  const error = t.throws(() => {
    report.assertSafe()
  }) as unknown as LeakError
  t.ok(error instanceof LeakError)
  t.equal(error.report, report.judged[1]?.upgrade.report)
  checkScreen(t, error.message, 'leaks')
  t.match(sinceText(report), /^LEAKS: [\s\S]*SAFE: made-up-apm 1\.0\.0 → 1\.1\.0[\s\S]*LEAKS: made-up-tracer/)
  t.strictSame(Object.keys(JSON.parse(JSON.stringify(report)) as object).sort(), Object.keys(report).sort())

  const neither = (await check(repository, {}, {})).report
  t.equal(neither.verdict, 'safe')
  neither.assertSafe()
  t.match((await check(repository, { 'made-up-apm@1.0.0': 400 }, {})).report, { verdict: 'fixes' })
  const both = { 'made-up-apm@1.0.0': 400, 'made-up-apm@1.1.0': 400 }
  t.match((await check(repository, both, {})).report, { verdict: 'both-leak' })
})

t.test('one bump, none, one that was asked for, and one that is not committed', async t => {
  const repository = bumped(t)
  const one = (await check(repository, {}, { since: 'HEAD~1' })).report
  t.match(one, {
    verdict: 'safe',
    judged: [{ agent: 'made-up-tracer', upgrade: { report: { options: { errorRate: 0.05 } } } }],
    unchanged: [{ agent: 'made-up-apm', version: '1.1.0' }],
  })
  t.equal(one.judged.length, 1)
  const { report: none, hosts } = await check(repository, { 'made-up': 400 }, { since: 'HEAD' })
  t.match(none, {
    verdict: 'unchanged',
    reason: 'no agent changed since HEAD: made-up-apm 1.1.0 and made-up-tracer 2.1.0 as before',
  })
  t.equal(hosts.launched.length, 0)
  none.assertSafe()
  t.match(String(none), /^UNCHANGED: no agent changed since HEAD/)
  const only = (await check(repository, {}, { agent: 'made-up-apm' })).report
  t.strictSame(
    only.judged.map(({ agent }) => agent),
    ['made-up-apm'],
  )
  repository.write({ 'package-lock.json': npmLock({ 'made-up-apm@1.0.0': {}, 'made-up-tracer@2.1.0': {} }) })
  t.match((await check(repository, {}, { since: 'HEAD' })).report.judged, [{ from: '1.1.0', to: '1.0.0' }])
  t.match((await check(repository, {}, { since: 'HEAD', budgetMs: 1 })).report, { verdict: 'inconclusive' })
})

t.test('of a branch only what it changed itself', async t => {
  const repository = bumped(t)
  repository.git('checkout', '--quiet', '-b', 'branch', 'HEAD~1')
  repository.commit({ 'package-lock.json': npmLock({ 'made-up-apm@1.0.0': {}, 'made-up-tracer@2.0.0': {} }) })
  const { report } = await check(repository, {}, { since: 'main' })
  t.match(report, { judged: [{ agent: 'made-up-apm', from: '1.1.0', to: '1.0.0' }] })
  t.equal(report.judged.length, 1, 'main has bumped the tracer meanwhile')
})

t.test('a package beneath an agent', async t => {
  const repository = madeRepository(t)
  const lock = (wrap: string): Record<string, string> => ({
    'package-lock.json': npmLock({
      'made-up-apm@1.1.0': { 'made-up-wrap': '^3.0.0' },
      [`made-up-wrap@${wrap}`]: {},
    }),
  })
  repository.commit({ 'server.cjs': '', ...lock('3.0.0') })
  repository.commit(lock('3.1.0'))
  let launches = 0
  const hosts = simulatedHosts(spec => {
    if (!loads(spec, '/made-up-apm@1.1.0-')) return grows(1, spec)
    launches++
    return grows(spec.agents.some(name => name.endsWith('(now)')) ? 400 : 1, spec)
  })
  const outDir = fresh()
  const report = await checkSince({
    ...{
      ...settings,
      ...hosts.option,
      entry: join(repository.folder, 'server.cjs'),
      since: 'HEAD~1',
      outDir,
    },
  })
  t.ok(launches > 2)
  t.match(report, {
    verdict: 'leaks',
    reason: 'made-up-apm 1.1.0 with made-up-wrap 3.1.0 leaks, 1.1.0 with made-up-wrap 3.0.0 does not',
    judged: [
      {
        from: '1.1.0',
        to: '1.1.0',
        packages: [{ name: 'made-up-wrap', from: '3.0.0', to: '3.1.0' }],
        upgrade: { difference: { packages: [{ name: 'made-up-wrap', from: '3.0.0', to: '3.1.0' }] } },
      },
    ],
  })
  const beside = report.judged[0]?.upgrade.report.options.rerun?.agents.map(agent => agent.beside)
  t.strictSame(beside, [['made-up-wrap@3.0.0'], ['made-up-wrap@3.1.0']], 'a replay installs the same')
})

t.test('what is not judged is named, and not called safe', async t => {
  const repository = madeRepository(t)
  const lock = (packages: object): Record<string, string> => ({
    'package-lock.json': npmLock(packages as never),
  })
  repository.commit({
    'server.cjs': '',
    ...lock({ 'made-up-apm@1.0.0': {}, '@opentelemetry/core@1.0.0': {} }),
  })
  repository.commit(
    lock({ 'made-up-tracer@2.0.0': {}, '@opentelemetry/core@1.1.0': {}, 'newrelic@7.4.0': {} }),
  )
  const { report, hosts } = await check(repository, {}, { since: 'HEAD~1' })
  t.equal(hosts.launched.length, 0)
  t.strictSame(
    report.notJudged.map(({ agent, from, to, why }) => [agent, from, to, why]),
    [
      ['made-up-apm', '1.0.0', null, 'removed'],
      ['made-up-tracer', null, '2.0.0', 'added'],
      ['newrelic', null, '7.4.0', 'added'],
      ['@opentelemetry/core', '1.0.0', '1.1.0', 'part'],
    ],
  )
  t.equal(report.verdict, 'inconclusive')
  t.throws(() => report.assertSafe(), {
    code: 'ERR_LEAK',
    message: /newrelic 7\.4\.0 was added and is not judged/,
  })
  t.match(String(report), /newrelic 7\.4\.0 was added and is not judged: isolate-leak run judges it/)

  repository.commit(lock({ '@opentelemetry/core@1.1.0': {}, 'newrelic@7.4.0': {} }))
  t.match((await check(repository, {}, { since: 'HEAD~1' })).report, {
    verdict: 'safe',
    reason: 'made-up-tracer 2.0.0 was removed',
  })
  repository.commit(lock({ '@opentelemetry/core@1.1.0': {}, 'newrelic@7.5.0': {} }))
  t.match((await check(repository, {}, { since: 'HEAD~1', keep: ['newrelic'] })).report, {
    verdict: 'inconclusive',
    notJudged: [{ agent: 'newrelic', from: '7.4.0', to: '7.5.0', why: 'kept' }],
  })
})

t.test('what it refuses, before anything is launched', async t => {
  const repository = bumped(t)
  const refused = async (more: object, expected: object): Promise<void> => {
    await t.rejects(check(repository, {}, more), expected as never)
  }
  for (const since of ['-x', '--output=/tmp/x', '', 5, undefined])
    await refused({ since }, { code: 'ERR_OPTION_INVALID', message: /^since must / })
  await refused({ strategy: 'each' }, { code: 'ERR_OPTION_INVALID' })
  await refused({ history: 'h' }, { code: 'ERR_OPTION_UNSUPPORTED', message: /checkSince/ })
  await refused(
    { agent: 'elsewhere' },
    { code: 'ERR_OPTION_INVALID', message: /elsewhere is not in package-lock\.json/ },
  )
  await refused({ since: 'nowhere' }, { code: 'ERR_GIT', message: /no commit 'nowhere'.*fetch it/ })
  await refused({ since: 'HEAD:server.cjs' }, { code: 'ERR_GIT' })
  await refused({ entry: 'nowhere.cjs' }, { code: 'ERR_ENTRY_NOT_FOUND' })

  repository.write({ 'yarn.lock': '# yarn lockfile v1\n' })
  await refused(
    {},
    { code: 'ERR_LOCKFILE', message: /one lockfile in .*, got package-lock\.json and yarn\.lock/ },
  )
  repository.write({ 'package.json': '{"packageManager":"yarn@1.22.22"}' })
  await refused({}, { code: 'ERR_LOCKFILE', message: /there is no yarn\.lock of HEAD~2/ })
  repository.write({ 'package.json': '{"packageManager":"npm@10.0.0"}', 'package-lock.json': '{' })
  await refused({}, { code: 'ERR_LOCKFILE', message: /^package-lock\.json cannot be read: it is damaged/ })
  repository.git('rm', '--quiet', '--force', 'package-lock.json')
  await rm(join(repository.folder, 'yarn.lock'))
  await refused({}, { code: 'ERR_LOCKFILE', message: /there is no lockfile/ })

  const outside = await mkdtemp(join(tmpdir(), 'isolate-leak-no-repository-'))
  t.teardown(() => rm(outside, { recursive: true, force: true }))
  await writeFile(join(outside, 'server.cjs'), '')
  await refused(
    { entry: join(outside, 'server.cjs') },
    { code: 'ERR_GIT', message: /to be in the working tree of a git repository/ },
  )
  const { PATH: path = '' } = process.env
  process.env.PATH = outside
  await refused({}, { code: 'ERR_GIT', message: /git is not installed/ })
  process.env.PATH = path
})

t.test('a clone of the last commit alone', async t => {
  const repository = bumped(t)
  const clone = `${repository.folder}-shallow`
  repository.git('clone', '--quiet', '--depth=1', `file://${repository.folder}`, clone)
  const shallow = { ...repository, folder: clone }
  await t.rejects(check(shallow, {}, { since: 'HEAD~1' }), { code: 'ERR_GIT', message: /fetch-depth: 0/ })
  await t.rejects(check(shallow, {}, { since: 'HEAD', signal: AbortSignal.abort() }), { code: 'ERR_ABORTED' })
})

t.test("what a hook of git tells of another repository is not taken for the application's", async t => {
  const repository = bumped(t)
  process.env.GIT_DIR = '/nowhere'
  t.teardown(() => delete process.env.GIT_DIR)
  t.match(
    (await check(repository, {}, { since: repository.git('--git-dir=.git', 'rev-parse', 'HEAD').trim() }))
      .report,
    { verdict: 'unchanged' },
  )
})

import t from 'tap'
import { boundsOf } from '../../../lib/decide/growth/thresholds.js'
import { decisionSettings } from '../../../lib/options/decision-settings.js'
import { createReport } from '../../../lib/report/create-report.js'
import type { Verdict } from '../../../lib/types/index.js'
import {
  checkUpgrade,
  createUpgradeReport,
  upgradeData,
  upgradeBrief,
  upgradeReason,
  upgradeVerdict,
} from '../../../lib/compare/upgrade/check-upgrade.js'
import { packageChanges } from '../../../lib/compare/upgrade/package-changes.js'
import type { UpgradeData, UpgradeVerdict } from '../../../lib/compare/upgrade/types.js'
import { upgradeText } from '../../../lib/compare/upgrade/upgrade-text.js'
import { packageName, versionedAgent } from '../../../lib/compare/upgrade/versioned-agent.js'
import { checkScreen } from '../../report/support/check-screen.js'
import { reportOf } from '../../report/support/report-of.js'
import { resolvedAgent, resolvedOptions } from '../../report/support/resolved-options.js'
import { flat } from '../../report/support/sample-reports.js'
import { simulatedRun } from '../../support/simulated-trial.js'

const environment = {
  ...{ isolateLeak: '0.1.0', node: '20.20.2', v8: '11.3', platform: 'linux', arch: 'x64', release: '6' },
  ...{ cpus: 2, memoryBytes: 8e9 },
}
const agents = [{ name: 'apm@1.0.0' }, { name: 'apm@1.1.0' }] as const
const names = agents.map(({ name }) => name)

/** What a run tells in which the two versions grow by so many bytes an operation. */
const upgraded = (grows: readonly [from: number, to: number], noise = 0): UpgradeData => {
  const options = resolvedOptions({
    agents: names.map(name =>
      resolvedAgent(name, {
        package: { name: 'apm', version: name.slice(4), root: `/cache/${name}` },
        preset: { package: 'apm', env: {}, holdsBytes: null, flush: null, proof: null },
        tree: [
          { name: 'apm', version: name.slice(4) },
          { name: 'wrap', version: name === names[0] ? '2.0.0' : '2.1.0' },
        ],
      }),
    ),
    conflict: 'apm@1.0.0 and apm@1.1.0 are both apm',
  })
  const settings = { ...decisionSettings(options), seed: 1 }
  const { decision, trials } = simulatedRun(settings, ({ id, agents: on }) => {
    const index = names.findIndex(name => on.includes(name))
    const slope = (grows[index] ?? 0) + noise * Math.sin(id * 12.9898)
    const startBytes = index === 1 ? 4_000 : 0
    return { curves: { heap: after => startBytes + slope * after } }
  })
  const parts = { options, decision, trials, environment, startedAt: new Date(0), totalMs: 1000 }
  return upgradeData(createReport(reportOf(parts)), agents)
}

t.test('verdicts', async t => {
  const table: readonly (readonly [Verdict, Verdict, UpgradeVerdict, RegExp])[] = [
    ['clean', 'clean', 'safe', /^apm 2 adds no growth above the threshold$/],
    ['inconclusive', 'clean', 'safe', /whether 1 does was not settled/],
    ['leak', 'clean', 'fixes', /threshold, 1 does$/],
    ['clean', 'leak', 'leaks', /^apm 2 leaks, 1 does not$/],
    ['inconclusive', 'leak', 'leaks', /^apm 2 leaks; whether 1 does was not settled$/],
    ['leak', 'leak', 'both-leak', /as 1 does/],
    ['clean', 'inconclusive', 'inconclusive', /^whether apm 2 leaks was not settled$/],
    ['leak', 'inconclusive', 'inconclusive', /; 1 does$/],
  ]
  for (const [from, to, verdict, reason] of table) {
    t.equal(upgradeVerdict(from, to), verdict)
    t.match(upgradeReason(verdict, { agent: 'apm', from: '1', to: '2', fromVerdict: from }), reason)
  }
})

t.test('a version that begins to leak, one that stops, and harmless twins', async t => {
  for (const [grows, verdict] of [
    [[0, 200], 'leaks'],
    [[200, 0], 'fixes'],
    [[200, 900], 'both-leak'],
    [[0, 0], 'safe'],
    [[5, 6], 'safe'],
  ] as const) {
    const data = upgraded(grows, 0.5)
    t.equal(data.verdict, verdict, grows.join(' → '))
    const { estimate } = data.difference.growth
    const { low, high } = boundsOf(data.difference.growth)
    const truth = grows[1] - grows[0]
    t.ok(low <= truth && truth <= high, `${low} <= ${truth} <= ${high}`)
    t.ok(Math.abs(estimate - truth) < 5)
    t.equal(data.difference.metric, 'heap')
    t.equal(data.difference.startBytes, 4_000)
  }
})

t.test('what else changed, and the account', async t => {
  const data = upgraded([0, 8_000], 0.5)
  t.match(data, { agent: 'apm', from: { version: '1.0.0' }, to: { version: '1.1.0' } })
  t.same(data.difference.packages, [{ name: 'wrap', from: '2.0.0', to: '2.1.0' }])
  const text = flat(upgradeText(data))
  t.match(text, /^LEAKS: apm 1\.0\.0 → 1\.1\.0: apm 1\.1\.0 leaks, 1\.0\.0 does not\./)
  t.match(text, /1\.1\.0 against 1\.0\.0: 8(?:\.0+)? kB of heap per operation/)
  t.match(text, /at start 1\.1\.0 takes 4(?:\.0)? kB more heap than 1\.0\.0/)
  t.match(text, /beside the agent 1 package changed: wrap 2\.0\.0 → 2\.1\.0/)
  const report = createUpgradeReport(data)
  t.equal(String(report), upgradeText(data))
  t.same(Object.keys(JSON.parse(JSON.stringify(report)) as object), Object.keys(data))
  t.throws(
    () => {
      createUpgradeReport(data, { file: '/srv/out/report.json' }).assertSafe()
    },
    { name: 'LeakError', message: upgradeBrief(data, { file: '/srv/out/report.json' }) },
  )
  t.ok(
    Math.max(
      ...upgradeText(data)
        .split('\n')
        .map(({ length }) => length),
    ) <= 80,
  )
  t.doesNotThrow(() => {
    createUpgradeReport(upgraded([300, 0], 0.5)).assertSafe()
  })
})

t.test('what a test that fails shows fits a screen', async t => {
  for (const grows of [
    [0, 200],
    [200, 900],
  ] as const) {
    const data = upgraded(grows, 0.5)
    const long = { ...data, to: { ...data.to, version: `1.1.0-next.${'20260101.'.repeat(9)}1` } }
    for (const one of [data, long])
      checkScreen(t, upgradeBrief(one, { file: '/srv/report.json' }), data.verdict)
    const text = flat(upgradeBrief(data))
    t.match(text, /^(LEAKS|BOTH LEAK): apm 1\.0\.0 → 1\.1\.0: apm 1\.1\.0 leaks/)
    t.match(
      text,
      /1\.1\.0 against 1\.0\.0: [\d.]+ B of heap per operation \([\d.]+ to [\d.]+ B\)\. Heap that grows by 16 B/,
    )
    t.match(text, 'String(error.report)')
  }
})

t.test('packages of two trees', async t => {
  const tree = (...packages: string[]): ReturnType<typeof reported> =>
    reported(packages.map(one => ({ name: one.split('@')[0] ?? '', version: one.split('@')[1] ?? '' })))
  const reported = (packages: readonly { name: string; version: string }[]) => ({
    ...{ name: 'apm', require: [], import: [], nodeArgs: [], command: [], env: [], requires: [] },
    ...{ package: 'apm', version: '1', preset: 'apm', flush: null, packages },
  })
  t.same(packageChanges(tree('apm@1', 'a@1', 'b@1', 'b@2'), tree('apm@2', 'b@2', 'c@1')), [
    { name: 'a', from: '1', to: null },
    { name: 'b', from: '1, 2', to: '2' },
    { name: 'c', from: null, to: '1' },
  ])
  t.same(packageChanges(undefined, undefined), [])
})

t.test('agents in versions', async t => {
  t.same(versionedAgent('newrelic', '13.20.0'), { name: 'newrelic@13.20.0', package: 'newrelic@13.20.0' })
  t.same(versionedAgent('@splunk/otel@1', '4.3.0').package, '@splunk/otel@4.3.0')
  t.same(versionedAgent({ name: 'nr', preset: 'newrelic', env: { A: '1' } }, '13.20.0'), {
    ...{ name: 'nr@13.20.0', package: 'newrelic@13.20.0', preset: 'newrelic', env: { A: '1' } },
  })
  t.equal(packageName('dd-trace'), 'dd-trace')
  for (const wrong of ['./agent.cjs', 'dd-trace/init', 5, undefined]) {
    t.throws(() => packageName(wrong), {
      code: 'ERR_OPTION_INVALID',
      message: /a package that comes in versions/,
    })
  }
  t.throws(() => versionedAgent(null, '1'), { code: 'ERR_OPTION_INVALID' })
})

t.test('wrong options', async t => {
  const call = async (options: object): Promise<unknown> => checkUpgrade(options as never)
  const wrong = { code: 'ERR_OPTION_INVALID' }
  await t.rejects(call({ agent: 'a', from: '1', to: '1' }), { ...wrong, message: /both are 1/ })
  await t.rejects(call({ agent: 'a', from: '1' }), { ...wrong, message: /to must be a string/ })
  await t.rejects(call({ agent: 'a', from: '1', to: '2', agents: [] }), {
    ...wrong,
    message: /takes one agent/,
  })
  await t.rejects(call({ agent: './a.cjs', from: '1', to: '2' }), wrong)
})

import t from 'tap'
import { boundsOf } from '../../../lib/decide/growth/thresholds.js'
import { checkUpgrade } from '../../../lib/compare/upgrade/check-upgrade.js'
import type { UpgradeReport, UpgradeVerdict } from '../../../lib/compare/upgrade/types.js'
import { cachePackages } from '../../support/cached-packages.js'
import { grows, madeCall } from '../../support/simulated-call.js'
import { loads, simulatedHosts, type SimulatedHosts } from '../../support/simulated-host.js'

await cachePackages(t, [
  { name: 'made-up-apm', version: '1.0.0', dependencies: { wrap: '1.0.0' } },
  { name: 'made-up-apm', version: '1.1.0', dependencies: { wrap: '1.1.0' } },
])
const { agents: none, ...options } = madeCall(t, []).options
t.strictSame(none, [])

/** Bytes an operation with the old version and the new one, and how far trials lie apart. */
interface World {
  readonly bytes: readonly [from: number, to: number]
  readonly noise?: number
  readonly seed: number
}

const upgrade = async ({
  bytes: [from, to],
  noise = 2,
  seed,
}: World): Promise<{ report: UpgradeReport; hosts: SimulatedHosts }> => {
  const hosts = simulatedHosts(spec => {
    const bytes = loads(spec, '/made-up-apm@1.0.0-') ? from : loads(spec, '/made-up-apm@1.1.0-') ? to : 1
    return grows(bytes, spec, { seed, noise })
  })
  const versions = { agent: 'made-up-apm', from: '1.0.0', to: '1.1.0' }
  const report = await checkUpgrade({ ...versions, ...options, ...hosts.option, seed })
  t.strictSame(hosts.left, { hosts: 0, parked: 0 })
  return { report, hosts }
}

t.test('a new version that leaks, one that no longer does, and harmless twins', async t => {
  const table: readonly (readonly [World['bytes'], UpgradeVerdict])[] = [
    [[1, 400], 'leaks'],
    [[400, 1], 'fixes'],
    [[400, 900], 'both-leak'],
    [[1, 1], 'safe'],
    [[5, 20], 'safe'],
  ]
  for (const [bytes, verdict] of table) {
    for (const seed of [1, 2, 3]) {
      const { report, hosts } = await upgrade({ bytes, seed })
      t.equal(report.verdict, verdict, `${bytes.join(' to ')} B an operation, seed ${String(seed)}`)
      const { low, high } = boundsOf(report.difference.growth)
      const truth = bytes[1] - bytes[0]
      t.ok(low <= truth && truth <= high, `${String(low)} <= ${String(truth)} <= ${String(high)}`)
      t.match(report, {
        from: { version: '1.0.0' },
        to: { version: '1.1.0' },
        difference: { packages: [{ name: 'wrap', from: '1.0.0', to: '1.1.0' }] },
      })
      const both = hosts.launched.filter(spec => loads(spec, '@1.0.0-') && loads(spec, '@1.1.0-'))
      t.strictSame(both, [], 'two versions are never on together')
      if (verdict === 'safe' || verdict === 'fixes') t.doesNotThrow(() => report.assertSafe())
      else t.throws(() => report.assertSafe(), { name: 'LeakError' })
    }
  }
})

t.test('what trials say too little of is not settled', async t => {
  for (const seed of [1, 2]) {
    const { report } = await upgrade({ bytes: [1, 60], noise: 400, seed })
    t.equal(report.verdict, 'inconclusive', `seed ${String(seed)}`)
    t.throws(() => report.assertSafe(), { name: 'LeakError' })
  }
})

t.test('a version that cannot be installed, and one that does not start', async t => {
  const to = { agent: 'made-up-apm', from: '1.0.0', ...options }
  await t.rejects(checkUpgrade({ ...to, to: '1.2.0' }), { code: 'ERR_INSTALL', message: /made to fail/ })
  const hosts = simulatedHosts(spec =>
    loads(spec, '@1.1.0-') ? { kind: 'crashed', message: 'no' } : grows(1, spec),
  )
  await t.rejects(checkUpgrade({ ...to, ...hosts.option, to: '1.1.0' }), { code: 'ERR_AGENT_CRASHED' })
})

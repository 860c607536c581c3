import t from 'tap'
import { type VersionEvidence, posterior } from '../../../lib/compare/bisect/growth-model.js'
import { beliefOf, nextStep, probeTargets, standIns } from '../../../lib/compare/bisect/search.js'
import { freezeDeeply } from '../../../lib/options/freeze-deeply.js'
import { mulberry32 } from '../../../lib/decide/stats/random.js'
import {
  linesOf,
  normal,
  simulatedSearch,
  type SimulatedHistory,
  type SimulatedSearch,
} from '../../support/simulated-history.js'

const LEAK = 12

interface Truth {
  readonly count?: number
  readonly ratio?: number
  readonly seed?: number
  readonly bad: (version: number) => boolean
  readonly starts?: (version: number) => boolean
}

const historyOf = ({
  count = 300,
  ratio = 8,
  seed = 1,
  bad,
  starts = () => true,
}: Truth): SimulatedHistory => {
  const random = mulberry32(seed)
  const deviate = (): number => (LEAK / ratio) * normal(random)
  return {
    lines: linesOf(count, 6),
    grow: version => (starts(version) ? (bad(version) ? LEAK : 0) + deviate() : null),
    rule: version => (bad(version) ? 'leak' : 'clean'),
    noise: [deviate(), deviate(), deviate()],
  }
}

const edgesOf = ({ belief }: SimulatedSearch): unknown[] =>
  belief.edges.map(({ kind, version, confirmed }) => [kind, version, confirmed])

t.test('the posterior of an edge', async t => {
  const { bad, begins } = posterior([-7, 0, 0, 0, 0, 7], 0.1)
  t.ok(bad.every((value, index) => index === 0 || value > (bad[index - 1] ?? 0)))
  t.ok(Math.abs(((bad[2] ?? 0) + (bad[3] ?? 0)) / 2 - 0.5) < 1e-6, 'symmetric about the middle')
  const total = begins.reduce((sum, value) => sum + value, 0)
  t.ok(total > 0.99 && total < 1.1, 'one edge, somewhere')
  t.ok(Math.max(...begins) - Math.min(...begins) < 0.02, 'all places alike')
  const { bad: apart, ends } = posterior([-7, 7, -7], 0.1)
  t.ok((apart[1] ?? 0) > 0.8 && (ends[1] ?? 0) > 0.8, 'an episode of one version')
})

t.test('one edge in 300 versions', async t => {
  for (const first of [1, 7, 100, 151, 298, 299]) {
    const found = simulatedSearch(historyOf({ bad: version => version >= first }))
    t.strictSame(edgesOf(found), [['bad', first, true]], `version ${first}`)
    t.ok(found.tests <= 20, `${found.tests} trials`)
    t.equal(found.confirmed, 2)
  }
})

t.test('bad, then fixed; and a leak that returns', async t => {
  const episode = simulatedSearch(historyOf({ bad: version => version >= 60 && version < 200 }))
  t.strictSame(edgesOf(episode), [
    ['bad', 60, true],
    ['fixed', 200, true],
  ])
  const returns = simulatedSearch(
    historyOf({ bad: version => (version >= 30 && version < 120) || version >= 220 }),
  )
  t.strictSame(edgesOf(returns), [
    ['bad', 30, true],
    ['fixed', 120, true],
    ['bad', 220, true],
  ])
})

t.test('nothing changes', async t => {
  const clean = simulatedSearch(historyOf({ bad: () => false }))
  t.strictSame(edgesOf(clean), [])
  t.ok(clean.belief.bad.every(value => (value ?? 1) < 0.5))
  t.ok(clean.tests <= 20, `${clean.tests} trials`)
  t.equal(clean.confirmed, 2, 'the ends')
  const leaks = simulatedSearch(historyOf({ bad: () => true }))
  t.strictSame(edgesOf(leaks), [])
  t.ok(leaks.belief.bad.every(value => (value ?? 0) > 0.5))
})

t.test('noise', async t => {
  const share = (ratio: number, kind: 'edge' | 'clean'): number => {
    const runs = Array.from({ length: 40 }, (_, seed) => {
      const first = 20 + seed * 6
      const bad = (version: number): boolean => kind === 'edge' && version >= first
      const found = simulatedSearch(historyOf({ ratio, seed, bad }))
      t.ok(found.tests < 200)
      return kind === 'edge'
        ? JSON.stringify(edgesOf(found)) === JSON.stringify([['bad', first, true]])
        : found.belief.edges.length === 0
    })
    return runs.filter(Boolean).length / runs.length
  }
  t.ok(share(4, 'edge') >= 0.9)
  t.ok(share(2, 'edge') >= 0.5)
  t.ok(share(4, 'clean') >= 0.95)
  t.ok(share(2, 'clean') >= 0.95, 'what the rule does not confirm is no edge')
})

t.test('versions that do not start are gone around', async t => {
  const bad = (version: number): boolean => version >= 130
  const rows = simulatedSearch(
    historyOf({ bad, starts: version => version >= 20 && (version < 120 || version > 128) }),
  )
  t.strictSame(edgesOf(rows), [['bad', 130, true]])
  t.equal(rows.belief.edges[0]?.before, 129)
  const gap = simulatedSearch(historyOf({ bad, starts: version => version < 120 || version > 140 }))
  t.strictSame(edgesOf(gap), [['bad', 141, true]])
  t.equal(gap.belief.edges[0]?.before, 119)
  const failed = gap.evidence.filter(({ unusable }) => unusable).length
  t.equal(failed, 21, 'the edge may be at any of them')
  const none = simulatedSearch(historyOf({ count: 20, bad, starts: () => false }))
  t.strictSame(edgesOf(none), [])
  t.ok(none.belief.bad.filter(value => value === null).length >= 8)
})

t.test('the rule contradicts the trials', async t => {
  // Versions 100 to 149 grow while a pool fills; the rule sees that it does.
  const history = historyOf({ bad: version => version >= 100 })
  const found = simulatedSearch({ ...history, rule: version => (version >= 150 ? 'leak' : 'clean') })
  t.ok(found.confirmed <= 12)
  for (const { version, confirmed } of found.belief.edges) t.ok(!confirmed || version === 150)
  const open = simulatedSearch({
    ...historyOf({ bad: version => version >= 100 }),
    rule: version => (version === 100 ? 'inconclusive' : version > 100 ? 'leak' : 'clean'),
  })
  t.match(open.belief.edges, [{ before: 99, version: 101, confirmed: true }])
  const noisy = simulatedSearch({
    ...historyOf({ bad: version => version >= 100 }),
    rule: version => (version >= 100 ? 'leak' : 'inconclusive'),
  })
  t.match(noisy.belief.edges, [{ before: 99, version: 100, confirmed: true }], 'clearly without the leak')
  const never = simulatedSearch({
    ...historyOf({ bad: version => version >= 100 }),
    rule: () => 'inconclusive',
  })
  t.match(never.belief.edges, [{ before: 99, confirmed: false }])
  t.ok(never.confirmed <= 8, 'an application too noisy for the rule is not asked about every version')
})

t.test('a small leak beside a large one', async t => {
  const history = historyOf({ bad: () => false })
  const size = (version: number): number => (version >= 200 ? 600 : version >= 80 ? 12 : 0)
  const found = simulatedSearch({
    ...history,
    grow: version => size(version) + (history.grow(version) ?? 0),
    rule: version => (size(version) > 0 ? 'leak' : 'clean'),
  })
  t.strictSame(edgesOf(found), [['bad', 80, true]])
})

t.test('the same history gives the same step, and a few versions are all tested', async t => {
  const evidence: VersionEvidence[] = ['1.0', '1.0', '1.1'].map(() => ({
    scores: [],
    ruled: null,
    unusable: false,
  }))
  const history = { lines: ['1.0', '1.0', '1.1'], evidence, noise: [] }
  t.strictSame(nextStep(history), { kind: 'test', versions: [0, 2] })
  t.strictSame(beliefOf(history).edges, [])
  const { lines, noise, ...made } = historyOf({ bad: version => version >= 151, ratio: 3 })
  const searched = simulatedSearch({ lines, noise, ...made }, { confirm: false })
  t.ok(searched.evidence.some(({ scores }) => scores.length > 1))
  for (let known = 0; known <= searched.tests; known++) {
    const seen: VersionEvidence[] = searched.evidence.map((version, index) => {
      const trials = searched.order.slice(0, known).filter(tested => tested === index).length
      return { ...version, scores: version.scores.slice(0, trials) }
    })
    const turned = seen.map(version => ({ ...version, scores: [...version.scores].reverse() }))
    const [one, other] = [
      { lines, evidence: seen, noise },
      freezeDeeply({ lines, evidence: turned, noise: [...noise].reverse() }),
    ].map(history => ({
      step: nextStep(history),
      bad: beliefOf(history).bad.map(probability => probability?.toFixed(9)),
    }))
    t.strictSame(other, one, `after ${known} trials, in whatever order they ended`)
  }
  const two = simulatedSearch(historyOf({ count: 2, bad: version => version === 1 }))
  t.strictSame(edgesOf(two), [['bad', 1, true]])
  const one = simulatedSearch(historyOf({ count: 8, bad: version => version === 4 }))
  t.strictSame(edgesOf(one), [
    ['bad', 4, true],
    ['fixed', 5, true],
  ])
})

t.test('which versions are probed', async t => {
  t.strictSame(probeTargets(['1.0', '1.0', '1.1', '1.1', '1.1']), [0, 2, 4])
  t.strictSame(probeTargets(['1.0']), [0])
  const many = probeTargets(linesOf(300, 6))
  t.equal(many.length, 8)
  t.equal(many[0], 0)
  t.equal(many.at(-1), 299)
  const gaps = many.slice(1).map((target, index) => target - (many[index] ?? 0))
  t.ok(Math.max(...gaps) <= 50, gaps.join())
  t.strictSame(
    standIns([0, 10, 20], 21, index => ![0, 1, 10, 20, 19].includes(index)),
    [2, 11, 18],
  )
  t.strictSame(
    standIns([0, 1], 2, () => false),
    [],
  )
})

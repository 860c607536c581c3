import t from 'tap'
import { boundsOf } from '../../lib/decide/growth/thresholds.js'
import type { PlanSettings } from '../../lib/decide/next/next-launches.js'
import { mulberry32, shuffle } from '../../lib/decide/stats/random.js'
import type { Component, PlannedTrial, TrialRecord, RunWarning } from '../../lib/types/index.js'
import type { Behaviour, Curve } from '../support/simulated-trial.js'
import { decideInWords, simulatedRun, simulatedTrial } from '../support/simulated-trial.js'
import fc from '../support/seeded-fast-check.js'

const N = 20_480
const SETTINGS: PlanSettings = {
  agents: [{ name: 'agent', requires: [] }],
  operations: N,
  threshold: 16,
  errorRate: 0.05,
  unit: 'operation',
  retentionMs: 60_000,
  seed: 1,
}

type Run = ReturnType<typeof simulatedRun>

/** A run in which the agent does something and the application alone grows by about 2 B/op. */
function run(agent: Behaviour, baseline: Behaviour = { curves: {} }, settings = SETTINGS): Run {
  const random = mulberry32(11)
  return simulatedRun(settings, ({ agents }) => {
    const behaviour = agents.length > 0 ? agent : baseline
    const slope = 2 + random()
    const heap = behaviour.curves.heap ?? ((): number => 0)
    const noisy: Curve = k => heap(k) + slope * k + 2000 * random()
    return { ...behaviour, curves: { ...behaviour.curves, heap: noisy } }
  })
}

const agentOf = ({ decision }: Run): Component => {
  const found = decision.components.find(({ name }) => name === 'agent')
  if (found === undefined) throw new Error('no component')
  return found
}
const heap = (curve: Curve): Behaviour => ({ curves: { heap: curve } })
const verdict = (curve: Curve): string => agentOf(run(heap(curve))).verdict
const capacity = (entries: number, factor: number): number => {
  let size = 8
  while (size < entries) size *= factor
  return size
}

t.test(
  'growth is per operation that was performed, where a load generator did more than was asked for',
  async t => {
    const keeps: Behaviour = { curves: { heap: k => 110 * k } }
    const tenthMore = agentOf(run({ ...keeps, more: after => ({ performed: after * 1.1 }) }))
    t.equal(tenthMore.verdict, 'leak')
    t.ok(Math.abs(tenthMore.growth.estimate - 100) < 2, String(tenthMore.growth.estimate))
    t.ok(Math.abs(agentOf(run(keeps)).growth.estimate - 110) < 2)
    t.equal(agentOf(run({ curves: {}, more: after => ({ performed: after * 1.1 }) })).verdict, 'clean')
  },
)

t.test('leaks of the heap are found', async t => {
  t.equal(
    verdict(k => 32 * k),
    'leak',
  )
  t.equal(
    verdict(k => 20 * k),
    'leak',
    'little above the threshold: confirmed with longer trials',
  )
  t.equal(
    verdict(k => 10_000 * k),
    'leak',
  )
  t.equal(
    verdict(k => 28 * capacity(k, 2)),
    'leak',
    'a Map of numbers, which grows by doubling',
  )
  t.equal(
    verdict(k => 28 * capacity(k + 3100, 2)),
    'leak',
    'a Map that doubles only in the last half',
  )
  t.equal(
    verdict(k => 65_536 * Math.floor(k / 500)),
    'leak',
    '64 KB on one operation in 500',
  )
  t.equal(
    verdict(k => 100 * Math.max(0, k - 10_000)),
    'leak',
    'begins after 10,000',
  )
  t.equal(
    verdict(k => 100 * Math.max(0, k - 15_000)),
    'leak',
    'begins after 15,000',
  )
})

t.test('their harmless twins are not', async t => {
  t.equal(
    verdict(() => 5_000_000),
    'clean',
    'an offset',
  )
  t.equal(
    verdict(k => 3 * k),
    'clean',
  )
  t.equal(
    verdict(k => -30 * k),
    'clean',
  )
  t.equal(
    verdict(k => 150_000 * (1 - Math.exp(-k / 2500))),
    'clean',
    'a long warm-up',
  )
  t.equal(
    verdict(k => 400 * Math.min(k, 500)),
    'clean',
  )
  t.equal(
    verdict(k => 400 * Math.min(k, 5000)),
    'clean',
  )
  t.equal(
    verdict(k => 1600 * Math.min(k, 11_500)),
    'clean',
    'a buffer that is full after 11,500',
  )
  t.equal(
    verdict(k => 400 * Math.min(k, 17_500)),
    'clean',
    'a cache that is full in the last quarter',
  )
  t.equal(
    verdict(k => 8 * capacity(k, 2)),
    'clean',
    'doubling, below the threshold',
  )
  t.equal(
    verdict(k => (k > 17_000 ? 400_000 : 0)),
    'clean',
    'one late step',
  )
  t.equal(
    verdict(k => (k > 11_000 ? 400_000 : 0)),
    'clean',
    'one late step',
  )
  t.equal(
    verdict(k => 200_000 * ((k / 1700) % 1)),
    'clean',
    'a saw-tooth',
  )
})

t.test('few operations: growth that warming up might explain is not accused', async t => {
  const few = (operations: number, curve: Curve, unit: PlanSettings['unit'] = 'operation'): Component =>
    agentOf(run(heap(curve), undefined, { ...SETTINGS, operations, threshold: 64, unit }))
  t.equal(few(512, k => 1000 * k).verdict, 'leak')
  const confirmed = few(1024, k => 200 * k)
  t.equal(confirmed.verdict, 'leak', 'shown with twice the operations')
  t.ok(confirmed.metrics.some(({ growth }) => growth.estimate > 190 && growth.estimate < 210))
  t.not(few(1024, k => 200 * Math.min(k, 1500)).verdict, 'leak', 'its twin warms up for 1,500')
  const step = (k: number): number => (k < 1024 ? 90 * k : Math.min(k, 2048) * 117 - 27_648)
  t.not(few(1024, step).verdict, 'leak', 'so does Express')
  t.not(few(256, k => 200 * Math.min(k, 600)).verdict, 'leak')
  t.not(few(128, k => 300 * Math.min(k, 300)).verdict, 'leak')

  const unknown = few(512, k => 120 * k)
  t.equal(unknown.verdict, 'inconclusive')
  t.match(unknown.reason, /So few operations.*still warming up\. A run with 5,120 operations a trial or more/)
  t.equal(few(5120, k => 120 * k).verdict, 'leak', 'as it says')
  t.equal(few(30, k => 10_000 * k, 'second').verdict, 'leak', 'idle seconds warm nothing up')
})

t.test('what is neither is inconclusive and says what would settle it', async t => {
  const lateAgain = agentOf(run(heap(k => 300_000 * [0.9, 1.9, 3.6].filter(share => k > share * N).length)))
  t.equal(lateAgain.verdict, 'clean', 'steps that become rarer')
  const last = agentOf(run(heap(k => 16 * k + (k > 3.6 * N ? 2_000_000 : 0))))
  t.equal(last.verdict, 'inconclusive', 'a step at the end of the longest trials')
  t.match(last.reason, /only in the last half.*163,840 operations.*a single step does not come again/s)
  const slow = agentOf(run(heap(k => 400 * Math.min(k, 36_000))))
  t.equal(slow.verdict, 'leak', 'a cache of more entries than operations: the reason says how it would look')
  t.match(
    slow.reason,
    /bounded cache of more than 5,120 entries, or memory that is held for more than 60 s, /,
  )
  const log = agentOf(run(heap(k => 2_000_000 * Math.log2(1 + k / 100))))
  t.equal(log.verdict, 'inconclusive')
  t.match(log.reason, /slows down.*163,840 operations .* tell it from a cache of up to 81,920 entries/s)

  const random = mulberry32(11)
  const noisy = simulatedRun(SETTINGS, () => {
    const slope = 200 * random()
    return heap(k => slope * k)
  })
  t.equal(agentOf(noisy).verdict, 'inconclusive')
  t.match(agentOf(noisy).reason, /neither a leak nor its absence.*operations a trial/s)
  t.ok(noisy.decision.warnings.some(({ code, downgrades }) => code === 'NOISY' && !downgrades))

  const near = agentOf(run(heap(k => 16 * k)))
  t.equal(near.verdict, 'inconclusive')
  t.match(near.reason, /a threshold (below \d+ B\/op or )?above \d+ B\/op,? would settle it/)

  // Outside the heap the limit is four times the option.
  const outside = simulatedRun(SETTINGS, ({ agents, id }) => {
    const slope = agents.length > 0 ? 64 + 30 * ((id % 3) - 1) : 0
    return { curves: { arrayBuffers: k => slope * k } }
  })
  t.match(agentOf(outside).reason, /memory in array buffers/)
  const [, above = ''] = /above ([\d.]+) B\/op,? would settle it/.exec(agentOf(outside).reason) ?? []
  t.ok(
    Number(above) > 16 && Number(above) < 64,
    'given as a value of the option, a fourth of the limit outside the heap',
  )

  const some = simulatedRun(SETTINGS, ({ agents, operations }) => ({
    curves: {
      fds: k => (agents.length > 0 ? 100 * [0.6, 1.6, 3].filter(share => k > share * operations).length : 0),
      heap: k => (agents.length > 0 ? 16 * k : 0),
    },
  }))
  t.match(agentOf(some).reason, /descriptors.*operations a trial or more would tell/s)
})

t.test('a decision in the middle of a run says so, and no trials say nothing', async t => {
  const { trials } = run(heap(k => 100 * k))
  const nothing = decideInWords([], SETTINGS)
  t.match(nothing, { verdict: 'inconclusive', culprits: [], warnings: [], done: false })
  t.match(nothing.components[1], { metrics: [], startBytes: null, trials: 0 })
  t.match(nothing.components[1]?.reason, /No trial of agent/)
  t.notOk(Number.isFinite(nothing.components[1]?.growth.high))
  const one = decideInWords(trials.slice(0, 2), SETTINGS).components[1]
  t.match(one, {
    verdict: 'inconclusive',
    reason:
      /ended too early to decide, after 1 trial of each arm: the next look needs 2 trials with it and 2 without, of 20,480 operations/,
  })
  t.notOk(Number.isFinite(one?.growth.high), 'one trial an arm has no interval')
  const unchecked = decideInWords(
    trials.filter(({ purpose }) => purpose === 'measure'),
    SETTINGS,
  )
  t.match(unchecked.components[1], {
    verdict: 'inconclusive',
    reason: /idle time releases it was not checked/,
  })
  t.match(unchecked.arms[1], {
    status: 'accusable',
    needs: [{ purpose: 'retention', operations: N, trials: 1 }],
  })
})

t.test('the report of a leak', async t => {
  const { decision, trials } = run({
    curves: { heap: k => 500 * k, external: k => 3000 * k, fds: k => Math.floor(k / 50), code: () => 90_000 },
  })
  t.equal(decision.verdict, 'leak')
  t.equal(decision.culprits.length, 1)
  const [culprit] = decision.culprits
  t.match(culprit, { kind: 'agent', agents: ['agent'], metric: 'heap', backend: 'up' })
  t.same(
    culprit?.alsoGrows.map(({ metric }) => metric),
    ['external', 'fds'],
    'largest first, relative to their thresholds',
  )
  const growth = culprit?.growth ?? { low: 0, estimate: 0, high: 0, unit: '' }
  const { estimate, unit } = growth
  const { low, high } = boundsOf(growth)
  t.ok(low < 500 && 500 < high && high - low < 10 && low < estimate && estimate < high)
  t.equal(unit, 'bytes/operation')
  t.match(culprit?.reason, /With agent the heap grows by \d+ B\/op .*60 s of idle time did not release it/)
  const [application, agent] = decision.components
  t.match(application, { name: 'application', verdict: 'clean', startBytes: null })
  t.ok(Math.abs((agent?.baseline.estimate ?? 0) - 2.5) < 1)
  t.same(agent?.baseline, application?.growth)
  t.ok(Math.abs(agent?.startBytes ?? Infinity) < 3000)
  t.equal(agent?.trials, 3, 'two that measure and one that waits')
  t.same(agent?.judged, { operations: N, trials: 2, reference: 2 }, 'those that a look took')
  t.same(application?.judged?.reference, 0, 'nothing to compare it with')
  const more = trials
    .filter(({ purpose }) => purpose === 'measure')
    .map(trial => ({ ...trial, id: trial.id + 100 }))
  const late = decideInWords([...trials, more[0] as TrialRecord], SETTINGS).components
  t.equal(
    late.reduce((sum, component) => sum + component.trials, 0),
    decision.components.reduce((sum, one) => sum + one.trials, 1),
  )
  t.same(
    late.map(({ judged }) => judged),
    decision.components.map(({ judged }) => judged),
  )
})

t.test('the application', async t => {
  const leaking = run(
    heap(k => 400 * k),
    heap(k => 400 * k),
  )
  t.equal(leaking.decision.verdict, 'leak')
  t.same(
    leaking.decision.culprits.map(({ kind, agents }) => ({ kind, agents })),
    [{ kind: 'application', agents: [] }],
    'the agent adds nothing to it',
  )
  t.match(leaking.decision.culprits[0]?.reason, /In the application alone the heap grows by/)
  t.equal(agentOf(leaking).verdict, 'clean')
  const both = run(
    heap(k => 17_500 * k),
    heap(k => 372 * k),
  )
  t.same(
    both.decision.culprits.map(({ kind }) => kind),
    ['application', 'agent'],
  )
  const shrinking = run(
    heap(k => 5 * k),
    heap(k => -40 * k),
  )
  t.equal(agentOf(shrinking).verdict, 'clean', 'a baseline that shrinks earns the agent no blame')
  const alone = run(
    heap(() => 0),
    heap(() => 0),
    { ...SETTINGS, agents: [] },
  )
  t.equal(alone.decision.verdict, 'clean')
  t.equal(alone.decision.components.length, 1)
})

t.test('what is taken once is told, and changes no verdict', async t => {
  const once = (curve: Curve, base: Curve = () => 0): Component => agentOf(run(heap(curve), heap(base)))
  const atFirst = once(k => (k >= 600 ? 7_200_000 : 0))
  t.equal(atFirst.verdict, 'clean')
  t.match(atFirst.reason, /agent takes 7\.2 MB once, in the first [\d,]+ operations, and no more\./)
  const little = once(k => (k >= 600 ? 300_000 : 0))
  t.equal(little.verdict, 'clean')
  t.notMatch(little.reason, /once/)
  const everybody = (k: number): number => (k >= 600 ? 7_200_000 : 0)
  t.notMatch(once(everybody, everybody).reason, /once/, 'the application does as well')
  t.notMatch(once(k => 1000 * k).reason, /once/, 'a leak is none')
})

t.test('memory outside the heap', async t => {
  const of = (curves: Behaviour['curves']): Run => run({ curves })
  const buffers = of({ arrayBuffers: k => 1000 * k })
  t.equal(buffers.decision.culprits[0]?.metric, 'arrayBuffers')
  t.notMatch(buffers.decision.culprits[0]?.reason, /whole pool/)
  const pools = run({ curves: { arrayBuffers: k => 1000 * k }, bufferPoolBytes: 65_536 })
  t.match(pools.decision.culprits[0]?.reason, /on this Node 66 kB: one in 66 operations would be enough/)
  t.equal(agentOf(of({ arrayBuffers: k => 1000 * Math.min(k, 4000) })).verdict, 'clean')
  t.equal(of({ external: k => 500 * k }).decision.culprits[0]?.metric, 'external')
  t.equal(
    agentOf(of({ external: k => 33e6 * Math.min(1, k / 15_000) })).verdict,
    'clean',
    'dd-trace, refused',
  )
  t.equal(agentOf(of({ external: k => 20 * k })).verdict, 'clean', 'below four times the threshold')
  t.equal(of({ code: k => 200 * k }).decision.culprits[0]?.metric, 'code')
  const missing = run({ curves: {}, missing: ['fds', 'threads', 'rss'] })
  t.equal(agentOf(missing).verdict, 'clean')
  t.notOk(agentOf(missing).metrics.some(({ metric }) => metric === 'fds'))
})

t.test('memory outside the heap that moves in pieces', async t => {
  const MIB = 1024 ** 2
  const calls = 60
  /** Verdicts on an agent that takes a piece after so many operations, in each launch after others. */
  const verdicts = (piecesOf: (random: () => number) => Curve): Record<string, number> => {
    const counts: Record<string, number> = { leak: 0, clean: 0, inconclusive: 0 }
    for (let seed = 0; seed < calls; seed++) {
      const random = mulberry32(seed)
      const settings = { ...SETTINGS, operations: 5120, threshold: 64, seed }
      const done = simulatedRun(settings, ({ agents }) => ({
        curves: agents.length > 0 ? { arrayBuffers: piecesOf(random) } : {},
      }))
      const { verdict } = agentOf(done)
      counts[verdict] = (counts[verdict] ?? 0) + 1
    }
    return counts
  }
  const between = (random: () => number, low: number, high: number): number => low + random() * (high - low)

  const encoder = verdicts(random => {
    const at = [between(random, 1500, 5000), between(random, 4000, 12_000), between(random, 10_000, 40_000)]
    return k => at.reduce((bytes, start, index) => bytes + (k >= start ? 2 ** index * MIB : 0), 0)
  })
  t.equal(encoder.leak, 0, 'a buffer that doubles up to 8 MiB')
  t.ok((encoder.clean ?? 0) >= 0.8 * calls, JSON.stringify(encoder))

  const each = (bytes: number, operations: number) => (random: () => number) => {
    const phase = random() * operations
    return (k: number): number => bytes * Math.floor((k + phase) / operations)
  }
  t.same(
    verdicts(each(MIB, 1000)),
    { leak: calls, clean: 0, inconclusive: 0 },
    'a piece of 1 MiB that is kept',
  )
  t.equal(verdicts(each(4 * MIB, 4000)).clean, 0, 'a piece of 4 MiB that is kept')
})

t.test('array buffers that are replaced by larger ones, and twins that are kept', async t => {
  const MIB = 1024 ** 2
  const calls = 60
  interface Buffers {
    readonly count: (operations: number) => number
    readonly bytes: Curve
  }
  /** Verdicts on an agent with such large buffers, in each launch others, and trials a call. */
  const verdicts = (buffersOf: (random: () => number) => Buffers): Record<string, number> => {
    const counts: Record<string, number> = { leak: 0, clean: 0, inconclusive: 0, trials: 0 }
    for (let seed = 0; seed < calls; seed++) {
      const random = mulberry32(seed)
      const settings = { ...SETTINGS, operations: 5120, threshold: 64, seed }
      const made = new Set<number>()
      const done = simulatedRun(settings, ({ agents, id }) => {
        made.add(id)
        if (agents.length === 0) return { curves: {} }
        const { count, bytes } = buffersOf(random)
        return {
          curves: { arrayBuffers: bytes },
          largeBuffers: k => ({ count: 2 + count(k), bytes: 2 * MIB + bytes(k) }),
        }
      })
      const { verdict } = agentOf(done)
      counts[verdict] = (counts[verdict] ?? 0) + 1
      counts.trials = (counts.trials ?? 0) + made.size / calls
    }
    return counts
  }
  const between = (random: () => number, low: number, high: number): number => low + random() * (high - low)
  const encoder = (count: Curve) => (random: () => number) => {
    const at = [between(random, 500, 8_000), between(random, 2_000, 25_000)]
    const steps = (k: number): number => at.filter(start => k >= start).length
    return { count: (k: number) => count(steps(k)), bytes: (k: number) => (2 ** steps(k) - 1) * MIB }
  }

  const replaced = verdicts(encoder(() => 0))
  t.match(replaced, { leak: 0, inconclusive: 0 }, JSON.stringify(replaced))
  const added = verdicts(encoder(steps => steps))
  t.ok(
    (added.trials ?? 0) > 1.4 * (replaced.trials ?? 0),
    `one more instead is looked at for longer: ${JSON.stringify(added)}`,
  )

  const kept = verdicts(random => {
    const phase = random() * 4000
    const pieces = (k: number): number => Math.floor((k + phase) / 4000)
    return { count: pieces, bytes: k => 4 * MIB * pieces(k) }
  })
  t.equal(kept.clean, 0, `4 MiB are kept every 4,000 operations: ${JSON.stringify(kept)}`)
  const single = verdicts(random => {
    const perOperation = between(random, 540, 560)
    return { count: () => 0, bytes: k => 2 ** Math.ceil(Math.log2(Math.max(65_536, perOperation * k))) }
  })
  t.match(single, { leak: calls, clean: 0 }, `everything is kept in one buffer: ${JSON.stringify(single)}`)
})

t.test('counts', async t => {
  const of = (curves: Behaviour['curves'], more: Partial<Behaviour> = {}): Run => run({ curves, ...more })
  const listeners = of({ listeners: k => k })
  t.match(listeners.decision.culprits[0], {
    metric: 'listeners',
    growth: { unit: 'count/operation', estimate: 1 },
  })
  t.match(listeners.decision.culprits[0]?.reason, /number of listeners of process grows by 1.0 per operation/)
  t.equal(of({ fds: k => Math.floor(k / 100) }).decision.culprits[0]?.metric, 'fds', 'now and then')
  const handles = of(
    { handles: k => k / 10 },
    { resources: k => ({ Timeout: k / 10, TCPSocketWrap: 10 + (k > 15_000 ? 3 : 0) }) },
  )
  t.match(handles.decision.culprits[0], { metric: 'handles', reason: /The type that grows is Timeout/ })
  t.equal(of({ contexts: k => Math.floor(k / 200) }).decision.culprits[0]?.metric, 'contexts')

  t.equal(agentOf(of({ fds: k => Math.min(50, Math.floor(k / 100)) })).verdict, 'clean', 'a pool that fills')
  t.equal(agentOf(of({ fds: k => (k * 7919) % 23 })).verdict, 'clean', 'connections come and go')
  t.equal(agentOf(of({ threads: k => (k > 12_000 ? 4 : 0) })).verdict, 'clean', 'threads start late')
  t.equal(agentOf(of({ handles: k => Math.floor(k / 5000) })).verdict, 'clean', 'below one in a thousand')
  const released = of({ handles: k => k }, { retained: { handles: 40 } })
  t.equal(agentOf(released).verdict, 'clean', 'timers that expire')
  const late = agentOf(of({ fds: k => Math.max(0, Math.floor((k - 16_000) / 50)) }))
  t.equal(late.verdict, 'leak', 'descriptors that are lost from 16,000 on')
  const app = run({ curves: { fds: k => Math.floor(k / 20) } }, { curves: { fds: k => Math.floor(k / 20) } })
  t.same(
    app.decision.culprits.map(({ kind }) => kind),
    ['application'],
  )
})

t.test('retention: what idle time releases is no leak', async t => {
  const held = run({ curves: { heap: k => 300 * k }, retained: { heap: 5_300_000 } })
  t.match(agentOf(held), { verdict: 'clean', reason: /60 s of idle time released it/ })
  t.ok(boundsOf(agentOf(held).growth).high < 16, 'the bound fits the verdict')
  t.equal(
    held.trials.filter(({ purpose }) => purpose === 'retention').length,
    2,
    'with and without the agent',
  )

  // What 10,240 operations had added, and a part of what 12,800 more should have left.
  const share = (part: number): number => 5_000_000 + 300 * 10_240 + part * 300 * 12_800
  const kept = (part: number, settings = SETTINGS): string =>
    agentOf(
      run({ curves: { heap: k => 300 * k }, retained: { heap: share(part) } }, { curves: {} }, settings),
    ).verdict
  t.equal(kept(1), 'leak')
  t.equal(kept(0.8), 'leak', 'growth by doubling, nothing doubled after the wait')
  t.equal(kept(0.6), 'leak', 'what is left is a leak of its own')
  t.equal(kept(0.3), 'inconclusive', 'most is released, but what is left is above the threshold')
  t.equal(kept(0.01), 'inconclusive', 'so is what is left of the first half')

  // Growth that follows time varies from launch to launch; what was released takes that noise along.
  const varying = (isKept: boolean): string =>
    agentOf(
      simulatedRun(SETTINGS, ({ agents, id }) => {
        const rate = agents.length === 0 ? 0 : 330 + 24 * (id % 3)
        const left = rate * (isKept ? 23_040 : 2_560)
        return { curves: { heap: k => (rate + 2) * k }, retained: { heap: 5_000_000 + 2 * 23_040 + left } }
      }),
    ).verdict
  t.equal(varying(false), 'clean')
  t.equal(varying(true), 'leak')

  const releasing = (rate: number): Run =>
    run(
      { curves: { heap: k => rate * k }, retained: { heap: 5_000_000 + rate * 23_040 - 4_000_000 } },
      { curves: {}, retained: { heap: 1_000_000 } },
    )
  t.equal(agentOf(releasing(100)).verdict, 'leak', 'what the application releases when idle hides nothing')
  const cache = run({
    curves: { heap: k => 100 * k + 2_000_000 * Math.min(1, k / 2500) },
    retained: { heap: 5_000_000 + 100 * 23_040 },
  })
  t.equal(agentOf(cache).verdict, 'inconclusive', 'the agent releases a cache, and leaks')
  t.match(
    agentOf(cache).reason,
    /`retentionMs` of 120,000 or more and 40,960 operations a trial or more would tell/,
  )
  const own = run({ curves: {} }, { curves: { heap: k => 300 * k }, retained: { heap: 5_700_000 } })
  t.equal(own.decision.components[0]?.verdict, 'clean', 'the application holds requests for a while')
  t.equal(agentOf(own).verdict, 'clean')
  t.equal(kept(-0.7), 'clean')
  t.equal(kept(0, { ...SETTINGS, retentionMs: 0 }), 'leak', 'no such trial was wanted')

  const partly = run({
    curves: { heap: k => 300 * k, external: k => 900 * k },
    retained: { heap: 5_100_000 },
  })
  t.match(partly.decision.culprits, [{ metric: 'external', alsoGrows: [] }], 'only what stays is blamed')

  const app = { curves: { heap: (k: number): number => 200 * k } }
  const onTop = run(
    { curves: { heap: k => 500 * k }, retained: { heap: 5_000_000 + 202 * 23_040 + 300 * 2560 } },
    app,
  )
  t.equal(agentOf(onTop).verdict, 'clean', "the application's own leak is not counted as kept")
})

t.test('failed trials are never clean and never dropped', async t => {
  const crash = { kind: 'crashed', exitCode: null, signal: 'SIGSEGV', message: 'Segmentation fault' } as const
  const exited = { kind: 'exited', exitCode: 0, message: 'process.exit was called' } as const
  const hung = { kind: 'hung', limit: 'trialTimeoutMs', message: 'no answer for 600 s' } as const
  const memory = { kind: 'out-of-memory', message: 'Reached heap limit' } as const
  const failing = (
    outcome: NonNullable<Behaviour['outcome']>,
    which: (trial: PlannedTrial) => boolean,
    behaviour: Behaviour = { curves: {} },
  ): Run => simulatedRun(SETTINGS, trial => (which(trial) ? { ...behaviour, outcome } : { curves: {} }))
  const withAgent = ({ agents }: PlannedTrial): boolean => agents.length > 0
  let seen = 0
  const firstWithAgent = (trial: PlannedTrial): boolean => withAgent(trial) && seen++ === 0

  const once = failing(crash, firstWithAgent)
  t.match(agentOf(once), {
    verdict: 'inconclusive',
    trials: 3,
    reason: /would be called clean, but trial \d of agent crashed/,
  })
  t.equal(once.decision.components[0]?.verdict, 'clean')
  t.match(
    once.decision.warnings.filter(({ code }) => code === 'TRIAL_FAILED'),
    [{ downgrades: true, agents: ['agent'] }],
  )
  t.match(agentOf(failing(crash, withAgent)), {
    verdict: 'inconclusive',
    trials: 2,
    reason: /SIGSEGV.*SIGSEGV/,
  })
  t.match(agentOf(failing(hung, withAgent)).reason, /within trialTimeoutMs/)
  const noBaseline = failing(exited, trial => !withAgent(trial))
  t.equal(noBaseline.decision.verdict, 'inconclusive')
  t.match(agentOf(noBaseline).reason, /nothing to compare it with.*ended by itself/)

  const exhausted = failing(memory, withAgent, { curves: { heap: k => 120_000 * k }, reached: 10_240 })
  t.match(exhausted.decision.culprits, [{ agents: ['agent'], metric: 'heap' }])
  t.match(agentOf(exhausted).reason, /ran out of memory in 2 trials, while the application alone did not/)
  const { estimate, low, high } = agentOf(exhausted).growth
  t.ok(low === estimate && estimate > 50_000 && estimate < 150_000 && high === 2e9, 'a lower bound')
  const atStart = failing(memory, withAgent, { curves: {}, reached: -1 })
  t.equal(agentOf(atStart).verdict, 'inconclusive', 'before the first reading nothing grew with operations')
  const everywhere = failing(memory, () => true, { curves: {}, reached: 5120 })
  t.same(
    everywhere.decision.culprits.map(({ kind }) => kind),
    ['application'],
  )
  const late = failing(memory, ({ agents, operations }) => agents.length > 0 && operations > N, {
    curves: {},
    reached: N,
  })
  t.equal(agentOf(late).verdict, 'clean', 'never got there')
  const unchecked = simulatedRun(SETTINGS, trial =>
    withAgent(trial)
      ? { curves: { heap: k => 90 * k }, ...(trial.purpose === 'retention' ? { outcome: crash } : {}) }
      : { curves: {} },
  )
  t.match(agentOf(unchecked), { verdict: 'inconclusive', trials: 4 })

  const uncertain = failing(memory, withAgent, { curves: {}, reached: 10_240 }).trials
  const early = decideInWords(
    uncertain.filter(({ agents, id }) => agents.length > 0 || id === 1),
    SETTINGS,
  )
  t.match(
    early.arms[0]?.needs.at(-1),
    { purpose: 'measure', operations: N },
    'the baseline must be seen to be healthy',
  )
  t.equal(early.verdict, 'inconclusive')
  const released = simulatedRun(SETTINGS, trial => {
    const agent = { curves: { heap: (k: number): number => 90 * k }, retained: { heap: 5_000_000 } }
    const failsAlone = { curves: {}, ...(trial.purpose === 'retention' ? { outcome: hung } : {}) }
    return withAgent(trial) ? agent : failsAlone
  })
  t.match(agentOf(released), { verdict: 'inconclusive', reason: /nothing to compare it with/ })

  const broken = once.trials.map(trial => ({ ...trial, samples: trial.samples.slice(1, 3) }))
  t.throws(() => decideInWords(broken, SETTINGS), {
    code: 'ERR_HOST_FAILED',
    message: /has no reading after/,
  })
})

t.test('a launch that did not wait for what is flushed is heard, as far as its readings can be right', t => {
  const LAUNCHES = 40
  // One launch of each arm watches, sees what is flushed, and its readings wait; the second had begun before that was known.
  const verdicts = (leak: number, batch: Curve): { readonly verdict: string; readonly launches: number }[] =>
    Array.from({ length: LAUNCHES }, (_, seed) => {
      const random = mulberry32(seed + 1)
      let agents = 0
      const made = simulatedRun({ ...SETTINGS, seed }, ({ agents: names }) => {
        const slope = 2 + random()
        const grown: Curve = k => slope * k + 2000 * random() + (names.length > 0 ? leak * k : 0)
        const waits = names.length === 0 || agents++ !== 1
        const held =
          names.length === 0 ? {} : waits ? { held: { holdMs: 6000, heldBytes: batch(N / 4) } } : {}
        return { curves: { heap: waits ? grown : k => grown(k) + random() * batch(k) }, ...held }
      })
      const launches = made.trials.filter(({ continues }) => continues === undefined).length
      return { verdict: agentOf(made).verdict, launches }
    })
  const small: Curve = () => 30_000
  const large: Curve = k => 64 * Math.min(k, N / 2)
  const harmless = verdicts(0, small)
  t.ok(
    harmless.every(({ verdict, launches }) => verdict === 'clean' && launches === 4),
    'what is flushed is small beside the threshold: nothing is launched again',
  )
  t.ok(verdicts(64, small).every(({ verdict }) => verdict === 'leak'))
  t.ok(
    verdicts(0, large).every(({ verdict }) => verdict === 'clean'),
    'and large: more launches tell',
  )
  t.ok(verdicts(64, large).every(({ verdict }) => verdict === 'leak'))
  t.end()
})

t.test('readings that never settle count for less and are told', async t => {
  const restless = (bytes: number, rate: number): Run =>
    run({ curves: { heap: k => rate * k }, spreadBytes: k => (k === N ? bytes : 0) })
  t.equal(agentOf(restless(20_000, 3)).verdict, 'clean')
  t.equal(agentOf(restless(60_000, 60)).verdict, 'leak')
  t.equal(
    agentOf(restless(200_000, 3)).verdict,
    'clean',
    'trials that agree show that the readings are right',
  )
  const oneIsOff = simulatedRun(SETTINGS, ({ agents, id }) => ({
    ...heap(k => 3 * k + (k === N && agents.length > 0 && id < 4 ? 100_000 * id : 0)),
    spreadBytes: k => (k === N && agents.length > 0 ? 400_000 : 0),
  }))
  t.equal(agentOf(oneIsOff).verdict, 'clean', 'one that does not is followed further')
  t.ok(oneIsOff.trials.some(({ operations }) => operations > N))
  t.match(
    restless(20_000, 3).decision.warnings.find(({ code }) => code === 'UNSETTLED'),
    {
      agents: ['agent'],
      downgrades: false,
      message: /2 of 8 readings of agent never came to rest.*count for less/,
    },
  )
})

t.test('warnings only downgrade, each what it concerns', async t => {
  const warned = (
    warning: Omit<RunWarning, 'message'>,
    rate: number,
    on: 'agent' | 'baseline' = 'agent',
    settings = SETTINGS,
  ): Run => {
    const warnings = [{ message: 'something was seen', ...warning }]
    const agent = { curves: { heap: (k: number): number => rate * k } }
    const baseline = { curves: {}, ...(on === 'baseline' ? { warnings } : {}) }
    return run(on === 'agent' ? { ...agent, warnings } : agent, baseline, settings)
  }
  const children = { code: 'CHILD_PROCESSES_UNMEASURED', downgrades: true } as const
  t.match(agentOf(warned(children, 0)), {
    verdict: 'inconclusive',
    reason: /would be called clean, but something was seen/,
  })
  t.equal(agentOf(warned(children, 100)).verdict, 'leak', 'growth that was shown stays shown')
  t.equal(agentOf(warned({ ...children, downgrades: false }, 0)).verdict, 'clean')
  t.equal(agentOf(warned(children, 0, 'baseline')).verdict, 'clean')
  t.equal(warned(children, 0, 'baseline').decision.components[0]?.verdict, 'inconclusive')
  const limit = { code: 'NEAR_HEAP_LIMIT', downgrades: true } as const
  t.equal(agentOf(warned(limit, 0, 'baseline')).verdict, 'inconclusive', 'the comparison is in doubt')
  const refused = { code: 'ANSWERS_REFUSED', downgrades: true } as const
  t.match(agentOf(warned(refused, 0)), { verdict: 'inconclusive' })
  t.equal(agentOf(warned(refused, 100)).verdict, 'leak')
  t.equal(agentOf(warned(refused, 0, 'baseline')).verdict, 'inconclusive', 'so is what is compared with it')
  t.equal(agentOf(warned(refused, 100, 'baseline')).verdict, 'leak')
  const jump = { code: 'CLOCK_JUMP', downgrades: true } as const
  t.equal(agentOf(warned(jump, 100)).verdict, 'leak')
  const bySecond = agentOf(warned(jump, 100_000, 'agent', { ...SETTINGS, unit: 'second' }))
  t.match(bySecond, { verdict: 'inconclusive', reason: /would be called a leak, but/ })
  t.match(warned(children, 0).decision.warnings, [{ ...children, agents: ['agent'] }])
  t.notOk(warned(children, 100).decision.culprits.length === 0)
})

t.test('errors that an agent prints are told once, and take nothing away', async t => {
  const printing = (times: number, agents: readonly string[]): Partial<Behaviour> =>
    times === 0
      ? {}
      : {
          warnings: [
            { code: 'ERRORS_PRINTED', message: `${String(times)} times`, downgrades: false, agents },
          ],
        }
  const printed = (agent: number, baseline: number): Run =>
    run({ curves: {}, ...printing(agent, ['agent']) }, { curves: {}, ...printing(baseline, []) })
  const one = printed(412, 0)
  t.match(one.decision.warnings, [{ code: 'ERRORS_PRINTED', message: '412 times', agents: ['agent'] }])
  t.equal(one.decision.warnings.length, 1)
  t.equal(agentOf(one).verdict, 'clean')
  t.strictSame(printed(412, 400).decision.warnings, [], 'the application prints them without it as well')
  t.strictSame(printed(0, 400).decision.warnings, [])
})

t.test('resident memory is a hint', async t => {
  const resident = (perOperation: number): Run => run({ curves: { rss: k => perOperation * k } })
  t.notOk(resident(500).decision.warnings.length)
  const some = resident(3000)
  t.match(some.decision.warnings, [{ code: 'RSS_GROWTH', downgrades: false }])
  t.equal(agentOf(some).verdict, 'clean')
  const lots = resident(15_000)
  t.match(lots.decision.warnings, [
    { code: 'RSS_GROWTH', downgrades: true, message: /native memory may leak/ },
  ])
  t.equal(agentOf(lots).verdict, 'inconclusive')
  const explained = run({ curves: { rss: k => 15_000 * k, heap: k => 15_000 * k } })
  t.notOk(explained.decision.warnings.some(({ code }) => code === 'RSS_GROWTH'))
  const stops = run({ curves: { rss: k => 15_000 * Math.min(k, 5000) } })
  t.equal(agentOf(stops).verdict, 'clean', 'a healthy agent over the first 5,000 requests')
})

t.test('idle workloads grow by the second, by the clock', async t => {
  const settings: PlanSettings = {
    ...SETTINGS,
    operations: 120,
    threshold: 1024,
    unit: 'second',
    retentionMs: 0,
  }
  const idle = (rate: number, more: Partial<Behaviour> = {}): Run =>
    simulatedRun(settings, ({ agents }) => ({
      curves: { heap: s => (agents.length > 0 ? rate * s : 0) },
      msPerOperation: 1100,
      ...more,
    }))
  const leak = idle(11_000)
  t.match(leak.decision.culprits, [
    { growth: { unit: 'bytes/second' }, reason: /B\/s.*held for more than 30 s/ },
  ])
  t.ok(Math.abs((leak.decision.culprits[0]?.growth.estimate ?? 0) - 10_000) < 1, 'waits count as time')
  t.equal(idle(500).decision.verdict, 'clean')
  const warnings = [{ code: 'CLOCK_JUMP', message: 'the clock jumped', downgrades: true } as const]
  t.equal(idle(11_000, { warnings }).decision.verdict, 'inconclusive', 'growth per second needs a clock')
  const files = simulatedRun(settings, ({ agents }) => ({
    msPerOperation: 1000,
    curves: { fds: s => (agents.length > 0 ? s : 0) },
  }))
  t.match(files.decision.culprits[0], { metric: 'fds', reason: /60 per minute/ })
})

t.test('several agents: only the leaking ones are named', async t => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const settings = { ...SETTINGS, agents: names.map(name => ({ name, requires: [] })) }
  const random = mulberry32(3)
  const { decision } = simulatedRun(settings, ({ agents: [name] }) => {
    const slope = 2 + random()
    return heap(k => (slope + (name === 'c' ? 700 : name === 'f' ? 33 : 0)) * k + 3000 * random())
  })
  t.same(
    decision.culprits.flatMap(({ agents }) => agents),
    ['c', 'f'],
  )
  t.same(
    decision.components.map(({ verdict: one }) => one),
    ['clean', 'clean', 'clean', 'leak', 'clean', 'clean', 'leak', 'clean'],
  )
})

t.test('the same trials always give the same decision, in whatever order they are listed', async t => {
  const random = mulberry32(21)
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 80, noNaN: true }), (seed, rate) => {
        const trials: readonly TrialRecord[] = run(heap(k => rate * k * (0.7 + 0.6 * random()))).trials
        const [one, other] = [trials, shuffle(trials, mulberry32(seed))].map(list =>
          decideInWords(list, SETTINGS),
        )
        return JSON.stringify(one) === JSON.stringify(other)
      }),
      { numRuns: 60 },
    ),
  )
})

t.test('offsets do not matter, and growth scales with the threshold', async t => {
  const summary = (trials: readonly TrialRecord[], threshold: number): unknown =>
    decideInWords(trials, { ...SETTINGS, threshold }).components.map(({ name, verdict: one }) => [name, one])
  const base = run(heap(k => 40 * k)).trials
  const change = (trials: readonly TrialRecord[], by: (value: number) => number): readonly TrialRecord[] =>
    trials.map(trial => ({
      ...trial,
      samples: trial.samples.map(sample => ({
        ...sample,
        values: { ...sample.values, heap: by(sample.values.heap ?? 0) },
      })),
    }))
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 64 }), (shift, factor) => {
        const shifted = change(base, value => value + shift)
        const scaled = change(base, value => value * factor)
        const expected = JSON.stringify(summary(base, 16))
        return (
          JSON.stringify(summary(shifted, 16)) === expected &&
          JSON.stringify(summary(scaled, 16 * factor)) === expected
        )
      }),
      { numRuns: 50 },
    ),
  )
})

// A look takes the first completed trials of an arm by their numbers. What comes later does not count, whatever it shows, in each arm: no
// more is promised. Later trials that fail are told; one that had to be held for longer takes the place of those before it; and one
// that accuses another component leaves a larger share of the error rate to the rest (Holm).
t.test('trials that were made for others speak as well', async t => {
  const settings = { ...SETTINGS, agents: ['a', 'b'].map(name => ({ name, requires: [] })), retentionMs: 0 }
  const outcome = (app: Curve, own: Curve): Readonly<Record<string, string>> => {
    // The second agent sends every arm that it is compared with to longer trials.
    const { decision } = simulatedRun(settings, ({ agents: [name] }) =>
      heap(k => app(k) + (name === 'a' ? own(k) : name === 'b' ? 20 * k : 0)),
    )
    return Object.fromEntries(decision.components.map(one => [one.name, one.verdict]))
  }
  const still: Curve = () => 0
  t.match(outcome(still, still), { application: 'clean', a: 'clean', b: 'leak' })
  t.match(
    outcome(k => 120 * Math.min(k, N), still),
    { application: 'clean', b: 'leak' },
    'an accusation is withdrawn where longer trials show that it has come to an end',
  )
  t.match(
    outcome(k => 120 * k, still),
    { application: 'leak', a: 'clean', b: 'leak' },
    'and stands where they do not',
  )
  t.match(
    outcome(k => 120 * Math.max(0, k - 1.02 * N), still),
    { application: 'leak' },
    'a clean verdict is withdrawn where they show a leak',
  )
})

t.test('a few threads that stay are told beside the heap that they take, also among many agents', async t => {
  const agents = Array.from({ length: 10 }, (_, index) => ({ name: `agent-${String(index)}`, requires: [] }))
  const settings = { ...SETTINGS, agents, operations: 5_120, threshold: 64, retentionMs: 0 }
  const grown = (threads: (trial: number) => Curve): readonly string[] => {
    const { decision } = simulatedRun(settings, ({ agents: [name], id }) => ({
      curves: name === 'agent-3' ? { heap: k => 9_000 * k, threads: threads(id) } : {},
    }))
    return decision.culprits.flatMap(({ metric, alsoGrows }) => [metric, ...alsoGrows.map(one => one.metric)])
  }
  t.strictSame(
    grown(() => k => Math.floor(k / 320)),
    ['heap', 'threads'],
  )
  t.strictSame(
    grown(id => k => 3 * Math.floor((k + 900 * id) / 2_000)),
    ['heap'],
    'a pool that grows now and then, by chance',
  )
})

t.test('the application warms up in each of its processes', async t => {
  const settings = { ...SETTINGS, operations: 5_120, threshold: 64, retentionMs: 0 }
  const shown = (processes: number): string | undefined => {
    const parts = Array.from({ length: processes }, (_, index) => ({
      ...{ kind: 'process' as const, label: `worker ${String(index)}`, values: {}, heapLimitBytes: 0 },
    }))
    const trials = Array.from({ length: 2 }, (_, index) => {
      const trial = simulatedTrial(
        { id: index + 1, agents: [], backend: 'up', purpose: 'measure', operations: 5_120 },
        heap(k => 270 * k),
      )
      return { ...trial, samples: trial.samples.map(sample => ({ ...sample, parts })) }
    })
    const [application] = decideInWords(trials, settings).components
    return application?.metrics.find(({ metric }) => metric === 'heap')?.verdict
  }
  t.equal(shown(3), 'inconclusive', 'a primary and two workers may well add that by warming up')
  t.equal(shown(1), 'leak', 'one process does not')
})

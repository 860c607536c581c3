import t from 'tap'
import type { PlanSettings } from '../../../lib/decide/next/next-launches.js'
import { ddmin } from '../../../lib/decide/search/interaction.js'
import { forecast } from '../../../lib/decide/search/note-sets.js'
import type { Steps } from '../../../lib/decide/search/findings.js'
import { mulberry32, shuffle } from '../../../lib/decide/stats/random.js'
import type { TrialRecord } from '../../../lib/types/index.js'
import { LOOKS } from '../../../lib/decide/rule/looks.js'
import type { ToldDecision as Decision } from '../../support/simulated-trial.js'
import type { Behaviour } from '../../support/simulated-trial.js'
import { decideInWords, simulatedRun, simulatedTrial } from '../../support/simulated-trial.js'
import fc from '../../support/seeded-fast-check.js'

const N = 20_480
const LOOK = LOOKS[0]?.trials ?? 0
const BASELINE = LOOKS[0]?.reference ?? 0

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `a${index + 1}`)

const settingsFor = (count: number, more: Partial<PlanSettings> = {}): PlanSettings => ({
  agents: namesOf(count).map(name => ({ name, requires: [] })),
  operations: N,
  threshold: 16,
  errorRate: 0.05,
  unit: 'operation',
  retentionMs: 60_000,
  strategy: count > 4 ? 'halving' : 'each',
  together: true,
  seed: 5,
  ...more,
})

/** Growth that a set of agents adds, bytes an operation. */
type Truth = (on: readonly string[]) => number

/** What leaks: sets of agents, each with the growth that it adds when all of it is on. */
const adding =
  (leaks: readonly (readonly [string, number])[]): Truth =>
  on =>
    leaks
      .filter(([set]) => set.split('+').every(name => on.includes(name)))
      .reduce((sum, [, bytes]) => sum + bytes, 0)

type Run = ReturnType<typeof simulatedRun>

const heapOf = (slope: number, readingBytes = 0, random: () => number = () => 0): Behaviour => ({
  curves: { heap: k => slope * k + readingBytes * random() },
})

const run = (settings: PlanSettings, truth: Truth, noise = 0.5): Run => {
  const random = mulberry32(settings.seed)
  return simulatedRun(settings, ({ agents }) =>
    heapOf(2 + truth(agents) + noise * random(), 4_000 * noise, random),
  )
}

const culprits = ({ decision }: Run): string[] =>
  decision.culprits.map(({ kind, agents }) => `${kind} ${agents.join('+')}`).sort()
const measured = ({ trials }: Run): number => trials.filter(({ purpose }) => purpose === 'measure').length
const sets = ({ trials }: Run): Set<string> => new Set(trials.map(({ agents }) => agents.join('+')))
const component = ({ decision }: Run, name: string): Decision['components'][number] => {
  const found = decision.components.find(one => one.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}
const codes = ({ decision }: Run): string[] => [...new Set(decision.warnings.map(({ code }) => code))]

t.test('every number of agents, every strategy: whoever leaks is named, and nobody else', async t => {
  for (const count of [1, 2, 3, 4, 5, 7, 10, 12]) {
    for (const strategy of ['each', 'halving'] as const) {
      const settings = settingsFor(count, { strategy })
      const named = (leaks: readonly (readonly [string, number])[]): string[] =>
        culprits(run(settings, adding(leaks)))
      const label = `${strategy} of ${count}`
      t.same(named([]), [], `${label}: none`)
      const last = `a${count}`
      t.same(named([[last, 100]]), [`agent ${last}`], `${label}: one`)
      if (count < 2) continue
      t.same(
        named([
          ['a1', 60],
          [last, 3_000],
        ]),
        [`agent a1`, `agent ${last}`],
        `${label}: two`,
      )
      t.same(named([[`a1+${last}`, 200]]), [`interaction a1+${last}`], `${label}: a pair`)
      if (count < 3) continue
      t.same(named([[`a1+a2+${last}`, 200]]), [`interaction a1+a2+${last}`], `${label}: three together`)
    }
  }
})

t.test('all clean: two arms are enough from five agents on', async t => {
  const ten = run(settingsFor(10), () => 0)
  t.equal(measured(ten), BASELINE + LOOK)
  t.equal(ten.decision.verdict, 'clean')
  t.equal(ten.decision.components.length, 11)
  const a1 = component(ten, 'a1')
  t.match(a1, { verdict: 'clean', startBytes: null, trials: LOOK })
  t.match(a1.reason, /^It was on together with a2, a3, a4 and 6 others\. With all 10 agents the heap/)
  t.same(ten.decision.sets.exercised, ['all agents together'])
  t.match(ten.decision.sets.notExercised, [/^agents alone: .* hold back/])

  const four = run(settingsFor(4), () => 0)
  t.equal(measured(four), BASELINE + 5 * LOOK)
  t.same(four.decision.sets.exercised, [
    'each agent alone, against the application without agents',
    'all agents together',
  ])
  t.same(four.decision.sets.notExercised, [])
})

t.test('one that leaks among ten: far fewer trials than one at a time', async t => {
  for (const name of namesOf(10)) {
    const found = run(settingsFor(10), adding([[name, 400]]))
    t.same(culprits(found), [`agent ${name}`])
    t.ok(measured(found) <= 0.6 * (BASELINE + 10 * LOOK), `${measured(found)} trials`)
    t.equal(found.trials.filter(({ purpose }) => purpose === 'retention').length, 1, 'one idle check')
    t.same(
      found.decision.components.filter(({ verdict }) => verdict !== 'clean').map(one => one.name),
      [name],
      'the others are clean together',
    )
  }
})

t.test('all together tell of those that do not leak, beside one that does', async t => {
  const one = run(settingsFor(3), adding([['a2', 300]]))
  t.same(culprits(one), ['agent a2'])
  t.equal(measured(one), BASELINE + 4 * LOOK, 'a1 and a3 have no launch of their own together')
  t.equal(component(one, 'a3').verdict, 'clean')
  for (const more of [60, -60]) {
    const changed = run(
      settingsFor(3),
      adding([
        ['a2', 300],
        ['a1+a2+a3', more],
      ]),
    )
    t.ok(sets(changed).has('a1+a3'), `they have one where all differ by ${String(more)} B/op from the one`)
    t.ok(culprits(changed).includes('agent a2'))
  }
})

t.test('an interaction is one culprit, its members are clean alone', async t => {
  for (const settings of [settingsFor(4), settingsFor(8)]) {
    const found = run(settings, adding([['a2+a4', 300]]))
    const [culprit, ...more] = found.decision.culprits
    t.same(more, [])
    t.match(culprit, { kind: 'interaction', agents: ['a2', 'a4'], metric: 'heap' })
    t.ok(Math.abs((culprit?.growth.estimate ?? 0) - 300) < 15)
    t.match(culprit?.reason, /^With a2 \+ a4 the heap grows by .* Alone none of them does\.$/)
    t.equal(found.decision.verdict, 'leak')
    t.match(component(found, 'a2'), {
      verdict: 'clean',
      reason: /That is so without a4: together they leak\.$/,
    })
    t.match(component(found, 'a4'), { verdict: 'clean', reason: /That is so without a2/ })
    t.notMatch(component(found, 'a1').reason, 'together they leak')
    const pairs = found.trials.filter(({ agents }) => agents.join('+') === 'a2+a4')
    t.equal(pairs.filter(({ purpose }) => purpose === 'measure').length, LOOK, 'confirmed with full looks')
    t.equal(pairs.filter(({ purpose }) => purpose === 'retention').length, 1)
  }
})

t.test('its harmless twin: agents that are on together and do not mind', async t => {
  const small = (on: readonly string[]): number => on.length
  for (const count of [2, 4, 8]) {
    const found = run(settingsFor(count), small)
    t.same(culprits(found), [])
    t.equal(found.decision.verdict, 'clean')
  }
})

t.test('two interactions, and one beside an agent that leaks alone', async t => {
  for (const count of [4, 9]) {
    const two = run(
      settingsFor(count),
      adding([
        ['a1+a2', 300],
        ['a3+a4', 120],
      ]),
    )
    t.same(culprits(two), ['interaction a1+a2', 'interaction a3+a4'])
    const mixed = run(
      settingsFor(count),
      adding([
        ['a1', 300],
        ['a3+a4', 150],
      ]),
    )
    t.same(culprits(mixed), ['agent a1', 'interaction a3+a4'])
  }
})

t.test('an agent that makes the leak of another much larger', async t => {
  for (const count of [3, 7]) {
    const leaks = [
      ['a1', 100],
      ['a1+a3', 400],
    ] as const
    const found = run(settingsFor(count), adding(leaks))
    t.same(culprits(found), ['agent a1', 'interaction a1+a3'])
    const culprit = found.decision.culprits.find(({ kind }) => kind === 'interaction')
    t.match(culprit?.reason, /on top of what a1 adds alone\.$/)
    t.ok(Math.abs((culprit?.growth.estimate ?? 0) - 400) < 20, 'beyond what it adds alone')
    t.match(component(found, 'a1'), { verdict: 'leak', reason: /Together with a3 it leaks more\.$/ })
    t.equal(component(found, 'a3').verdict, 'clean')
  }
  const both = run(
    settingsFor(2),
    adding([
      ['a1', 100],
      ['a2', 100],
      ['a1+a2', 400],
    ]),
  )
  t.same(culprits(both), ['agent a1', 'agent a2'], 'both are named anyway')
  t.match(codes(both), ['TOGETHER_GROWS'])
})

t.test('suppression: what one agent holds back leaks alone, and the set of all tells', async t => {
  const truth: Truth = on => (on.includes('a1') && !on.includes('a3') ? 200 : 0)
  const found = run(settingsFor(3), truth)
  t.same(culprits(found), ['agent a1'])
  t.ok(codes(found).includes('LEAK_SUPPRESSED'))
  t.match(
    found.decision.warnings.find(({ code }) => code === 'LEAK_SUPPRESSED')?.message,
    /a1 leaks less than alone/,
  )
  t.notOk(codes(run(settingsFor(3), adding([['a1', 200]]))).includes('LEAK_SUPPRESSED'), 'its twin')
})

t.test('little from each: no agent is named, and the sum is told', async t => {
  const little = (on: readonly string[]): number => 8 * on.length
  for (const settings of [settingsFor(4), settingsFor(8)]) {
    const found = run(settings, little, 0.2)
    t.same(culprits(found), [])
    t.ok(codes(found).includes('TOGETHER_GROWS'))
    t.equal(found.decision.verdict, 'clean')
  }
})

t.test('little from each is not taken for an interaction, however noisy', async t => {
  for (let seed = 0; seed < 4; seed++) {
    const found = run(settingsFor(8, { seed }), on => 6 * on.length, 8)
    t.same(culprits(found), [])
  }
  const pair = run(settingsFor(8), on => on.length + adding([['a2+a5', 100]])(on), 8)
  t.same(culprits(pair), ['interaction a2+a5'], 'its twin')
})

t.test('required agents are on with those that require them', async t => {
  const names = namesOf(6)
  const agents = names.map(name => ({ name, requires: name === 'a1' ? ['a6'] : name === 'a2' ? ['a1'] : [] }))
  for (const strategy of ['each', 'halving'] as const) {
    const settings = settingsFor(6, { agents, strategy })
    for (const leaking of names) {
      const found = run(settings, adding([[leaking, 150]]))
      t.same(culprits(found), [`agent ${leaking}`], `${strategy}, ${leaking}`)
      for (const { agents: on } of found.trials) {
        if (on.includes('a1') && !on.includes('a6')) t.fail('a1 without a6')
        if (on.includes('a2') && !on.includes('a1')) t.fail('a2 without a1')
      }
    }
    t.same(culprits(run(settings, adding([['a2+a4', 150]]))), ['interaction a2+a4'], strategy)
  }
})

t.test('agents that cannot be on together are only tried alone', async t => {
  const found = run(settingsFor(3, { together: false }), adding([['a1+a2', 500]]))
  t.same([...sets(found)].sort(), ['', 'a1', 'a2', 'a3'])
  t.equal(found.decision.verdict, 'clean')
})

t.test('a set that does not start: the agents are judged one at a time', async t => {
  const outcome = { kind: 'not-started', message: 'boom' } as const
  for (const settings of [settingsFor(3), settingsFor(6)]) {
    const all = settings.agents.length
    const found = simulatedRun(settings, ({ agents }) => ({
      ...heapOf(agents.includes('a1') ? 300 : 1),
      ...(agents.length === all ? { outcome } : {}),
    }))
    t.same(culprits(found), ['agent a1'])
    t.ok(found.decision.components.slice(2).every(({ verdict }) => verdict === 'clean'))
    t.ok(codes(found).includes('TRIAL_FAILED'))
    t.match(found.decision.sets.notExercised, [/^all agents together: no trial/])
    t.equal(found.trials.filter(({ agents }) => agents.length === all).length, 2, 'tried twice')
    const clean = simulatedRun(settings, ({ agents }) => ({
      ...heapOf(1),
      ...(agents.length === all ? { outcome } : {}),
    }))
    t.equal(clean.decision.verdict, 'clean', 'what was not exercised is said, the verdicts stand')
  }
  const parts = settingsFor(8)
  const found = simulatedRun(parts, ({ agents }) => ({
    ...heapOf(agents.includes('a7') ? 300 : 1),
    ...(agents.length > 1 && agents.length < 8 ? { outcome } : {}),
  }))
  t.same(culprits(found), ['agent a7'], 'halves that do not start')
})

t.test('running out of memory together: one at a time', async t => {
  const found = simulatedRun(settingsFor(6), ({ agents }) => ({
    ...heapOf(agents.includes('a2') ? 100 : 1),
    ...(agents.length > 4 && agents.includes('a2')
      ? { outcome: { kind: 'out-of-memory', message: 'heap limit' } as const, reached: N / 2 }
      : {}),
  }))
  t.same(culprits(found), ['agent a2'])
})

t.test('growth that idle time releases accuses no set', async t => {
  for (const count of [3, 6]) {
    const found = simulatedRun(settingsFor(count), ({ agents, purpose }) => ({
      ...heapOf(agents.includes('a1') && agents.includes('a2') ? 200 : 1),
      ...(purpose === 'retention' ? { retained: { heap: 5_050_000 } } : {}),
    }))
    t.same(culprits(found), [])
    t.equal(found.decision.verdict, 'clean')
  }
})

t.test('other metrics: descriptors that only a pair loses', async t => {
  for (const count of [3, 8]) {
    const found = simulatedRun(settingsFor(count), ({ agents }) => ({
      curves: { fds: k => (agents.includes('a1') && agents.includes('a3') ? Math.floor(k / 40) : 0) },
    }))
    t.same(culprits(found), ['interaction a1+a3'])
    t.equal(found.decision.culprits[0]?.metric, 'fds')
  }
})

t.test('a run that ends early is never clean', async t => {
  const settings = settingsFor(3)
  const { trials } = run(settings, adding([['a1+a2', 300]]))
  const alone = trials.filter(({ agents }) => agents.length < 2)
  const early = decideInWords(alone, settings)
  t.equal(early.verdict, 'inconclusive')
  t.ok(early.components.every(({ verdict }) => verdict === 'clean'))
  t.ok(early.warnings.some(({ code }) => code === 'TOGETHER_UNSETTLED'))
  const first = decideInWords(
    trials.filter(({ agents }) => agents.length !== 2),
    settings,
  )
  t.equal(first.verdict, 'inconclusive', 'growth of all, nobody found yet')
  const halving = settingsFor(8)
  const [begun] = [
    run(halving, adding([['a1', 300]])).trials.filter(({ agents }) => [0, 8].includes(agents.length)),
  ]
  const undecided = decideInWords(begun, halving)
  t.equal(undecided.verdict, 'inconclusive')
  t.match(undecided.components[1], { verdict: 'inconclusive', reason: /not found out before the run ended/ })
})

t.test('why sets are launched', async t => {
  const settings = settingsFor(6)
  const whys = new Map<string, string>()
  const trials: TrialRecord[] = []
  const { trials: all } = run(settings, adding([['a2', 300]]))
  for (const trial of all) {
    for (const arm of decideInWords(trials, settings).arms) {
      if (arm.needs.length > 0) whys.set(arm.agents.join('+'), arm.why)
    }
    trials.push(trial)
  }
  t.equal(whys.get(''), 'baseline')
  t.equal(whys.get('a1+a2+a3+a4+a5+a6'), 'together')
  t.equal(whys.get('a1+a2+a3'), 'search')
  t.equal(whys.get('a2'), 'confirm')
  t.equal(whys.get('a1+a3+a4+a5+a6'), 'confirm')
})

t.test('the expected cost', async t => {
  for (const count of [0, 1, 3, 5, 10]) {
    const settings = settingsFor(count)
    const { clean, oneLeak } = forecast(settings)
    t.equal(run(settings, () => 0).trials.length, clean, `${count} agents, none leaks`)
    if (count === 0) t.equal(oneLeak, null)
    else {
      const needed = run(settings, adding([['a1', 500]])).trials.length
      t.ok(
        Math.abs(needed - (oneLeak ?? 0)) <= 2,
        `${count} agents, one leaks: ${needed}, expected ${oneLeak}`,
      )
    }
  }
})

t.test('exactly the culprits, whatever leaks and however noisy', async t => {
  const leak = fc.double({ min: 48, max: 3_000, noNaN: true })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.uniqueArray(fc.tuple(fc.nat(11), leak), { maxLength: 3, selector: ([index]) => index }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, drawn, seed, noise) => {
          const leaks = drawn
            .filter(([index]) => index < count)
            .map(([index, bytes]) => [`a${index + 1}`, bytes] as const)
          const found = run(settingsFor(count, { seed }), adding(leaks), noise)
          const wanted = leaks.map(([name]) => `agent ${name}`).sort()
          return found.decision.done && culprits(found).join() === wanted.join()
        },
      ),
      { numRuns: 60, seed: 42 },
    ),
  )
})

t.test(
  'the same trials in any order give the same decision, and a decision asks for nothing twice',
  async t => {
    const settings = settingsFor(7)
    const random = mulberry32(3)
    for (const leaks of [[['a3+a6', 200]], [['a2', 100]], []] as const) {
      const { trials, decision } = run(settings, adding(leaks))
      for (let turn = 0; turn < 3; turn++) t.same(decideInWords(shuffle(trials, random), settings), decision)
      t.equal(JSON.stringify(decideInWords(trials, settings)), JSON.stringify(decision))
    }
  },
)

t.test('ddmin', async t => {
  const play = (size: number, needed: readonly number[]): { set: readonly number[]; tests: number } => {
    let tests = 0
    const items = Array.from({ length: size }, (_, index) => index)
    function* fails(subset: readonly number[]): Steps<boolean> {
      tests++
      yield []
      return needed.every(item => subset.includes(item))
    }
    const steps = ddmin(items, fails)
    for (;;) {
      const { done, value } = steps.next()
      if (done === true) return { set: value, tests }
    }
  }
  t.same(play(8, [2]).set, [2])
  t.same(play(12, [0, 11]).set, [0, 11])
  t.same(play(7, [1, 3, 6]).set, [1, 3, 6])
  t.same(play(2, [0, 1]).set, [0, 1])
  t.same(play(1, [0]), { set: [0], tests: 0 })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 16 }),
        fc.uniqueArray(fc.nat(15), { minLength: 1 }),
        (size, drawn) => {
          const needed = drawn.map(item => item % size).sort((a, b) => a - b)
          const wanted = needed.filter((item, index) => needed.indexOf(item) === index)
          const { set, tests } = play(size, wanted)
          return set.join() === wanted.join() && tests <= size * size + 3 * size
        },
      ),
    ),
  )
})

t.test('trials of a set are records like any other', async t => {
  const planned = { id: 1, agents: ['a1', 'a2'], backend: 'up', purpose: 'measure', operations: N } as const
  const record = simulatedTrial(planned, { curves: {}, outcome: { kind: 'not-started', message: 'boom' } })
  const { warnings } = decideInWords([record], settingsFor(2))
  t.match(warnings[0], { code: 'TRIAL_FAILED', message: 'trial 1 of a1 + a2 did not start (boom)' })
})

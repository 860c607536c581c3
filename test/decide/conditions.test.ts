import t from 'tap'
import { boundsOf } from '../../lib/decide/growth/thresholds.js'
import type { PlanSettings } from '../../lib/decide/next/next-launches.js'
import { nextTrials } from '../../lib/decide/next/next-launches.js'
import { forecast } from '../../lib/decide/search/note-sets.js'
import { mulberry32, shuffle } from '../../lib/decide/stats/random.js'
import type { Backend, Component, PlannedTrial, TrialRecord } from '../../lib/types/index.js'
import { decide } from '../../lib/decide/decide.js'
import { inWords } from '../../lib/report/words/in-words.js'
import { overBudget } from '../../lib/decide/components/warnings.js'
import type { Behaviour } from '../support/simulated-trial.js'
import { decideInWords, simulatedRun, simulatedTrial } from '../support/simulated-trial.js'

const N = 20_480
const settingsFor = (
  backends: readonly Backend[],
  more: Partial<PlanSettings> = {},
  names: readonly string[] = ['agent'],
): PlanSettings => ({
  agents: names.map(name => ({ name, requires: [] })),
  operations: N,
  threshold: 16,
  errorRate: 0.05,
  unit: 'operation',
  retentionMs: 60_000,
  strategy: 'each',
  together: true,
  backends,
  seed: 3,
  ...more,
})
const BOTH = settingsFor(['up', 'slow'])

type Run = ReturnType<typeof simulatedRun>

/** Growth that a set of agents adds under a condition, bytes an operation. */
type Truth = (on: readonly string[], backend: Backend) => number

const heapOf = (slope: number, random: () => number): Behaviour => ({
  curves: { heap: k => (slope + random()) * k + 2_000 * random() },
})

const run = (settings: PlanSettings, truth: Truth): Run => {
  const random = mulberry32(settings.seed + 1)
  return simulatedRun(settings, ({ agents, backend }) => heapOf(2 + truth(agents, backend), random))
}

const componentOf = ({ decision }: Pick<Run, 'decision'>, name: string): Component => {
  const found = decision.components.find(one => one.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}
const verdicts = (component: Component): string[] =>
  (component.backends ?? []).map(({ backend, verdict }) => `${backend} ${verdict}`)
const culprits = ({ decision }: Run): string[] =>
  decision.culprits.map(({ kind, agents, backends }) => `${kind} ${agents.join('+')} ${backends.join(',')}`)
const only =
  (backend: Backend, bytes: number, who = 'agent'): Truth =>
  (on, condition) =>
    on.includes(who) && condition === backend ? bytes : 0

t.test('a leak under one condition only, and its clean twin', async t => {
  const leaks = run(BOTH, only('slow', 200))
  t.equal(leaks.decision.verdict, 'leak')
  t.same(culprits(leaks), ['agent agent slow'])
  const [culprit] = leaks.decision.culprits
  t.match(culprit, { backend: 'slow', metric: 'heap', alsoGrows: [] })
  t.ok((culprit?.growth.low ?? 0) > 190 && (culprit?.growth.high ?? 0) < 210)
  const start =
    /^Only while the collector accepts and never answers \(slow\); clean while it answers \(up\)\. With agent/
  t.match(culprit?.reason, start)
  const agent = componentOf(leaks, 'agent')
  t.same(verdicts(agent), ['up clean', 'slow leak'])
  t.match(agent.reason, start)
  t.same(agent.growth, agent.backends?.[1]?.growth)
  t.same(agent.metrics, agent.backends?.[1]?.metrics)
  t.equal(
    agent.trials,
    leaks.trials.filter(({ agents }) => agents.length > 0).length,
    'its trials of all conditions',
  )
  t.match(componentOf(leaks, 'application'), { verdict: 'clean', backends: undefined })

  const clean = run(BOTH, () => 0)
  t.equal(clean.decision.verdict, 'clean')
  t.same(clean.decision.culprits, [])
  const twin = componentOf(clean, 'agent')
  t.same(verdicts(twin), ['up clean', 'slow clean'])
  t.match(twin.reason, /^Clean under every condition of the collector \(up and slow\); the largest bound/)
  t.equal(twin.growth.high, Math.max(...(twin.backends ?? []).map(({ growth }) => boundsOf(growth).high)))
})

t.test(
  'what an agent is known to keep while its collector does not answer is no leak, as long as it is within its bound',
  async t => {
    const MiB = 1024 * 1024
    const settings = (holdsBytes?: number): PlanSettings => ({
      ...BOTH,
      agents: [{ ...{ name: 'agent', requires: [] }, ...(holdsBytes === undefined ? {} : { holdsBytes }) }],
    })
    const keeps = (given: PlanSettings, under: Backend, perOperation = 1_000): Run =>
      simulatedRun(given, ({ agents, backend, id }) => ({
        curves: {
          arrayBuffers: k => (agents.length > 0 && backend === under ? (perOperation + (id % 3)) * k : 0),
        },
      }))
    const within = keeps(settings(64 * MiB), 'slow')
    t.match(componentOf(within, 'agent'), {
      verdict: 'clean',
      reason: /agent keeps what it could not send, up to 67 MB of array buffers: it had 21 MB of that/,
    })
    t.same(culprits(keeps(settings(), 'slow')), ['agent agent slow'], 'nothing is known of it')
    t.same(culprits(keeps(settings(64 * MiB), 'up')), ['agent agent up'], 'its collector answers')
    t.same(culprits(keeps(settings(64 * MiB), 'slow', 8_000)), ['agent agent slow'], 'more than that')
  },
)

t.test('a leak under every condition is one culprit, with the figures of the largest', async t => {
  const found = run(settingsFor(['up', 'down', 'slow']), (on, backend) =>
    on.length === 0 ? 0 : backend === 'down' ? 900 : 300,
  )
  t.same(culprits(found), ['agent agent up,down,slow'])
  const [culprit] = found.decision.culprits
  t.equal(culprit?.backend, 'down')
  t.ok((culprit?.growth.estimate ?? 0) > 800)
  t.match(
    culprit?.reason,
    /^It leaks under every condition of the collector \(up, down and slow\), most while it/,
  )
  t.ok(componentOf(found, 'agent').growth.estimate > 800)
})

t.test('what leaks by another metric under another condition is told with it', async t => {
  const { decision } = simulatedRun(BOTH, ({ agents: [on], backend }) => ({
    curves: {
      ...(on !== undefined && backend === 'up' ? { heap: k => 100 * k } : {}),
      ...(on !== undefined && backend === 'slow' ? { fds: k => k } : {}),
    },
  }))
  t.equal(decision.culprits.length, 1)
  t.match(decision.culprits[0], {
    backend: 'up',
    backends: ['up', 'slow'],
    metric: 'heap',
    alsoGrows: [{ metric: 'fds', growth: { estimate: 1 } }],
  })
})

t.test('not settled under one condition', async t => {
  const outcome = { kind: 'crashed', exitCode: 1, signal: null, message: 'ECONNREFUSED' } as const
  const random = mulberry32(5)
  const { decision, trials } = simulatedRun(settingsFor(['up', 'down']), ({ agents, backend }) => ({
    ...heapOf(2, random),
    ...(agents.length > 0 && backend === 'down' ? { outcome } : {}),
  }))
  t.equal(decision.verdict, 'inconclusive')
  const agent = componentOf({ decision }, 'agent')
  t.same(verdicts(agent), ['up clean', 'down inconclusive'])
  t.match(agent, {
    verdict: 'inconclusive',
    reason:
      /^Not settled while the collector refuses connections \(down\); clean while it answers \(up\)\. Too many trials of agent failed/,
  })
  const failed = decision.warnings.filter(({ code }) => code === 'TRIAL_FAILED')
  t.equal(failed.length, 2)
  t.match(failed[0], { backend: 'down', agents: ['agent'], message: /crashed .* \(collector: down\)$/ })

  const cut = inWords(overBudget(decide(trials, settingsFor(['up', 'down'])), 100))
  t.match(componentOf({ decision: cut }, 'agent'), {
    reason: /^budgetMs \(100 ms\) was spent/,
    backends: [{ reason: /^With agent/ }, { reason: /^budgetMs \(100 ms\) was spent/ }],
  })

  const nothing = componentOf({ decision: decideInWords([], settingsFor(['up', 'slow', 'error'])) }, 'agent')
  t.match(nothing.reason, /^Not settled under every condition|^Not settled under/)
  t.match(nothing.reason, 'While the collector answers with errors (error): No trial of agent')
})

t.test('a leak beside a condition that is not settled is not said to be the only one', async t => {
  const outcome = { kind: 'crashed', exitCode: 1, signal: null, message: 'x' } as const
  const { decision } = simulatedRun(settingsFor(['up', 'down', 'slow']), ({ agents, backend }) => ({
    curves: { heap: k => (agents.length > 0 && backend === 'slow' ? 300 * k : 0) },
    ...(agents.length > 0 && backend === 'down' ? { outcome } : {}),
  }))
  t.equal(decision.verdict, 'leak')
  t.match(
    decision.culprits[0]?.reason,
    /^Shown while the collector accepts and never answers \(slow\); not settled while it refuses connections \(down\); clean while it answers \(up\)\./,
  )
})

t.test('the application is judged once and named once', async t => {
  const { decision } = run(settingsFor(['slow', 'up', 'error']), () => 500)
  const own = decision.culprits.filter(({ kind }) => kind === 'application')
  t.equal(own.length, 1)
  t.match(own[0], { agents: [], backend: 'slow', backends: ['slow', 'up', 'error'] })
  t.match(componentOf({ decision }, 'application').reason, /^In the application alone/)
  t.equal(componentOf({ decision }, 'agent').verdict, 'clean')

  const outcome = { kind: 'crashed', exitCode: 1, signal: null, message: 'x' } as const
  let crashes = 0
  const warned = simulatedRun(BOTH, ({ agents }) => ({
    curves: {},
    ...(agents.length === 0 && crashes++ === 0 ? { outcome } : {}),
  }))
  const failed = warned.decision.warnings.filter(({ code }) => code === 'TRIAL_FAILED')
  t.match(failed, [{ agents: [], message: /^trial 1 of the application alone crashed/ }])
  t.equal(failed.length, 1)
  t.notMatch(failed[0]?.message, 'collector')
  t.equal(failed[0]?.backend, undefined)
})

t.test('agents that leak together under one condition', async t => {
  for (const names of [
    ['a', 'b', 'c'],
    ['a', 'b', 'c', 'd', 'e', 'f'],
  ]) {
    const settings = settingsFor(['up', 'slow'], { strategy: names.length > 4 ? 'halving' : 'each' }, names)
    const one = run(settings, (on, backend) =>
      backend === 'slow' && on.includes('a') && on.includes('c') ? 300 : 0,
    )
    t.same(culprits(one), ['interaction a+c slow'])
    t.match(
      one.decision.culprits[0]?.reason,
      /^Only while the collector accepts and never answers \(slow\); clean while it answers \(up\)\..*Alone none/,
    )
    const both = run(settings, on => (on.includes('a') && on.includes('c') ? 300 : 0))
    t.same(culprits(both), ['interaction a+c up,slow'])
    t.match(both.decision.culprits[0]?.reason, /^They leak under every condition/)
    const mixed = run(settings, (on, backend) =>
      on.includes('a') && (backend === 'up' || on.includes('c')) ? 300 : 0,
    )
    t.same(culprits(mixed), ['agent a up', 'interaction a+c slow'])
    const lone = run(settings, only('slow', 300, 'b'))
    t.same(culprits(lone), ['agent b slow'], `${names.length} agents`)
    for (const name of names.filter(other => other !== 'b')) t.equal(componentOf(lone, name).verdict, 'clean')
  }
})

t.test('sets that were tried under some conditions only', async t => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const { decision } = run(
    settingsFor(['up', 'slow'], { strategy: 'halving' }, names),
    only('slow', 300, 'b'),
  )
  t.same(decision.sets.exercised, ['all agents together'])
  t.equal(decision.sets.notExercised.length, 2)
  for (const line of decision.sets.notExercised) t.match(line, /\(collector: (up|slow)\)$/)
})

t.test('one plan for all conditions, the baseline launched once', async t => {
  const settings = settingsFor(['up', 'down', 'slow'], {}, ['a', 'b'])
  const plan = (trials: readonly TrialRecord[]): readonly PlannedTrial[] =>
    nextTrials(decideInWords(trials, settings), trials, settings)
  const name = ({ agents, backend }: PlannedTrial): string => `${agents.join('+')} ${backend}`
  const first = plan([])
  t.match(first[0], { id: 1, agents: [], backend: 'up' })
  t.same(plan([]), first)
  const block = first.slice(0, 10).map(name).sort()
  const arms = ['a', 'b', 'a+b'].flatMap(on => ['up', 'down', 'slow'].map(backend => `${on} ${backend}`))
  t.same(block, [' up', ...arms].sort(), 'a block has one of every arm')
  t.same(first.slice(10, 20).map(name).sort(), block)
  const baselines = first.filter(({ agents }) => agents.length === 0)
  t.ok(baselines.every(({ backend }) => backend === 'up'))
  t.equal(first.length, forecast(settings).clean)

  const clean = run(settings, () => 0)
  t.equal(clean.trials.length, forecast(settings).clean)
  const leak = run(settingsFor(['up', 'slow']), on => (on.length > 0 ? 500 : 0))
  t.equal(leak.trials.length, forecast(BOTH).oneLeak)
  t.same(
    leak.trials
      .filter(({ purpose }) => purpose === 'retention')
      .map(({ backend }) => backend)
      .sort(),
    ['slow', 'up'],
    'an idle check a condition',
  )
  const six = ['a', 'b', 'c', 'd', 'e', 'f']
  const halved = settingsFor(['up', 'slow'], { strategy: 'halving' }, six)
  t.equal(run(halved, () => 0).trials.length, forecast(halved).clean)
})

t.test('an agent that releases what it holds asks the baseline once as well', async t => {
  const { trials, decision } = simulatedRun(BOTH, ({ agents }) => ({
    curves: { heap: k => (agents.length > 0 ? 300 * k : 0) },
    ...(agents.length > 0 ? { retained: { heap: 5_000_000 } } : {}),
  }))
  t.equal(decision.verdict, 'clean')
  const idle = trials.filter(({ purpose, agents }) => purpose === 'retention' && agents.length === 0)
  t.equal(idle.length, 1)
})

t.test('conditions of one are as ever', async t => {
  const plain = settingsFor(['up'])
  const { backends, ...without } = plain
  t.same(backends, ['up'])
  const some = run(plain, on => (on.length > 0 ? 100 : 0))
  t.same(decideInWords(some.trials, without), some.decision)
  t.equal(componentOf(some, 'agent').backends, undefined)
  t.match(some.decision.culprits[0], { backend: 'up', backends: ['up'] })
  t.notMatch(some.decision.culprits[0]?.reason, 'collector')
  const slow = run(settingsFor(['slow']), on => (on.length > 0 ? 100 : 0))
  t.match(slow.decision.culprits[0], { backend: 'slow', backends: ['slow'] })
  t.ok(slow.trials.every(({ backend }) => backend === 'slow'))
})

t.test('the same trials give the same bytes in whatever order they are listed', async t => {
  const settings = settingsFor(['up', 'slow', 'error'], {}, ['a', 'b'])
  const { trials, decision } = run(
    settings,
    (on, backend) => (backend !== 'up' && on.includes('a') ? 300 : 0) + (on.includes('b') ? 12 : 0),
  )
  const bytes = JSON.stringify(decision)
  for (let seed = 0; seed < 10; seed++) {
    t.equal(JSON.stringify(decideInWords(shuffle([...trials], mulberry32(seed)), settings)), bytes)
  }
  t.equal(JSON.stringify(decideInWords(JSON.parse(JSON.stringify(trials)) as TrialRecord[], settings)), bytes)
})

t.test(
  'harmless agents under three conditions are accused no more often than the error rate says',
  async t => {
    const runs = 24
    const errorRate = 0.2
    const backends: readonly Backend[] = ['up', 'down', 'slow']
    const accusedOf = (settings: PlanSettings, bytes: number): { accused: number; clean: number } => {
      let [accused, clean] = [0, 0]
      for (let seed = 0; seed < runs; seed++) {
        const random = mulberry32(7919 * seed + 13)
        const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
        // Growth at the very threshold, with noise of the size of the threshold: the worst that is harmless.
        const { decision } = simulatedRun({ ...settings, seed }, ({ agents }) => {
          const slope = 16 * normal() + (agents.length > 0 ? bytes : 0)
          return { curves: { heap: k => slope * k + 8_000 * normal() } }
        })
        if (decision.verdict === 'leak') accused++
        if (decision.verdict === 'clean') clean++
      }
      return { accused, clean }
    }
    const three = settingsFor(backends, { errorRate, retentionMs: 0 }, ['a', 'b'])
    const deviation = Math.sqrt(runs * errorRate * (1 - errorRate))
    const worst = accusedOf({ ...three, together: false }, 16)
    t.ok(worst.accused <= runs * errorRate + 2 * deviation, `${worst.accused} of ${runs} at the threshold`)
    const none = accusedOf(three, 0)
    t.ok(none.accused <= (runs * errorRate) / 2, `${none.accused} of ${runs} that add nothing`)
  },
)

t.test('trials of another arm change nothing of a condition', async t => {
  const clean = run(BOTH, () => 0)
  const before = componentOf(clean, 'agent')
  const planned = { id: 900, agents: ['agent'], backend: 'slow', purpose: 'measure', operations: N } as const
  const after = (slope: number): Component['backends'] => {
    const more = [900, 901, 902].map(id =>
      simulatedTrial({ ...planned, id }, { curves: { heap: k => slope * k } }),
    )
    return componentOf({ decision: decideInWords([...clean.trials, ...more], BOTH) }, 'agent').backends
  }
  t.equal(after(100)?.[1]?.verdict, 'clean', 'an earlier look stands')
  const contradicted = after(900)
  t.same(contradicted?.[0], before.backends?.[0], 'the collector that answers')
  t.match(contradicted?.[1], { verdict: 'inconclusive', reason: /in trial 900 of agent the heap grows by/ })
})

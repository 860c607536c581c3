import t from 'tap'
import { signsOfLife } from '../../lib/decide/components/signs-of-life.js'
import type { PlanSettings } from '../../lib/decide/next/next-launches.js'
import type { CollectorRecord, Component, PlannedTrial, RunWarning } from '../../lib/types/index.js'
import { simulatedRun, simulatedTrial, type Behaviour } from '../support/simulated-trial.js'

const SETTINGS: PlanSettings = {
  agents: [{ name: 'agent', requires: [], loads: 'package' }],
  operations: 20_480,
  threshold: 16,
  errorRate: 0.05,
  unit: 'operation',
  retentionMs: 0,
  seed: 1,
}

const NODE = { 'listener of process for exit': 2, timer: 1 }
const NOTHING = {
  ...{ requests: 0, bytes: 0, protocols: [], unreadable: 0 },
  items: { entries: 0, spans: 0, errors: 0, metrics: 0, logs: 0 },
}
const collector = (requests: number, elsewhere = false): CollectorRecord => ({
  ...{ agent: 'agent', elsewhere, beforeLoad: NOTHING },
  atEnd: { ...NOTHING, requests },
})

interface Told {
  readonly component: Component | undefined
  readonly inert: readonly RunWarning[]
}

/** What is said of an agent that goes like this beside an application alone that nobody patched. */
const told = (
  agent: Partial<Behaviour>,
  {
    alone = { signs: NODE },
    settings = SETTINGS,
  }: { alone?: Partial<Behaviour>; settings?: PlanSettings } = {},
): Told => {
  const { decision } = simulatedRun(settings, ({ agents }) => ({
    ...{ curves: {} },
    ...(agents.length > 0 ? agent : alone),
  }))
  return {
    component: decision.components.find(({ name }) => name === 'agent'),
    inert: decision.warnings.filter(({ code }) => code === 'AGENT_INERT'),
  }
}

t.test('without a sign of life an agent is not clean, with one it is', async t => {
  const { component, inert } = told({ signs: NODE })
  t.equal(component?.verdict, 'inconclusive')
  t.match(component?.reason, /^It would be called clean, but agent was loaded and left no sign of life/)
  t.match(component?.reason, /agents: \['\.\/start-agent\.cjs'\]/, 'says what to write')
  t.match(inert, [{ downgrades: true, agents: ['agent'] }])

  const alive: Readonly<Record<string, Partial<Behaviour>>> = {
    'a function that is patched': { signs: { ...NODE, 'http.request patched': 1 } },
    'one timer more': { signs: { ...NODE, timer: 2 } },
    'something open': { signs: NODE, resources: () => ({ FSEventWrap: 1 }) },
    'one descriptor more': { signs: NODE, curves: { fds: () => 1 } },
    'a report': { signs: NODE, collectors: [collector(1)] },
  }
  for (const [name, agent] of Object.entries(alive)) {
    const { component, inert } = told(agent)
    t.equal(component?.verdict, 'clean', name)
    t.strictSame(inert, [], name)
  }
})

t.test('what the application has by itself is no sign', async t => {
  const signs = { ...NODE, 'fs.open patched': 1, 'global seen': 1 }
  t.equal(told({ signs }, { alone: { signs } }).component?.verdict, 'inconclusive')
  const both = { signs: NODE, resources: () => ({ TCPServerWrap: 1 }) }
  t.equal(told(both, { alone: both }).component?.verdict, 'inconclusive')
})

t.test('globals that a package leaves where it is only loaded are no sign; those of a file are', async t => {
  const signs = { ...NODE, 'global Symbol(agent.store)': 1, 'further global': 3 }
  t.equal(told({ signs }).component?.verdict, 'inconclusive')
  const settings = { ...SETTINGS, agents: [{ name: 'agent', requires: [], loads: 'file' as const }] }
  t.equal(told({ signs }, { settings }).component?.verdict, 'clean')
})

t.test('where it is not known, nothing is said', async t => {
  t.strictSame(told({}, { alone: {} }).inert, [], 'journals of earlier versions')
  t.strictSame(told({}).inert, [], 'not of the agent')
  t.strictSame(told({ signs: NODE }, { alone: {} }).inert, [], 'not of the application alone')
  t.equal(told({}, { alone: {} }).component?.verdict, 'clean')
})

t.test('an agent that leaks leaks, whatever was seen of it', async t => {
  const { component } = told({ signs: NODE, curves: { heap: k => 500 * k } })
  t.equal(component?.verdict, 'leak')
})

t.test('the sentence fits what was loaded', async t => {
  const reason = (
    agent: { name?: string; loads?: 'package' | 'file' | 'nothing' },
    behaviour = {},
  ): string => {
    const settings = { ...SETTINGS, agents: [{ name: 'agent', requires: [], ...agent }] }
    return told({ signs: NODE, ...behaviour }, { settings })
      .inert.map(({ message }) => message)
      .join()
  }
  t.match(reason({ name: '@scope/agent@1.2.0', loads: 'package' }), /'\.\/start-scope-agent\.cjs'/)
  t.match(reason({ loads: 'file' }), /globalThis\.started = true/)
  t.match(reason({ loads: 'nothing' }), /^agent loads no file, and its settings left no sign of life/)
  const silent = /and nothing reached its collector/
  t.match(reason({}, { collectors: [collector(0)] }), silent)
  t.notMatch(reason({}, { collectors: [collector(0, true)] }), silent, 'nothing is counted elsewhere')
  t.notMatch(reason({}), silent)
})

t.test('only what every trial with the agent has counts', async t => {
  const trial = (id: number, agents: string[], signs: Behaviour['signs']) => {
    const planned: PlannedTrial = { id, agents, backend: 'up', purpose: 'measure', operations: 1_024 }
    return simulatedTrial(planned, { curves: {}, ...(signs && { signs }) })
  }
  const alone = [trial(1, [], { timer: 1 }), trial(2, [], { timer: 3 })]
  const of = (...counts: number[]) =>
    signsOfLife(
      counts.map((timer, index) => trial(index + 3, ['a'], { timer })),
      alone,
    )
  t.strictSame(of(3, 5), [], 'the application alone has as many at times')
  t.strictSame(of(5, 4), [{ what: 'timer', more: 1 }])
  t.strictSame(of(), null)
  t.strictSame(signsOfLife([trial(3, ['a'], undefined)], alone), null)
})

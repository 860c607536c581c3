import t from 'tap'
import { eventLines } from '../../lib/cli/progress/event-lines.js'
import { liveLines } from '../../lib/cli/progress/live-lines.js'
import { openProgress } from '../../lib/cli/progress/open-progress.js'
import { afterEvent, INITIAL_STATE, share } from '../../lib/cli/progress/progress-state.js'
import type { PlannedTrialInfo, RunEvent, TrialRecord } from '../../lib/types.js'
import { trial } from '../report/support/trials.js'
import { fakeContext, type FakeContext } from './support/fake-context.js'
import { Screen } from './support/screen.js'

const plan: readonly PlannedTrialInfo[] = [
  { id: 1, agents: [], backend: 'up', purpose: 'measure', operations: 5120 },
  { id: 2, agents: ['audit'], backend: 'up', purpose: 'measure', operations: 5120 },
]
const [baseline, audit] = plan as [PlannedTrialInfo, PlannedTrialInfo]
const check: PlannedTrialInfo = {
  id: 3,
  agents: ['audit'],
  backend: 'up',
  purpose: 'retention',
  operations: 5120,
}

function record(
  { id, agents }: PlannedTrialInfo,
  outcome: TrialRecord['outcome'] = { kind: 'completed' },
): TrialRecord {
  return trial({ id, agents, operations: 5120, startBytes: 5_000_000, heapPerOperation: 1000, outcome })
}

function sampleEvents(info: PlannedTrialInfo): RunEvent[] {
  return record(info).samples.map(sample => ({ type: 'trial-sample', trial: info, sample }))
}

const events: readonly RunEvent[] = [
  {
    type: 'plan',
    trials: plan,
    expectedMs: null,
    sets: [
      { agents: [], backend: 'up', why: 'baseline' },
      { agents: ['audit'], backend: 'up', why: 'alone' },
    ],
    forecast: { clean: 4, oneLeak: 5 },
  },
  { type: 'trial-start', trial: baseline },
  { type: 'trial-ready', trial: baseline, url: 'http://127.0.0.1:1' },
  ...sampleEvents(baseline),
  { type: 'trial-end', trial: baseline, record: record(baseline) },
  { type: 'warning', warning: { code: 'NOISY', message: 'audit is noisy', downgrades: false } },
  { type: 'verdict', component: 'application', verdict: 'clean', reason: 'at most 5 B' },
  { type: 'trial-start', trial: audit },
  ...sampleEvents(audit).slice(0, 4),
]
const ending: readonly RunEvent[] = [
  {
    type: 'trial-end',
    trial: audit,
    record: record(audit, { kind: 'out-of-memory', message: 'heap limit' }),
  },
  { type: 'plan', trials: [check], expectedMs: 40_000, sets: [], forecast: { clean: 4, oneLeak: 5 } },
  { type: 'trial-start', trial: check },
  { type: 'verdict', component: 'audit', verdict: 'leak', reason: 'it grows' },
]

t.test('plain lines where there is no terminal', t => {
  const context = fakeContext(() => Promise.reject(new Error('not used')))
  const progress = openProgress(context)
  for (const event of [...events, ...ending]) progress.event(event)
  progress.note('a note')
  progress.close()
  t.equal(
    context.stderr.text,
    `plan: no agents and the agent; 4 trials if nothing leaks, about 5 if one agent leaks
trial 1: no agents, 5,120 operations ...
trial 1: no agents, heap 5.0 MB to 10.1 MB, 20 s
warning: audit is noisy (NOISY)
application: clean
trial 2: audit, 5,120 operations ...
trial 2: audit, out of memory after 20 s: heap limit
trial 3: audit, idle check, 5,120 operations ...
audit: LEAK
a note
`,
  )
  t.end()
})

function terminal(
  change: Partial<FakeContext['stderr']> = {},
  env: Record<string, string> = {},
): FakeContext {
  const context = fakeContext(() => Promise.reject(new Error('not used')))
  Object.assign(context.stderr, { isTTY: true, columns: 90, rows: 30, ...change })
  context.env = env
  return context
}

t.test('a few redrawn lines on a terminal', t => {
  const context = terminal({}, { NO_COLOR: '1' })
  const progress = openProgress(context)
  const screen = new Screen()
  const feed = (): string[] => screen.feed(context.stderr.writes.splice(0).join(''))
  t.strictSame(feed(), ['[------------------------] preparing, 0 s'])
  for (const event of events) {
    progress.event(event)
    t.ok(context.stderr.writes.length <= 1, 'one write an event')
    feed()
  }
  t.strictSame(feed(), [
    'plan: no agents and the agent; 4 trials if nothing leaks, about 5 if one agent leaks',
    'trial 1: no agents, heap 5.0 MB to 10.1 MB, 20 s',
    'warning: audit is noisy (NOISY)',
    'application: clean',
    '[##################------] 1 of 2 trials done, 0 s',
    'trial 2: audit, 2,560 of 5,120 operations, heap 7.6 MB (+2.6 MB)',
    'decided: application clean',
  ])
  t.equal(screen.cursorHidden, true)
  for (const event of ending) progress.event(event)
  t.strictSame(feed().slice(4), [
    'trial 2: audit, out of memory after 20 s: heap limit',
    'audit: LEAK',
    '[################--------] 2 of 3 trials done, 0 s, about 40 s left',
    'trial 3: audit, idle check, starting, 0 s',
    'decided: application clean, audit LEAK',
  ])
  progress.note('stopping')
  progress.close()
  progress.close()
  t.strictSame(feed().slice(5), ['audit: LEAK', 'stopping'], 'nothing redrawn is left')
  t.equal(screen.cursorHidden, false)
  t.equal(context.signals.listenerCount('exit'), 0)
  t.end()
})

t.test('the cursor comes back when the process ends in the middle', t => {
  const context = terminal()
  openProgress(context)
  context.signals.emit('exit')
  t.ok(context.stderr.text.endsWith('\u001B[?25h'))
  t.end()
})

t.test('narrow and low terminals', t => {
  const context = terminal({ columns: 30, rows: 3 }, { NO_COLOR: '1' })
  const progress = openProgress(context)
  const screen = new Screen()
  for (const event of events) progress.event(event)
  const lines = screen.feed(context.stderr.text).slice(-2)
  t.strictSame(lines, ['1 of 2 trials done, 0 s', 'trial 2: audit, 2,560 of 5,1~'])
  progress.close()
  for (const columns of [10, 40, 60, 79]) {
    const state = events.reduce((before, event) => afterEvent(before, event, 0), INITIAL_STATE)
    t.ok(liveLines(state, 0, 61_000, columns).every(line => line.length <= columns))
  }
  t.end()
})

t.test('colours', t => {
  const coloured = terminal()
  const progress = openProgress(coloured)
  for (const event of ending) progress.event(event)
  progress.close()
  t.match(coloured.stderr.text, '\u001B[31maudit: LEAK\u001B[39m')
  const dumb = terminal({}, { TERM: 'dumb' })
  const plain = openProgress(dumb)
  plain.note('x')
  plain.close()
  t.equal(dumb.stderr.text, 'x\n')
  t.end()
})

t.test('state', t => {
  t.equal(share(INITIAL_STATE), 0)
  const [first] = sampleEvents(baseline)
  if (first === undefined) throw new Error('a trial has samples')
  t.equal(afterEvent(INITIAL_STATE, first, 0), INITIAL_STATE, 'a sample of an unknown trial')
  const started = afterEvent(INITIAL_STATE, { type: 'trial-start', trial: baseline }, 0)
  t.equal(started.planned.size, 1)
  const ready = afterEvent(started, { type: 'trial-ready', trial: baseline, url: null }, 0)
  t.match(liveLines(ready, 0, 0, 90)[1], 'trial 1: no agents, 0 of 5,120 operations')
  t.end()
})

t.test('trials and the plan name the condition of the collector', async t => {
  const slow: PlannedTrialInfo = { ...audit, backend: 'slow' }
  const text = (event: RunEvent): string | undefined => eventLines(event, false)[0]?.text
  t.equal(text({ type: 'trial-start', trial: slow }), 'trial 2: audit (collector slow), 5,120 operations ...')
  const sets = [
    { agents: [], backend: 'up', why: 'baseline' },
    { agents: ['audit'], backend: 'up', why: 'alone' },
    { agents: ['audit'], backend: 'slow', why: 'alone' },
  ] as const
  t.equal(
    text({ type: 'plan', trials: plan, expectedMs: null, sets, forecast: { clean: 7, oneLeak: 9 } }),
    'plan: no agents and the agent, with the collector up and slow; 7 trials if nothing leaks, about 9 if one agent leaks',
  )
})

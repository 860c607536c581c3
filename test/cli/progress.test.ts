import t from 'tap'
import { isCi, wantsColour } from '../../lib/cli/context.js'
import { eventLine, growthInShort, heapSize, perSecond } from '../../lib/cli/progress/event-lines.js'
import { liveLines, timeLeftMs } from '../../lib/cli/progress/live-lines.js'
import { openProgress, plainLines, progressMode } from '../../lib/cli/progress/open-progress.js'
import { afterEvent, INITIAL_STATE, share } from '../../lib/cli/progress/progress-state.js'
import type { FirstAnswers, PlannedTrial, RunEvent, TrialRecord } from '../../lib/types/index.js'
import { trial } from '../report/support/trials.js'
import { bytes } from '../report/support/sample-reports.js'
import { fakeContext, type FakeContext } from './support/fake-context.js'
import { Screen } from './support/screen.js'

const plan: readonly PlannedTrial[] = [
  { id: 1, agents: [], backend: 'up', purpose: 'measure', operations: 5120 },
  { id: 2, agents: ['audit'], backend: 'up', purpose: 'measure', operations: 5120 },
]
const [baseline, audit] = plan as [PlannedTrial, PlannedTrial]
const check: PlannedTrial = {
  id: 3,
  agents: ['audit'],
  backend: 'up',
  purpose: 'retention',
  operations: 5120,
}

function record(
  { id, agents }: PlannedTrial,
  outcome: TrialRecord['outcome'] = { kind: 'completed' },
): TrialRecord {
  return trial({ id, agents, operations: 5120, startBytes: 5_000_000, heapPerOperation: 1000, outcome })
}

const answered = (
  trial: PlannedTrial,
  answers: Partial<FirstAnswers>,
): Extract<RunEvent, { type: 'first-answers' }> => ({
  type: 'first-answers',
  trial,
  answers: {
    driven: { url: 'http://127.0.0.1:3000', openedBy: 'server.cjs', process: null, others: [] },
    ...{ byStatus: { 200: 4 }, firstMs: 4, refused: null, reported: {}, expectedMs: 2_048 },
    ...answers,
  },
})

t.test('the first answers say which server is driven, and what is wrong with them', async t => {
  const line = (trial: PlannedTrial, answers: Partial<FirstAnswers>): string | undefined =>
    eventLine(answered(trial, answers))?.text
  t.equal(line(baseline, {}), 'trial 1: http://127.0.0.1:3000 (server.cjs) answered 200 (4 times)')
  t.equal(line(audit, {}), undefined, 'said once')
  t.match(
    line(baseline, { firstMs: 510, expectedMs: 240_000 }),
    /200 \(4 times\); the first answer took 0\.5 s: if all do, a trial takes at least 4 min$/,
  )
  t.match(
    line(audit, { byStatus: { 302: 4 }, refused: 'every answer was a redirect (302) to /login' }),
    /302 \(4 times\); every answer was a redirect/,
  )
  t.match(line(audit, { byStatus: { 503: 4 } }), /answered 503 \(4 times\)/)
  const driven = { url: 'http://127.0.0.1:3000', openedBy: null, process: null, others: ['stub.cjs'] }
  t.match(line(baseline, { driven }), /^trial 1: http:\S+:3000, not stub\.cjs answered/)
})

function sampleEvents(info: PlannedTrial): RunEvent[] {
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
  {
    type: 'estimate',
    components: [
      { component: 'application', verdict: 'clean', growth: bytes(8, 2, 14) },
      { component: 'audit', verdict: 'inconclusive', growth: bytes(971, null, null) },
      { component: 'cache', verdict: 'inconclusive', growth: bytes(0, null, null) },
    ],
  },
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
  {
    type: 'estimate',
    components: [
      { component: 'application', verdict: 'clean', growth: bytes(8, 2, 14) },
      { component: 'audit', verdict: 'leak', growth: bytes(971, 959, 984) },
    ],
  },
  { type: 'verdict', component: 'audit', verdict: 'leak', reason: 'it grows' },
]

t.test('nothing where there is no terminal, but what is noted; plain lines where they are asked for', t => {
  const silent = fakeContext(() => Promise.reject(new Error('not used')))
  const none = openProgress(silent)
  for (const event of [...events, ...ending]) none.event(event)
  none.note('a note')
  none.close()
  t.equal(silent.stderr.text, 'a note\n')

  const context = fakeContext(() => Promise.reject(new Error('not used')))
  const progress = openProgress(context, true)
  for (const event of [...events, ...ending]) progress.event(event)
  progress.note('a note')
  progress.close()
  t.equal(
    context.stderr.text,
    `plan: no agents and the agent; 4 trials if nothing leaks, about 5 if one agent
  leaks
trial 1: no agents, heap 5.0 MB to 10.1 MB, 358/s, 20 s
warning: audit is noisy (NOISY)
so far (1 of about 4 trials): audit about 971 B/op
application: clean
trial 2: audit, out of memory after 20 s: heap limit
so far (2 of about 4 trials, about 40 s left): application 8 B/op (2 to 14 B)
  clean and audit 971 B/op (959 to 984 B) LEAK
audit: LEAK
a note
`,
  )
  t.end()
})

t.test('who is shown what', t => {
  const stream = (isTTY: boolean): FakeContext['stderr'] => {
    const { stderr } = fakeContext(() => Promise.reject(new Error('not used')))
    return Object.assign(stderr, { isTTY })
  }
  const cases = [
    [true, {}, undefined, 'live'],
    [true, {}, true, 'live'],
    [true, {}, false, 'none'],
    [true, { CI: 'false' }, undefined, 'live'],
    [true, { CI: 'true' }, undefined, 'none'],
    [true, { CI: '1' }, true, 'plain'],
    [true, { TERM: 'dumb' }, undefined, 'plain'],
    [false, {}, undefined, 'none'],
    [false, {}, true, 'plain'],
    [false, { FORCE_COLOR: '1' }, undefined, 'none'],
  ] as const
  for (const [isTTY, env, asked, mode] of cases) {
    t.equal(progressMode(stream(isTTY), env, asked), mode, JSON.stringify([isTTY, env, asked]))
  }
  t.strictSame(
    [{}, { CI: '' }, { CI: '0' }, { CI: 'false' }, { CI: 'woodpecker' }].map(env => isCi(env)),
    [false, false, false, false, true],
  )
  const colours = [
    [true, {}, true],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '', TERM: 'dumb' }, false],
    [true, { CI: 'true' }, true],
    [true, { FORCE_COLOR: 'false' }, false],
    [false, {}, false],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ] as const
  for (const [isTTY, env, wanted] of colours) {
    t.equal(wantsColour(stream(isTTY), env), wanted, JSON.stringify([isTTY, env]))
  }
  t.end()
})

t.test('a run of an hour in a log: a moderate number of lines, and all that has to be told', t => {
  const lines = plainLines()
  const told: string[] = []
  const tell = (event: RunEvent, ms: number): void => {
    told.push(...lines(event, ms).map(({ text }) => text))
  }
  const trials = 720
  for (let id = 1; id <= trials; id++) {
    const info = { ...audit, id }
    const ms = id * 5000
    tell({ type: 'trial-start', trial: info }, ms - 5000)
    for (const event of sampleEvents(info)) tell(event, ms - 2000)
    const failed = id % 100 === 0
    const outcome = failed ? ({ kind: 'out-of-memory', message: 'heap limit' } as const) : undefined
    tell({ type: 'trial-end', trial: info, record: record(info, outcome) }, ms)
    tell({ type: 'warning', warning: { code: 'NOISY', message: 'audit is noisy', downgrades: false } }, ms)
    const growth = bytes(971, 900 + id / 100, 984)
    tell({ type: 'estimate', components: [{ component: 'audit', verdict: 'inconclusive', growth }] }, ms)
  }
  t.ok(told.length < 180, `${String(told.length)} lines`)
  t.ok(told.length > 100, 'two a minute')
  t.equal(told.filter(line => line.includes('out of memory')).length, 7, 'every trial that failed')
  t.equal(told.filter(line => line.startsWith('warning')).length, 1, 'a warning once')
  t.end()
})

t.test('sizes, rates and the time that is left', t => {
  t.equal(heapSize(34_240_000), '34.2 MB')
  t.equal(heapSize(1_234_000_000), '1.23 GB')
  t.equal(perSecond(5120, 8000), '640/s')
  t.equal(perSecond(3, 8000), '0.4/s')
  t.equal(perSecond(3, 0), '')
  t.equal(growthInShort(bytes(971, 959, 984)), '971 B/op (959 to 984 B)')
  t.equal(growthInShort({ ...bytes(0.5, null, null), unit: 'count/second' }), 'about 0.5/s')

  let state = INITIAL_STATE
  const after = (event: RunEvent, ms: number): number | null => {
    state = afterEvent(state, event, ms)
    return timeLeftMs(state, ms)
  }
  const planned = (clean: number, oneLeak: number): RunEvent => ({
    ...{ type: 'plan', trials: plan, expectedMs: null, sets: [], forecast: { clean, oneLeak } },
  })
  t.equal(after(planned(6, 9), 0), null, 'no trial has said how long one takes')
  t.equal(after({ type: 'trial-start', trial: baseline }, 1000), null)
  t.equal(
    after({ type: 'trial-end', trial: baseline, record: record(baseline) }, 21_000),
    100_000,
    'five of 20 s',
  )
  t.equal(after({ type: 'trial-start', trial: audit }, 21_000), 100_000)
  for (const event of sampleEvents(audit).slice(0, 4)) after(event, 31_000)
  t.equal(timeLeftMs(state, 31_000), 90_000, 'half of the second is done')
  after({ type: 'trial-end', trial: audit, record: record(audit) }, 41_000)
  const growth = bytes(971, 959, 984)
  after({ type: 'estimate', components: [{ component: 'audit', verdict: 'leak', growth }] }, 41_000)
  t.equal(after(planned(6, 9), 41_000), 140_000, 'one leaks: seven more')

  state = INITIAL_STATE
  after({ type: 'resume', trials: 4 }, 0)
  after(planned(6, 9), 0)
  t.equal(after({ type: 'trial-start', trial: baseline }, 0), null, 'earlier trials say nothing of the pace')
  t.equal(after({ type: 'trial-end', trial: baseline, record: record(baseline) }, 20_000), 20_000, 'one more')
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
  t.strictSame(feed(), ['[--------------------] preparing, 0 s'])
  for (const event of events) {
    progress.event(event)
    t.ok(context.stderr.writes.length <= 1, 'one write an event')
    feed()
  }
  t.strictSame(feed(), [
    'plan: no agents and the agent; 4 trials if nothing leaks, about 5 if one agent leaks',
    'trial 1: no agents, heap 5.0 MB to 10.1 MB, 358/s, 20 s',
    'warning: audit is noisy (NOISY)',
    'application: clean',
    '[########------------] 1 of about 4 trials, 0 s',
    'trial 2: audit, 2,560 of 5,120, 1,000/s, heap 7.6 MB (+2.6 MB)',
    '  audit        about 971 B/op',
    '  application  8 B/op (2 to 14 B), clean',
  ])
  t.equal(screen.cursorHidden, true)
  for (const event of ending) progress.event(event)
  t.strictSame(feed().slice(4), [
    'trial 2: audit, out of memory after 20 s: heap limit',
    'audit: LEAK',
    '[##########----------] 2 of about 4 trials, 0 s, about 40 s left',
    'trial 3: audit, idle check, starting, 0 s',
    '  audit        971 B/op (959 to 984 B), LEAK',
    '  application  8 B/op (2 to 14 B), clean',
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
  t.strictSame(lines, ['1 of about 4 trials, 0 s', 'trial 2: audit, 2,560 of 5,1~'])
  progress.close()
  for (const columns of [10, 40, 60, 79]) {
    const state = events.reduce((before, event) => afterEvent(before, event, 0), INITIAL_STATE)
    const lines = liveLines(state, 0, 61_000, columns)
    t.ok(lines.length >= 2)
    t.ok(lines.every(line => line.length <= columns))
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
  t.match(liveLines(ready, 0, 0, 90)[1], 'trial 1: no agents, 0 of 5,120')
  t.end()
})

t.test('trials and the plan name the condition of the collector', async t => {
  const slow: PlannedTrial = { ...audit, backend: 'slow' }
  const text = (event: RunEvent): string | undefined => eventLine(event)?.text
  t.match(
    text({ type: 'trial-end', trial: slow, record: record(slow) }),
    'trial 2: audit (collector slow), heap 5.0 MB',
  )
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

import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { IsolateLeakError } from '../../lib/errors.js'
import type { Look } from '../../lib/evidence/explain.js'
import { gatherEvidence, lookAhead, type EvidenceTools, partOf } from '../../lib/evidence/gather-evidence.js'
import { keptSnapshots } from '../../lib/evidence/run-evidence.js'
import { lookOf } from '../../lib/evidence/look-of.js'
import type { Captured } from '../../lib/trial/types.js'
import type { Culprit, PlannedTrial, TrialRecord } from '../../lib/types/index.js'
import type { DecisionSettings } from '../../lib/types/decision-settings.js'
import { simulatedTrial } from '../support/simulated-trial.js'

const operations = 20_480

const culpritOf = (agents: readonly string[], more: Partial<Culprit> = {}): Culprit => ({
  kind: agents.length === 0 ? 'application' : 'agent',
  agents,
  metric: 'heap',
  growth: { estimate: 10_000, low: 9_900, high: 10_100, unit: 'bytes/operation' },
  ...{ backend: 'up', backends: ['up'], alsoGrows: [], reason: '' },
  ...more,
})

const trialsOf = (...sets: readonly (readonly string[])[]): TrialRecord[] =>
  sets.map((agents, index) => ({
    ...simulatedTrial(
      { id: index + 1, agents, backend: 'up', purpose: 'measure', operations },
      { curves: { heap: n => 10_000 * n } },
    ),
    holdMs: agents.length * 1000,
  }))

const nothingSeen: Look = { heap: null, allocations: [], resources: [], files: [], notes: [] }

interface Asked {
  readonly planned: PlannedTrial
  readonly points: readonly number[]
  readonly part: string | null
  readonly holdMs: number | null
}

const toolsOf = (
  more: Partial<EvidenceTools> = {},
  look: (planned: PlannedTrial) => Look = () => nothingSeen,
): EvidenceTools & { readonly asked: Asked[] } => {
  const asked: Asked[] = []
  return {
    asked,
    look: async (planned, points, part, holdMs) => {
      asked.push({ planned, points, part, holdMs })
      return look(planned)
    },
    beside: () => false,
    folders: agents => agents.map(name => `/srv/node_modules/${name}`),
    about: ({ agents }) => ({ name: agents.join(' and '), node: '20.20.2', workload: 'GET /' }),
    settings: {
      ...{ operations, unit: 'operation' },
      agents: ['tracer', 'core', 'log'].map(name => ({
        name,
        requires: name === 'tracer' ? ['core'] : [],
      })),
    } as unknown as DecisionSettings,
    secrets: ['planted-secret'],
    deadlineMs: Infinity,
    ...more,
  }
}

t.test('a trial of the culprit and one of its counterpart', async t => {
  const trials = trialsOf([], ['core'], ['tracer', 'core'], ['log'], ['tracer', 'core', 'log'])
  const tools = toolsOf()
  const [line, ...more] = await gatherEvidence([culpritOf(['tracer'])], trials, tools)
  t.strictSame(more, [])
  const planned = { backend: 'up', purpose: 'evidence', operations: 2118 } as const
  t.strictSame(tools.asked, [
    {
      planned: { id: 6, agents: ['tracer', 'core'], ...planned },
      ...{ points: [1280, 1699, 2118], part: null, holdMs: 2000 },
    },
    {
      planned: { id: 7, agents: ['core'], ...planned },
      ...{ points: [1280, 1699, 2118], part: null, holdMs: 1000 },
    },
  ])
  t.match(line, {
    ...{ type: 'evidence', warnings: [] },
    culprit: { kind: 'agent', agents: ['tracer'], metric: 'heap', backend: 'up' },
    evidence: { held: null, pointsAtCulprit: null },
  })
})

t.test('the counterpart is looked at beside the culprit, or after it where only one may run', async t => {
  for (const isBeside of [true, false]) {
    const order: string[] = []
    const tools: EvidenceTools = {
      ...toolsOf(),
      beside: () => isBeside,
      look: async ({ agents }) => {
        order.push(`begin ${agents.join('+')}`)
        await new Promise(resolve => setTimeout(resolve, 20))
        order.push(`end ${agents.join('+')}`)
        return nothingSeen
      },
    }
    const [line] = await gatherEvidence([culpritOf(['log'])], trialsOf([], ['log']), tools)
    t.ok(line?.evidence)
    t.strictSame(
      order,
      isBeside ? ['begin log', 'begin ', 'end log', 'end '] : ['begin log', 'end log', 'begin ', 'end '],
    )
  }
})

t.test(
  'who is accused is looked at ahead, under numbers of its own, and what fails there fails nobody',
  async t => {
    const tools = toolsOf({ beside: () => true }, ({ agents }) => {
      if (agents.length > 0) throw new Error('the port was taken')
      return nothingSeen
    })
    await lookAhead([culpritOf(['log']), culpritOf(['core'])], trialsOf([], ['log'], ['core']), tools)
    t.strictSame(
      tools.asked.map(({ planned }) => [planned.id, planned.agents.join()]),
      [
        [10_001, 'log'],
        [10_002, ''],
        [10_003, 'core'],
        [10_004, ''],
      ],
    )
    const late = toolsOf({ deadlineMs: -1 })
    await lookAhead([culpritOf(['log'])], trialsOf([], ['log']), late)
    t.strictSame(late.asked, [], 'not after the budget of the run')
  },
)

t.test('the application has no counterpart; another condition has its own trials', async t => {
  const tools = toolsOf()
  const slow = culpritOf(['log'], { backend: 'slow' })
  const lines = await gatherEvidence([culpritOf([]), slow], trialsOf([], ['log']), tools)
  t.equal(lines.length, 2)
  t.match(
    tools.asked.map(({ planned, holdMs }) => ({ ...planned, holdMs })),
    [
      { id: 3, agents: [], backend: 'up', holdMs: 0 },
      { id: 4, agents: ['log'], backend: 'slow', holdMs: null },
      { id: 5, agents: [], backend: 'up', holdMs: 0 },
    ],
  )
})

t.test('a look that fails is a warning, and the next culprit has its evidence', async t => {
  const culprits = [culpritOf(['log']), culpritOf(['core', 'log']), culpritOf([]), culpritOf(['core'])]
  const tools = toolsOf({}, ({ agents }) => {
    if (agents.join() === 'log')
      throw new IsolateLeakError('ERR_AGENT_EXITED', 'exited with token planted-secret')
    if (agents.join() === 'core,log') throw 'a thing' // eslint-disable-line @typescript-eslint/only-throw-error
    if (agents.length === 0) throw new TypeError('no')
    return nothingSeen
  })
  const trials = trialsOf([], ['log'], ['core', 'log'], ['core'])
  const lines = await gatherEvidence(culprits, trials, tools)
  t.strictSame(
    lines.slice(0, 3).map(({ evidence, warnings }) => [evidence !== null, ...warnings]),
    [
      ['log', ['log'], 'exited with token ***'],
      ['core and log', ['core', 'log'], 'a thing'],
      ['the application', [], 'no'],
    ].map(([who, agents, why]) => [
      false,
      {
        code: 'EVIDENCE_UNAVAILABLE',
        message: `What holds the memory of ${String(who)} was not found out: ${String(why)}`,
        ...{ downgrades: false, agents },
      },
    ]),
  )
  t.match(lines[3], {
    warnings: [],
    evidence: { notes: [/^There is no trial without it, so that what grows anyway is told as well: no\.$/] },
  })
  const ids = tools.asked.map(({ planned }) => planned.id)
  t.strictSame(ids, [5, 6, 7, 8, 9], 'each trial has a number of its own')
  const next = toolsOf({}, ({ agents }) => {
    if (agents.includes('log')) throw new Error('no')
    return nothingSeen
  })
  const both = await gatherEvidence([culpritOf(['log']), culpritOf(['core'])], trials, next)
  t.strictSame(
    both.map(({ evidence, warnings }) => [evidence !== null, warnings.length]),
    [
      [false, 1],
      [true, 0],
    ],
  )
})

t.test('a caller that stops is obeyed', async t => {
  const stopped = new IsolateLeakError('ERR_ABORTED', 'stopped')
  const tools = toolsOf({}, () => {
    throw stopped
  })
  const culprits = [culpritOf(['log']), culpritOf(['core'])]
  const gathered = gatherEvidence(culprits, trialsOf([], ['log'], ['core']), tools)
  await t.rejects(gathered, stopped)
  t.equal(tools.asked.length, 1)
})

t.test('no trial begins after the budget is spent', async t => {
  const tools = toolsOf({ deadlineMs: performance.now() - 1 })
  const culprits = [culpritOf(['log']), culpritOf([])]
  const lines = await gatherEvidence(culprits, trialsOf([], ['log']), tools)
  t.strictSame(tools.asked, [])
  t.match(lines, [
    {
      evidence: null,
      warnings: [{ agents: ['log'], message: /of log was .*: the budget of the run was spent$/ }],
    },
    { evidence: null, warnings: [{ agents: [], message: /of the application was not found out/ }] },
  ])
  let deadlineMs = Infinity
  const half = {
    ...toolsOf({}, () => {
      deadlineMs = performance.now() - 1
      return nothingSeen
    }),
    get deadlineMs() {
      return deadlineMs
    },
  }
  const [line] = await gatherEvidence([culpritOf(['log'])], trialsOf([], ['log']), half)
  t.equal(half.asked.length, 1, 'not the counterpart either')
  t.match(line?.evidence?.notes, [/^The budget of the run was spent before the trial without it/])
})

t.test('the part of the application that is looked at', async t => {
  const withParts = (parts: Readonly<Record<string, number>>): TrialRecord => {
    const [trial] = trialsOf(['a'])
    if (trial === undefined) throw new Error('no trial')
    return {
      ...trial,
      samples: trial.samples.map(sample => ({
        ...sample,
        parts: Object.entries(parts).map(([label, rate]) => ({
          ...{ label, pid: 1, thread: null },
          values: { ...sample.values, heap: rate * sample.operations },
        })),
      })) as unknown as TrialRecord['samples'],
    }
  }
  const trials = [
    withParts({
      'main thread': 9,
      'worker thread pool.js #1': 1,
      'worker thread pool.js #2': 5,
      'worker thread pool.js #3': 3,
      'worker thread other.js': 8,
      'child process job.js': 2,
    }),
  ]
  const partAt = (where: string): string | null => partOf(culpritOf(['a'], { where }), trials)
  t.equal(partOf(culpritOf(['a']), trials), null)
  t.equal(partAt('the main thread'), null)
  t.equal(partAt('worker thread pool.js #1'), 'worker thread pool.js #1')
  t.equal(partAt('the worker thread other.js'), 'worker thread other.js')
  t.equal(partAt('the 3 worker threads pool.js'), 'worker thread pool.js #2', 'the one that grew most')
  t.equal(partAt('the child process job.js'), 'child process job.js')
  t.equal(partAt('more and more worker threads pool.js'), null, 'what makes them is on the main thread')
  t.equal(partAt('the worker thread gone.js'), null)
  const tools = toolsOf()
  await gatherEvidence([culpritOf(['a'], { where: 'the worker thread other.js' })], trials, tools)
  t.strictSame(
    tools.asked.map(({ part }) => part),
    ['worker thread other.js', 'worker thread other.js'],
  )
})

t.test('what was captured, as it is told', async t => {
  const frame = (script: string, line: number, functionName = 'push') => ({
    ...{ script, line, column: 3, functionName },
  })
  const captured: Captured = {
    snapshots: [{ operations: 100, path: '/out/evidence/1/100.heapsnapshot', heapBytes: 1 }],
    ...{ heap: null, comparable: false, refused: 'the heap is above the limit' },
    allocations: [
      {
        bytes: 3000,
        frames: [frame('node:internal/url', 7), frame('/srv/a.js', 3, 'record'), frame('/srv/b.js', 9)],
      },
      { bytes: 1000, frames: [frame('/srv/a.js', 3, 'record')] },
      { bytes: 500, frames: [frame('/srv/a.js', 9, 'alice@example.com')] },
      { bytes: 9000, frames: [frame('node:events', 1)] },
      { bytes: 9000, frames: [] },
    ],
    resources: [
      { operations: 100, counts: [{ kind: 'socket', what: '127.0.0.1:80', count: 3 }] },
      {
        operations: 300,
        counts: [
          { kind: 'socket', what: '127.0.0.1:80', count: 13 },
          { kind: 'listener', what: 'process exit at /srv/a.js:3', count: 2 },
          { kind: 'listener', what: 'process user-4711-done at /srv/a.js:4', count: 1 },
          { kind: 'listener', what: 'process user-4712-done at /srv/a.js:4', count: 1 },
          { kind: 'descriptor', what: '/srv/uploads/alice@example.com/invoice 4711.pdf', count: 2 },
        ],
      },
    ],
  }
  const look = lookOf(captured)
  t.strictSame(look.notes, ['No heap snapshots: the heap is above the limit.'])
  t.strictSame(look.files, ['/out/evidence/1/100.heapsnapshot'])
  t.strictSame(
    look.allocations.map(site => [site.function, site.place.script, site.place.line, site.bytesPerOperation]),
    [
      ['record', '/srv/a.js', 3, 20],
      ['<17 chars>', '/srv/a.js', 9, 2.5],
    ],
    'by the innermost function that is not Node’s own',
  )
  t.strictSame(look.resources, [
    { kind: 'socket', what: '127.0.0.1:80', perOperation: 0.05 },
    { kind: 'listener', what: 'process exit at /srv/a.js:3', perOperation: 0.01 },
    { kind: 'listener', what: 'process <14 chars> at /srv/a.js:4', perOperation: 0.01 },
    { kind: 'descriptor', what: '/srv/uploads/<17 chars>/<16 chars>', perOperation: 0.01 },
  ])
  t.strictSame(lookOf({ ...captured, resources: [] }).resources, [])
  t.strictSame(lookOf({ ...captured, resources: [] }).allocations, [], 'operations are not known')
  const renumbered = lookOf({
    ...captured,
    refused: null,
    heap: { classes: [] } as unknown as Captured['heap'],
  })
  t.match(renumbered.notes, [/^V8 gave objects new numbers/])
})

t.test('where snapshots are kept', async t => {
  const planned = (id: number, ...agents: string[]): PlannedTrial => ({
    ...{ id, agents, backend: 'up', purpose: 'evidence', operations: 1 },
  })
  const isPrivate = (t: Test, folder: string): boolean =>
    t.equal(statSync(folder).mode & 0o777, 0o700, folder)
  const outDir = t.testdir()
  for (const evidence of ['none', 'summary'] as const) {
    t.equal(await keptSnapshots({ evidence, outDir })(planned(1)), null)
  }
  t.strictSame(readdirSync(outDir), [])
  const keep = keptSnapshots({ evidence: 'snapshots', outDir })
  const [first, second] = [await keep(planned(7)), await keep(planned(8, '@scope/agent', 'tracer 1.2'))]
  t.equal(first?.folder, join(outDir, 'evidence', '7-no-agents'))
  t.equal(second?.folder, join(outDir, 'evidence', '8-@scope_agent+tracer_1.2'))
  t.equal(first?.key, second?.key, 'the same names in all snapshots of a run')
  t.match(first?.key, /^[0-9a-f]{64}$/)
  isPrivate(t, join(outDir, 'evidence'))
  isPrivate(t, second?.folder ?? '')
  const raw = await keptSnapshots({ evidence: 'raw-snapshots', outDir })(planned(9))
  t.match(raw, { key: null })
  t.equal(
    (await keep(planned(7)))?.folder,
    join(outDir, 'evidence', '7-no-agents-2'),
    'nothing is overwritten',
  )
  const file = join(outDir, 'file')
  writeFileSync(file, '')
  await t.rejects(keptSnapshots({ evidence: 'snapshots', outDir: file })(planned(1)), {
    code: 'ERR_OUTPUT',
    message: /expected to keep snapshots in a new folder in .*file.evidence, got: EEXIST/,
  })
})

import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { conduct, decisionSettings } from '../../lib/conduct.js'
import type { JournalLine } from '../../lib/journal/journal-lines.js'
import { journalPath, reportFile, reportPath } from '../../lib/journal/journal.js'
import { openRun } from '../../lib/journal/open-run.js'
import { readJournal } from '../../lib/journal/read-journal.js'
import { readHistory } from '../../lib/history/file/history-file.js'
import type { Notification } from '../../lib/notify/types.js'
import { mergeRuns } from '../../lib/merge-runs.js'
import type { ResolvedOptions } from '../../lib/options/resolved.js'
import { ownArms, ownSettings, shardParts } from '../../lib/plan/shards.js'
import { reportData } from '../../lib/report/report-data.js'
import { runEnvironment } from '../../lib/report/run-environment.js'
import { runLine } from '../../lib/report/run-line.js'
import { reportText } from '../../lib/report/text.js'
import type { TrialRunner } from '../../lib/trial/trial-runner.js'
import type { Backend, ReportData, RunEnvironment } from '../../lib/types.js'
import type { ArmState, DecisionSettings } from '../../lib/verdict/types.js'
import { resolvedOptions } from '../report/support/resolved-options.js'
import { simulatedTrial } from '../support/simulated-trial.js'
import fc from '../support/seeded-fast-check.js'

const agents = ['dd-trace', 'otel', 'newrelic', 'elastic']

/** What `runExperiment` does, with simulated trials: dd-trace leaks, and with `pair` otel and elastic together. */
const simulate = async (
  options: ResolvedOptions,
  {
    leak = 400,
    pair = 0,
    cpus = 2,
    machine = 0,
  }: { leak?: number; pair?: number; cpus?: number; machine?: number } = {},
): Promise<ReportData> => {
  const settings = decisionSettings(options)
  const environment: RunEnvironment = { ...runEnvironment(options.entry), cpus }
  const fresh = runLine({ ...{ options, settings, environment, secrets: [] }, startedAt: new Date(0) })
  const open = await openRun(options, fresh)
  const runner: TrialRunner = {
    run: async (planned, finished) => {
      for (const trial of planned) {
        const both = trial.agents.includes('otel') && trial.agents.includes('elastic') ? pair : 0
        const grows = (trial.agents.includes('dd-trace') ? leak : 1) + both
        const noise = ((trial.id * 7919) % 13) * 20
        await finished(
          simulatedTrial(trial, { curves: { heap: after => after * (grows + machine) + noise } }),
        )
      }
    },
    close: async () => Promise.resolve(),
  }
  try {
    const { run, journal, resumed, elapsedMs } = open
    const conducting = { settings, known: open.trials, elapsedMs }
    const { decision, trials, spentBudgetMs } = await conduct(options, runner, journal, conducting)
    const report = reportData({ run, resumed, decision, trials, totalMs: 1234 })
    await journal.end({ type: 'end', totalMs: 1234, spentBudgetMs }, report)
    return report
  } finally {
    await open.close()
  }
}

const experiment = (backends: readonly Backend[] = ['up']): ResolvedOptions => ({
  ...resolvedOptions({ agents, backends }),
  strategy: 'each',
})

const verdicts = ({ verdict, culprits, components }: ReportData): object => ({
  verdict,
  culprits: culprits.map(({ kind, agents, metric, backends }) => ({ kind, agents, metric, backends })),
  components: components.map(({ name, verdict, conditions = [] }) => ({
    name,
    verdict,
    conditions: conditions.map(condition => [condition.backend, condition.verdict]),
  })),
})

const shardsOf = async (
  folder: string,
  count: number,
  options: ResolvedOptions,
  behaviour: { leak?: number; pair?: number } = {},
): Promise<{ folders: string[]; reports: ReportData[] }> => {
  const folders: string[] = []
  const reports: ReportData[] = []
  for (let index = 1; index <= count; index++) {
    const outDir = join(folder, `shard-${String(index)}`)
    folders.push(outDir)
    reports.push(await simulate({ ...options, shard: { index, count }, outDir }, behaviour))
  }
  return { folders, reports }
}

t.test('shards merged give the verdict of one run', async t => {
  for (const [count, backends, behaviour] of [
    [4, ['up'], {}],
    [4, ['up'], { leak: 1 }],
    [2, ['up'], {}],
    [3, ['up'], { leak: 1 }],
    [1, ['up'], {}],
    [2, ['up', 'slow'], {}],
    [4, ['up', 'slow'], {}],
    [5, ['up', 'slow'], { leak: 1 }],
    [8, ['up', 'slow'], {}],
    [2, ['up', 'slow', 'down'], { leak: 1 }],
  ] as const) {
    const options = experiment(backends)
    const whole = await simulate({ ...options, outDir: t.testdir() }, behaviour)
    const folder = t.testdir()
    const { folders, reports } = await shardsOf(folder, count, options, behaviour)
    const outDir = join(folder, 'merged')
    const { report: merged, complete } = await mergeRuns(folders.toReversed(), { outDir })
    const name = `${String(count)} shards, ${backends.join(' ')}`
    t.strictSame(verdicts(merged), verdicts(whole), name)
    t.equal(whole.verdict, 'leak' in behaviour ? 'clean' : 'leak')
    t.equal(await readFile(reportPath(outDir), 'utf8'), reportFile(merged))
    t.equal((await readJournal(journalPath(outDir))).end !== null, complete)
    t.equal(complete, 'leak' in behaviour || count <= backends.length, 'open only what needs two shards')
    t.equal(merged.options.shard, undefined)
    const named = reports.map(report => report.components.map(component => component.name))
    t.strictSame([...new Set(named.flat())].sort(), ['application', ...agents].sort())
    if (count > backends.length) t.ok(named.every(names => names.length < agents.length + 1))
    const done = complete ? merged : await simulate({ ...options, outDir, resume: true }, behaviour)
    t.strictSame(verdicts(done), verdicts(whole), `${name}, gone on with`)
    const ofAgents = ({ trials }: ReportData): number =>
      trials.filter(({ agents }) => agents.length > 0).length
    t.equal(ofAgents(done), ofAgents(whole), 'no trial more')
  }
})

t.test('the same trials in shards and in one run give the same bytes', async t => {
  const options = experiment()
  const outDir = t.testdir()
  await simulate({ ...options, outDir })
  const lines = (await readFile(journalPath(outDir), 'utf8')).trimEnd().split('\n')
  const parsed = lines.map(line => JSON.parse(line) as JournalLine)
  const settings = decisionSettings(options)
  const folders: string[] = []
  for (let index = 1; index <= 4; index++) {
    const shard = { index, count: 4 }
    const arm = (agents: readonly string[]): ArmState => ({
      ...{ agents, backend: 'up', why: 'alone', status: 'open', needs: [] },
    })
    const own = parsed.flatMap((line): JournalLine[] => {
      if (line.type === 'run') return [{ ...line, shard }]
      if (line.type !== 'trial') return [line]
      const { agents, id } = line.record
      // The trials of the application alone are anybody's.
      if (agents.length === 0) return id % 4 === index - 1 ? [line] : []
      return ownArms([arm(agents)], settings, shard).length > 0 ? [line] : []
    })
    const folder = join(outDir, `shard-${String(index)}`)
    const open = await openRun({ outDir: folder, resume: false }, own[0] as never)
    await open.close()
    await writeFile(journalPath(folder), own.map(line => `${JSON.stringify(line)}\n`).join(''))
    folders.push(folder)
  }
  const { report: merged } = await mergeRuns(folders)
  // Which machine made them is all that is added.
  const trials = merged.trials.map(({ shard, ...trial }) => {
    t.type(shard, 'number')
    return trial
  })
  t.equal(reportFile({ ...merged, trials }), await readFile(reportPath(outDir), 'utf8'))
})

t.test('what a machine does to its trials is not an agent that grows, nor hides one', async t => {
  const options = experiment()
  const folder = t.testdir()
  const folders: string[] = []
  for (const index of [1, 2, 3, 4]) {
    const outDir = join(folder, String(index))
    folders.push(outDir)
    // Every machine adds growth of its own to all of its trials: below the threshold, beyond the noise.
    await simulate(
      { ...options, shard: { index, count: 4 }, outDir },
      { leak: index === 1 ? 40 : 1, machine: index * 3 },
    )
  }
  const { report } = await mergeRuns(folders)
  t.strictSame(
    report.components.map(({ name, verdict }) => [name, verdict]),
    [['application', 'clean'], ...agents.map(name => [name, name === 'dd-trace' ? 'leak' : 'clean'])],
  )
  for (const { growth, name } of report.components.slice(2))
    t.ok(Math.abs(growth.estimate) < 1, `${name}: ${String(growth.estimate)} B/op of its own`)
})

t.test('agents that leak only together, on different machines', async t => {
  const options = experiment()
  const behaviour = { leak: 1, pair: 400 }
  const whole = await simulate({ ...options, outDir: t.testdir() }, behaviour)
  t.match(whole.culprits, [{ kind: 'interaction', agents: ['otel', 'elastic'] }])
  const folder = t.testdir()
  const { folders } = await shardsOf(folder, 4, options, behaviour)
  const outDir = join(folder, 'merged')
  const { report: merged, complete } = await mergeRuns(folders, { outDir })
  t.equal(complete, false)
  t.equal(merged.verdict, 'inconclusive', 'never clean: together they grow')
  t.match(reportText(merged), /together/)
  const done = await simulate({ ...options, outDir, resume: true }, behaviour)
  t.strictSame(verdicts(done), verdicts(whole), 'gone on with, the pair is named')

  const one = t.testdir()
  const split = { ...experiment(['up', 'slow']), outDir: null }
  const { folders: conditions } = await shardsOf(one, 2, split, behaviour)
  t.match((await mergeRuns(conditions)).report.culprits, [
    { kind: 'interaction', agents: ['otel', 'elastic'] },
  ])
})

t.test('the report of a shard is of its part, and says so', async t => {
  const { reports } = await shardsOf(t.testdir(), 4, experiment())
  const [first, second] = reports
  t.match(first, { verdict: 'leak', options: { shard: { index: 1, count: 4 } } })
  t.equal(second?.verdict, 'clean', 'what others run does not make it inconclusive')
  t.match(reportText(second as ReportData), /shard +2 of 4; the others are not in\s+this report/)
  t.match(second?.conditions.notExercised.join('\n'), /this is shard 2 of 4, isolate-leak merge judges all/)
})

t.test('a night that several machines share has one line in the history', async t => {
  const folder = t.testdir()
  const { folders } = await shardsOf(folder, 4, experiment())
  const history = join(folder, 'history')
  const told: string[] = []
  const notify = ({ event }: Notification): unknown => told.push(event)
  const { report } = await mergeRuns(folders, { history, notify })
  await t.rejects(mergeRuns(folders.slice(1), { history, notify }), { code: 'ERR_SHARD' })
  const nights = await readHistory(history)
  t.match(nights, [
    { outcome: 'finished', verdict: 'leak', startedAt: report.timings.startedAt },
    { outcome: 'failed', error: { code: 'ERR_SHARD', message: /1\/4 is missing/ } },
  ])
  t.strictSame(told, ['leak', 'failed'])
  const run = join(history, nights[0]?.run ?? 'none')
  t.equal(await readFile(reportPath(run), 'utf8'), reportFile(report))
})

t.test('what cannot be merged', async t => {
  const folder = t.testdir()
  const options = experiment()
  const { folders } = await shardsOf(folder, 4, options)
  const [one = '', two = '', three = '', four = ''] = folders
  const fails = async (given: readonly string[], code: string, message: RegExp): Promise<void> => {
    const outDir = join(folder, 'merged')
    await t.rejects(mergeRuns(given, { outDir }), { code, message }, String(message))
    await t.rejects(readFile(reportPath(outDir)), { code: 'ENOENT' })
  }
  await fails([one, two, four], 'ERR_SHARD', /expected all 4 shards, but 3\/4 is missing/)
  await fails([two], 'ERR_SHARD', /1\/4, 3\/4, 4\/4 are missing/)
  await fails([], 'ERR_SHARD', /got none/)
  await fails([one, two, three, four, one], 'ERR_SHARD', /expected shard 1\/4 once, got .*shard-1.* and /)
  await fails([one, two, three, join(folder, 'nowhere')], 'ERR_JOURNAL', /nowhere/)

  const whole = join(folder, 'whole')
  await simulate({ ...options, outDir: whole })
  await fails([one, two, three, whole], 'ERR_SHARD', /whole.* is of a whole run/)
  const other = join(folder, 'other')
  await simulate({ ...options, threshold: 99, outDir: other, shard: { index: 4, count: 4 } })
  await fails(
    [one, two, three, other],
    'ERR_SHARD',
    /settings\.threshold, options\.threshold of .* differ from/,
  )
  const half = join(folder, 'half')
  await simulate({ ...options, outDir: half, shard: { index: 2, count: 2 } })
  await fails([one, half], 'ERR_SHARD', /expected shards of 4, but .*half.* is shard 2\/2/)

  const path = journalPath(four)
  await writeFile(path, (await readFile(path, 'utf8')).split('\n').slice(0, -2).join('\n') + '\n')
  await fails(folders, 'ERR_SHARD', /expected shard 4\/4 to be finished, but .* has no end: run it again/)

  await rm(four, { recursive: true })
  await simulate({ ...options, outDir: four, shard: { index: 4, count: 4 } }, { cpus: 64 })
  const { warnings } = (await mergeRuns(folders)).report
  t.match(warnings.map(({ code, message }) => `${code} ${message}`).join('\n'), /SHARDS_DIFFER .*64 CPUs/)
})

t.test('every arm is launched by one shard, whatever is split', async t => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const all: readonly Backend[] = ['up', 'down', 'slow', 'error']
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 30 }),
      fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 3 }),
      fc.array(fc.subarray(names, { minLength: 1 }), { maxLength: 8 }),
      async (many, conditions, count, requires, sets) => {
        const backends = all.slice(0, conditions)
        const settings: DecisionSettings = {
          agents: names.slice(0, many).map((name, index) => ({
            name,
            requires: requires.flatMap(([from, to]) => {
              const needed = names[to] ?? ''
              return from === index && to < many && to !== index ? [needed] : []
            }),
          })),
          ...{ operations: 64, threshold: 16, errorRate: 0.05, unit: 'operation', retentionMs: 0, backends },
          together: true,
        }
        const parts = shardParts(settings, count)
        if (parts.length < count) return
        for (const agents of [...names.map(name => [name]), ...sets]) {
          if (!agents.every(name => names.indexOf(name) < many)) continue
          for (const backend of backends) {
            const arm: ArmState = { agents, backend, why: 'alone', status: 'open', needs: [] }
            const owners = parts.filter(
              (_, index) => ownArms([arm], settings, { index: index + 1, count }).length > 0,
            )
            t.equal(owners.length, 1)
            if (!t.passing()) throw new Error(JSON.stringify({ settings, agents, backend, parts }))
          }
        }
        for (let index = 1; index <= count; index++) {
          const own = ownSettings(settings, { index, count })
          const hypotheses = (of: DecisionSettings): number =>
            (of.agents.length + (of.together === true && of.agents.length > 1 ? 2 : 0) + (of.others ?? 0)) *
            (of.backends ?? []).length
          if (hypotheses(own) < hypotheses(settings)) throw new Error('the error rate is not shared')
        }
        return Promise.resolve()
      },
    ),
    { numRuns: 300 },
  )
  t.end()
})

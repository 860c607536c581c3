import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readHistory } from '../../../lib/nightly/history/history-file.js'
import { isolateLeak } from '../../../lib/isolate-leak.js'
import type { JournalLine } from '../../../lib/report/journal-lines.js'
import { journalPath, reportFile } from '../../../lib/run/journal/journal.js'
import { reportPath } from '../../../lib/report/json/json-report.js'
import { readJournal } from '../../../lib/run/journal/read-journal.js'
import { mergeRuns } from '../../../lib/isolate-leak.js'
import type { LeakNotification } from '../../../lib/types/notification.js'
import type { IsolateLeakOptions } from '../../../lib/options/types.js'
import { ownArms, ownSettings, shardParts } from '../../../lib/decide/next/shards.js'
import { reportText } from '../../../lib/report/text.js'
import type { Backend, IsolationReport, ReportData } from '../../../lib/types/index.js'
import type { DecisionSettings } from '../../../lib/types/decision-settings.js'
import type { ArmState } from '../../../lib/decide/types.js'
import fc from '../../support/seeded-fast-check.js'
import { grows, isOn, madeCall } from '../../support/simulated-call.js'
import { simulatedHosts } from '../../support/simulated-host.js'

const agents = ['dd-trace', 'otel', 'newrelic', 'elastic']

const { options: given, fresh } = madeCall(t, agents, { strategy: 'each' })

type Call = Partial<IsolateLeakOptions>

/** What the applications do: dd-trace leaks, and with `pair` otel and elastic together; a machine adds to all of its trials. */
interface World {
  readonly leak?: number
  readonly pair?: number
  readonly machine?: number
  readonly seed?: number
}

const simulate = async (
  call: Call,
  { leak = 400, pair = 0, machine = 0, seed = 1 }: World = {},
): Promise<IsolationReport> => {
  const { option } = simulatedHosts(spec => {
    const both = isOn(spec, 'otel') && isOn(spec, 'elastic') ? pair : 0
    return grows((isOn(spec, 'dd-trace') ? leak : 1) + both + machine, spec, { seed, noise: 0.1 })
  })
  return isolateLeak({ ...given, ...option, ...call })
}

const verdicts = ({ verdict, culprits, components }: ReportData): object => ({
  verdict,
  culprits: culprits.map(({ kind, agents, metric, backends }) => ({ kind, agents, metric, backends })),
  components: components.map(({ name, verdict, backends = [] }) => ({
    name,
    verdict,
    backends: backends.map(under => [under.backend, under.verdict]),
  })),
})

const shardsOf = async (
  count: number,
  call: Call = {},
  world: World = {},
): Promise<{ folders: string[]; reports: ReportData[] }> => {
  const folders: string[] = []
  const reports: ReportData[] = []
  for (let index = 1; index <= count; index++) {
    const outDir = fresh()
    folders.push(outDir)
    reports.push(await simulate({ ...call, shard: { index, count }, outDir }, world))
  }
  return { folders, reports }
}

t.test('shards merged say what one run says', async t => {
  for (const [count, backends, world] of [
    [4, ['up'], { seed: 1 }],
    [4, ['up'], { seed: 2, leak: 1 }],
    [2, ['up'], { seed: 3 }],
    [3, ['up'], { seed: 4, leak: 1 }],
    [1, ['up'], { seed: 5 }],
    [2, ['up', 'slow'], { seed: 6 }],
    [4, ['up', 'slow'], { seed: 7 }],
    [5, ['up', 'slow'], { seed: 8, leak: 1 }],
    [8, ['up', 'slow'], { seed: 9 }],
    [2, ['up', 'slow', 'down'], { seed: 10, leak: 1 }],
  ] as const) {
    const { seed } = world
    const whole = await simulate({ backends, seed }, world)
    const { folders, reports } = await shardsOf(count, { backends, seed }, world)
    const outDir = fresh()
    const { report: merged, complete } = await mergeRuns(folders.toReversed(), { outDir })
    const name = `${String(count)} shards, ${backends.join(' ')}, seed ${String(seed)}`
    t.strictSame(verdicts(merged), verdicts(whole), name)
    t.equal(whole.verdict, 'leak' in world ? 'clean' : 'leak')
    t.equal(await readFile(reportPath(outDir), 'utf8'), reportFile(merged))
    t.equal((await readJournal(journalPath(outDir))).end !== null, complete)
    if (count <= backends.length || 'leak' in world) t.ok(complete, 'nothing needs two shards')
    t.equal(merged.options.shard, undefined)
    const named = reports.map(report => report.components.map(component => component.name))
    t.strictSame([...new Set(named.flat())].sort(), ['application', ...agents].sort())
    if (count > backends.length) t.ok(named.every(names => names.length < agents.length + 1))
    const done = complete ? merged : await simulate({ backends, outDir, resume: true }, world)
    t.strictSame(verdicts(done), verdicts(whole), `${name}, gone on with`)
    const ofAgents = ({ trials }: ReportData): number =>
      trials.filter(({ agents }) => agents.length > 0).length
    t.equal(ofAgents(done), ofAgents(whole), 'no trial more')
  }
})

t.test('the same trials in shards and in one run give the same bytes', async t => {
  const outDir = fresh()
  await simulate({ outDir })
  const { run } = await readJournal(journalPath(outDir))
  const lines = (await readFile(journalPath(outDir), 'utf8')).trimEnd().split('\n')
  const parsed = lines.map(line => JSON.parse(line) as JournalLine)
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
      return ownArms([arm(agents)], run.settings, shard).length > 0 ? [line] : []
    })
    const folder = fresh()
    await mkdir(folder)
    await writeFile(journalPath(folder), own.map(line => `${JSON.stringify(line)}\n`).join(''))
    folders.push(folder)
  }
  const { report: merged } = await mergeRuns(folders)
  // Which machine made them is all that is added.
  const trials = merged.trials.map(({ shard, ...trial }) => {
    t.type(shard, 'number')
    return trial
  })
  // How busy each machine was is not added up.
  const { timings, ...whole } = JSON.parse(await readFile(reportPath(outDir), 'utf8')) as ReportData
  const { load, ...others } = timings
  t.type(load?.used, 'number')
  t.equal(reportFile({ ...merged, trials }), reportFile({ ...whole, timings: others }))
})

t.test('what a machine does to its trials is not an agent that grows, nor hides one', async t => {
  const folders: string[] = []
  for (const index of [1, 2, 3, 4]) {
    const outDir = fresh()
    folders.push(outDir)
    // Every machine adds growth of its own to all of its trials: below the threshold, beyond the noise.
    const world = { leak: index === 1 ? 160 : 1, machine: index * 12 }
    await simulate({ shard: { index, count: 4 }, outDir }, world)
  }
  const { report } = await mergeRuns(folders)
  t.strictSame(
    report.components.map(({ name, verdict }) => [name, verdict]),
    [['application', 'clean'], ...agents.map(name => [name, name === 'dd-trace' ? 'leak' : 'clean'])],
  )
  for (const { growth, name } of report.components.slice(2))
    t.ok(Math.abs(growth.estimate) < 2, `${name}: ${String(growth.estimate)} B/op of its own`)
})

t.test('agents that leak only together, on different machines', async t => {
  const world = { leak: 1, pair: 400 }
  const whole = await simulate({}, world)
  t.match(whole.culprits, [{ kind: 'interaction', agents: ['otel', 'elastic'] }])
  const { folders } = await shardsOf(4, {}, world)
  const outDir = fresh()
  const { report: merged, complete } = await mergeRuns(folders, { outDir })
  t.equal(complete, false)
  t.equal(merged.verdict, 'inconclusive', 'never clean: together they grow')
  t.match(reportText(merged), /together/)
  const done = await simulate({ outDir, resume: true }, world)
  t.strictSame(verdicts(done), verdicts(whole), 'gone on with, the pair is named')

  const { folders: conditions } = await shardsOf(2, { backends: ['up', 'slow'] }, world)
  t.match((await mergeRuns(conditions)).report.culprits, [
    { kind: 'interaction', agents: ['otel', 'elastic'] },
  ])
})

t.test('the report of a shard is of its part, and says so', async t => {
  const { reports } = await shardsOf(4)
  const [first, second] = reports
  t.match(first, { verdict: 'leak', options: { shard: { index: 1, count: 4 } } })
  t.equal(second?.verdict, 'clean', 'what others run does not make it inconclusive')
  t.match(reportText(second as ReportData), /shard +2 of 4; the others are not in\s+this report/)
  t.match(second?.conditions.notExercised.join('\n'), /this is shard 2 of 4, isolate-leak merge judges all/)
})

t.test('a night that several machines share has one line in the history', async t => {
  const { folders } = await shardsOf(4)
  const history = fresh()
  const told: string[] = []
  const notify = ({ event }: LeakNotification): unknown => told.push(event)
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
  const { folders } = await shardsOf(4)
  const [one = '', two = '', three = '', four = ''] = folders
  const fails = async (given: readonly string[], code: string, message: RegExp): Promise<void> => {
    const outDir = fresh()
    await t.rejects(mergeRuns(given, { outDir }), { code, message }, String(message))
    await t.rejects(readFile(reportPath(outDir)), { code: 'ENOENT' })
  }
  await fails([one, two, four], 'ERR_SHARD', /expected all 4 shards, but 3\/4 is missing/)
  await fails([two], 'ERR_SHARD', /1\/4, 3\/4, 4\/4 are missing/)
  await fails([], 'ERR_SHARD', /got none/)
  await fails([one, two, three, four, one], 'ERR_SHARD', /expected shard 1\/4 once, got \S+ and \S+/)
  await fails([one, two, three, join(one, 'nowhere')], 'ERR_JOURNAL', /nowhere/)

  const whole = fresh()
  await simulate({ outDir: whole })
  await fails([one, two, three, whole], 'ERR_SHARD', / is of a whole run/)
  const other = fresh()
  await simulate({ threshold: 99, outDir: other, shard: { index: 4, count: 4 } })
  await fails(
    [one, two, three, other],
    'ERR_SHARD',
    /settings\.threshold, options\.threshold of .* differ from/,
  )
  const half = fresh()
  await simulate({ outDir: half, shard: { index: 2, count: 2 } })
  await fails([one, half], 'ERR_SHARD', /expected shards of 4, but \S+ is shard 2\/2/)

  const path = journalPath(four)
  const finished = await readFile(path, 'utf8')
  const message = /has journal\.jsonl and report\.json, which would be lost: use another folder/
  await t.rejects(mergeRuns(folders, { outDir: four }), { code: 'ERR_OUTPUT', message })
  t.equal(await readFile(path, 'utf8'), finished, 'no shard is written over')
  await writeFile(path, finished.split('\n').slice(0, -2).join('\n') + '\n')
  await fails(folders, 'ERR_SHARD', /expected shard 4\/4 to be finished, but .* has no end: run it again/)

  await writeFile(path, finished.replace(/"cpus":\d+/, '"cpus":640'))
  const { warnings } = (await mergeRuns(folders)).report
  t.match(warnings.map(({ code, message }) => `${code} ${message}`).join('\n'), /SHARDS_DIFFER .*640 CPUs/)
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

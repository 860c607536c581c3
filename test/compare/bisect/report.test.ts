import { appendFileSync, readFileSync } from 'node:fs'
import t from 'tap'
import { bisectData } from '../../../lib/compare/bisect/bisect-data.js'
import {
  checkSameSearch,
  openBisectJournal,
  readSearch,
  type BisectLine,
} from '../../../lib/compare/bisect/bisect-journal.js'
import { bisectVersions } from '../../../lib/compare/bisect/bisect-versions.js'
import { createBisectReport } from '../../../lib/compare/bisect/bisect-text.js'
import { findCandidates } from '../../../lib/compare/bisect/candidates.js'
import { runSearch, measure, ownGrowth } from '../../../lib/compare/bisect/run-search.js'
import type { BisectReport } from '../../../lib/compare/bisect/types.js'
import type { VersionLab } from '../../../lib/compare/bisect/version-lab.js'
import { decisionSettings } from '../../../lib/options/decision-settings.js'
import { lockFolder } from '../../../lib/run/journal/run-lock.js'
import { nextTrials } from '../../../lib/decide/next/next-launches.js'
import { reportedOptions } from '../../../lib/report/redact/reported-options.js'
import type { TrialRecord } from '../../../lib/types/index.js'
import { http } from '../../../lib/trial/workload/http.js'
import { resolvedAgent, resolvedOptions } from '../../report/support/resolved-options.js'
import { decideInWords, simulatedTrial, type Behaviour } from '../../support/simulated-trial.js'

const VERSIONS = Array.from({ length: 12 }, (_, index) => `1.${index}.0`)
const options = resolvedOptions({ agents: [] })
const settings = decisionSettings(options)
const grows = (bytes: number): Behaviour => ({ curves: { heap: operations => bytes * operations } })

/** A lab whose versions behave as described; a text: it cannot be installed, `null`: it does not start. */
const labOf = (behave: (version: string) => Behaviour | string | null): VersionLab => {
  const records: TrialRecord[] = []
  const refused = new Map<string, string>()
  const run = (agents: readonly string[], purpose: TrialRecord['purpose'], operations: number): void => {
    const version = agents[0]?.split('@')[1]
    const behaviour = version === undefined ? grows(2) : behave(version)
    const outcome = { kind: 'not-started', message: 'made to fail' } as const
    const planned = { id: records.length + 1, agents, backend: 'up', purpose, operations } as const
    if (typeof behaviour === 'string') refused.set(version ?? '', behaviour)
    else records.push(simulatedTrial(planned, behaviour ?? { curves: {}, outcome }))
  }
  const nameOf = (version: string): string => `agent@${version}`
  return {
    records,
    refused,
    nameOf,
    agentOf: async version => Promise.resolve(resolvedAgent(nameOf(version))),
    test: async (baseline, versions) => {
      for (let made = 0; made < baseline; made++) run([], 'measure', options.operations)
      for (const version of versions) run([nameOf(version)], 'measure', options.operations)
      return Promise.resolve()
    },
    confirm: async (versions, others) => {
      const agents = versions.map(version => ({ name: nameOf(version), requires: [] }))
      const rules = { ...settings, agents, seed: 1, others }
      for (;;) {
        const decision = decideInWords(records, rules)
        const planned = nextTrials(decision, records, rules)
        if (planned.length === 0) return Promise.resolve(decision)
        for (const { agents: on, purpose, operations } of planned) run(on, purpose, operations)
      }
    },
    close: async () => Promise.resolve(),
  }
}

const search = async (
  behave: (version: string) => Behaviour | string | null,
  budgetMs: number | null = null,
): Promise<BisectReport> => {
  const lab = labOf(behave)
  const result = await runSearch(lab, VERSIONS, { ...options, budgetMs })
  const tree = (name: string, version: string): ReturnType<typeof reportedOptions>['agents'][number] => {
    const agent = resolvedAgent(name, {
      tree: [
        { name: 'agent', version: name },
        { name: 'left-behind', version },
      ],
    })
    return reportedOptions({ ...options, agents: [agent] }).agents[0]!
  }
  return createBisectReport(
    bisectData({
      ...{ name: 'agent', result, trials: lab.records, nameOf: lab.nameOf },
      candidates: {
        versions: VERSIONS,
        skipped: [{ version: '2.0.0', reason: 'it asks for Node >=90' }],
        publishedAt: Object.fromEntries(
          VERSIONS.map((version, at) => [version, new Date(at * 1e9).toISOString()]),
        ),
      },
      trees: new Map(result.edgeVersions.map((version, index) => [version, tree(version, `${index}.0.0`)])),
      wanted: { good: '1.0.0', bad: '1.6.0' },
      options: reportedOptions(options),
      environment: {
        ...{ isolateLeak: '0.1.0', node: '20.20.2', v8: '11.3', platform: 'linux', arch: 'x64' },
        ...{ release: '6.1', cpus: 2, memoryBytes: 8e9 },
      },
      warnings: [],
      timings: { startedAt: '2026-01-01T00:00:00.000Z', totalMs: 90_000 },
    }),
  )
}

const minor = (version: string): number => Number(version.split('.')[1])

t.test('an episode, with versions around it that cannot be tested', async t => {
  const report = await search(version => {
    if (version === '1.3.0') return 'no such file'
    if (version === '1.8.0') return null
    return grows(minor(version) >= 4 && minor(version) < 9 ? 500 : 3)
  })
  t.match(report, { verdict: 'found', firstBad: '1.4.0', firstFixed: '1.9.0' }, String(report))
  t.match(report.edges, [
    { kind: 'bad', before: '1.2.0', version: '1.4.0', between: ['1.3.0'], confirmed: true },
    { kind: 'fixed', before: '1.7.0', version: '1.9.0', between: ['1.8.0'], confirmed: true },
  ])
  t.match(report.edges[0]?.packages, [{ name: 'left-behind', from: '0.0.0', to: '1.0.0' }])
  const states = Object.fromEntries(report.versions.map(one => [one.version, one]))
  t.match(states['1.3.0'], { state: 'inconclusive', reason: 'no such file', trials: 0 })
  t.match(states['1.8.0'], { state: 'inconclusive', reason: 'made to fail', trials: 2 })
  t.match(states['2.0.0'], { state: 'skipped' })
  t.match(states['1.4.0'], { state: 'bad', confirmed: true, growth: { metric: 'heap', estimate: 498 } })
  const text = String(report)
  t.match(text, /^FOUND: agent: the leak begins with 1\.4\.0, 1\.2\.0 is clean; it is fixed in 1\.9\.0/)
  for (const part of [
    'left-behind 0.0.0 → 1.0.0',
    'skipped: 2.0.0',
    'not those of its',
    '1.8.0: made to fail',
  ])
    t.match(text, part)
  t.match(JSON.parse(JSON.stringify(report)), { verdict: 'found', firstBad: '1.4.0' })
})

t.test('no edge', async t => {
  const clean = await search(() => grows(3))
  t.match(clean, { verdict: 'clean', edges: [] })
  t.equal(clean.firstBad, undefined)
  t.match(clean.notes.join('\n'), /1\.6\.0 was given as bad, but shows no leak here/)
  const throughout = await search(() => grows(400))
  t.match(throughout, { verdict: 'leaks-throughout', edges: [] })
  t.match(throughout.notes.join('\n'), /1\.0\.0 was given as good, but leaks here/)
  const already = await search(version => grows(minor(version) < 5 ? 400 : 3))
  t.match(already, { verdict: 'found', firstFixed: '1.5.0' })
  t.notOk('firstBad' in already)
})

t.test('no answer', async t => {
  const none = await search(() => null)
  t.match(none, { verdict: 'inconclusive', edges: [], reason: /made to fail/ })
  t.match((await search(() => grows(3), 0)).reason, /budgetMs/)
})

t.test('growth of a trial in thresholds', async t => {
  const trial = (id: number, behaviour: Behaviour, backend: 'up' | 'slow' = 'up'): TrialRecord =>
    simulatedTrial({ id, agents: ['a'], backend, purpose: 'measure', operations: 20_480 }, behaviour)
  const own = ownGrowth([trial(1, grows(10)), trial(2, grows(14))], settings)
  t.equal(own.get('heap'), 12)
  t.strictSame(measure([trial(3, grows(12 + 32))], own, settings).scores, [2])
  const buffers = { curves: { arrayBuffers: (operations: number) => 640 * operations } }
  t.match(measure([trial(3, buffers)], own, settings), {
    scores: [10],
    growth: { metric: 'arrayBuffers', estimate: 640 },
  })
  const conditions = [trial(3, grows(12)), trial(4, grows(44), 'slow'), trial(5, grows(28))]
  t.strictSame(measure(conditions, own, settings).scores, [2, 1], 'the worst condition of each round')
  const memory = { curves: {}, outcome: { kind: 'out-of-memory', message: 'heap' }, reached: 5_120 } as const
  t.ok((measure([trial(3, memory)], own, settings).scores[0] ?? 0) > 100)
  const inert = { code: 'AGENT_INERT', message: 'it reported nothing', downgrades: true } as const
  t.match(measure([trial(3, { ...grows(500), warnings: [inert] })], own, settings), {
    scores: [],
    failures: ['it reported nothing'],
  })
})

t.test('which versions are searched', async t => {
  const context = { nodeVersion: '20.20.2', signal: null }
  const versions = ['2.0.0', '1.0.0', '1.1.0', '1.1.0', '1.2.0-beta.1', '1.221.132-1.0.0']
  const find = async (wanted: object): Promise<readonly string[]> =>
    (await findCandidates('agent', { versions, ...wanted }, context)).versions
  t.strictSame(await find({}), ['1.0.0', '1.1.0', '1.2.0-beta.1', '1.221.132-1.0.0', '2.0.0'])
  t.strictSame(await find({ good: '1.1.0' }), ['1.1.0', '1.2.0-beta.1', '1.221.132-1.0.0', '2.0.0'])
  t.strictSame(await find({ bad: '1.1.0' }), ['1.0.0', '1.1.0'])
  t.strictSame(await find({ good: '1.221.132-1.0.0', bad: '1.1.0' }), [
    '1.1.0',
    '1.2.0-beta.1',
    '1.221.132-1.0.0',
  ])
  t.strictSame(await find({ range: '<1.2 || 2' }), ['1.0.0', '1.1.0', '2.0.0'])
  await t.rejects(find({ good: '1.5.0' }), { code: 'ERR_PACKAGE_VERSION' })
  await t.rejects(find({ good: 'latest' }), { code: 'ERR_OPTION_INVALID' })
  await t.rejects(find({ range: 'newest' }), { code: 'ERR_OPTION_INVALID' })
  await t.rejects(find({ range: '>3' }), { code: 'ERR_OPTION_INVALID', message: /at least two versions/ })
})

t.test('the journal', async t => {
  const outDir = t.testdir({})
  const { seed, ...reported } = reportedOptions(options)
  const header: BisectLine = {
    ...{
      type: 'bisect',
      schemaVersion: 1,
      wanted: { name: 'agent', range: '1.x' },
      settings,
      options: reported,
    },
    ...{ workload: 'GET /', node: '20.20.2', seed },
    candidates: { versions: ['1.0.0', '1.1.0'], skipped: [], publishedAt: {} },
  }
  const record = simulatedTrial(
    { id: 1, agents: [], backend: 'up', purpose: 'measure', operations: 800 },
    grows(1),
  )
  t.equal(await readSearch(outDir), null)
  const journal = await openBisectJournal(outDir, header, null)
  await journal.record(record)
  await journal.refuse('1.0.0', 'no such file')
  await journal.close()
  appendFileSync(`${outDir}/bisect.jsonl`, '{"type":"trial","rec')
  const earlier = await readSearch(outDir)
  t.match(earlier, { header: { seed }, records: [{ id: 1 }] })
  t.strictSame([...(earlier?.refused ?? [])], [['1.0.0', 'no such file']])

  t.doesNotThrow(() => {
    checkSameSearch(earlier!.header, { ...header, seed: 7 }, outDir)
  })
  t.throws(
    () => {
      checkSameSearch(earlier!.header, { ...header, wanted: { name: 'agent', range: '2.x' } }, outDir)
    },
    { code: 'ERR_JOURNAL', message: /wanted\.range differs/ },
  )
  await (await openBisectJournal(outDir, header, earlier)).close()
  t.equal(
    readFileSync(`${outDir}/bisect.jsonl`, 'utf8').split('\n').length,
    4,
    'what was known, without the half line',
  )
  appendFileSync(`${outDir}/bisect.jsonl`, 'odd\n')
  await t.rejects(readSearch(outDir), { code: 'ERR_JOURNAL', message: /line 4/ })
})

t.test('a folder is searched in by one call at a time', async t => {
  const folder = t.testdir({ 'app.cjs': '', out: {} })
  const outDir = `${folder}/out`
  // Damaged, so that a call that gets so far ends.
  appendFileSync(`${outDir}/bisect.jsonl`, 'odd\n')
  const call = async (): Promise<BisectReport> =>
    bisectVersions({
      ...{ entry: `${folder}/app.cjs`, agent: 'an-agent', workload: http({ path: '/' }), outDir },
      resume: true,
    })
  const lock = await lockFolder(outDir)
  await t.rejects(call(), { code: 'ERR_OUTPUT', message: /to be free/ })
  await lock.release()
  await t.rejects(call(), { code: 'ERR_JOURNAL' })
  await (await lockFolder(outDir)).release()
})

import { createHash } from 'node:crypto'
import t from 'tap'
import type { BisectData } from '../../../lib/types/bisect.js'
import { findSupportingFiles, readBisect } from '../../../lib/report/postmortem/find-files.js'
import { shellArgument } from '../../../lib/report/format/visible-text.js'
import { perDay, perSecond, timeToLimit } from '../../../lib/report/postmortem/impact.js'
import { postmortem } from '../../../lib/report/postmortem/postmortem.js'
import { restartEveryMs } from '../../../lib/report/postmortem/action-items.js'
import { type PostmortemOptions, memoryRoom } from '../../../lib/report/postmortem/types.js'
import type { Culprit, Growth, ReportData, ReportedAgent } from '../../../lib/types/index.js'
import { agent, bytes, cleanReport, inconclusiveReport, leakReport } from '../support/sample-reports.js'

const [culprit] = leakReport.culprits as readonly [Culprit, ...Culprit[]]
const [ddTrace] = leakReport.options.agents as readonly [ReportedAgent, ...ReportedAgent[]]
const known: ReportData = {
  ...leakReport,
  options: { ...leakReport.options, agents: [{ ...ddTrace, preset: 'dd-trace' }] },
}
const withGrowth = (growth: Growth, more: Partial<Culprit> = {}): ReportData => ({
  ...known,
  culprits: [{ ...culprit, growth, ...more }],
})
const section = (text: string, title: string): string =>
  text.split(/^## /m).find(part => part.startsWith(title)) ?? ''
const written = (report: ReportData, options?: PostmortemOptions): string => postmortem(report, options)

t.test('a leak: every section, with figures that can be checked', async t => {
  const text = written(known, { operationsPerSecond: 100 })
  t.match(text, /^# Post-mortem: dd-trace 3\.9\.3 keeps 8\.2 kB of heap per operation\n/)
  t.same(
    [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title),
    [
      ...['Summary', 'Impact', 'Root cause', 'Trigger', 'Detection', 'Timeline', 'Action items'],
      ...['Lessons', 'Supporting files'],
    ],
  )
  const impact = section(text, 'Impact')
  t.match(impact, '| heap per operation | 8.2 kB | 7.9 to 8.5 kB |')
  // 8,214 B * 100 * 86,400 = 71.0 GB; 7,902 and 8,526: 68 and 74
  t.match(impact, '| heap per day at 100 operations a second | 71 GB | 68 to 74 GB |')
  // (4,345.3 MB - 18.3 MB) / 821.4 kB a second = 5,268 s; 852.6: 5,075 s; 790.2: 5,476 s
  t.match(
    impact,
    "| until V8's heap limit of 4.3 GB is reached at 100 operations a second | about 1 h 28 min | 1 h 25 min to 1 h 31 min |",
  )
  t.match(impact, 'counted from 18 MB')
  t.notMatch(impact, 'is assumed')
  t.match(section(text, 'Trigger'), /Agent: dd-trace 3\.9\.3\n/)
  t.match(section(text, 'Trigger'), 'Collector of the agents: seen while it answers (up).')
  t.match(section(text, 'Detection'), '9 trials measured, 10 launches in all')
  t.match(section(text, 'Detection'), 'at most 5% of such reports would accuse anything')
  t.match(section(text, 'Detection'), '| dd-trace | **leak** | 8.2 kB | 7.9 to 8.5 kB | 16 B | 3 |')
  t.match(section(text, 'Detection'), 'caches of more than 5,120 entries')
  t.match(section(text, 'Timeline'), '| 2025-03-04 05:06:07 | This run began: 9 trials and 1 idle check. |')
  t.match(section(text, 'Timeline'), '| 2025-03-04 05:10:19 | It ended after 4 min 12 s: leak, dd-trace. |')
  for (const question of [
    'Who noticed, and when?',
    'When was it rolled out?',
    'Which customers felt it, and how?',
    'Who does what of this, and by when?',
  ]) {
    t.match(text, `**${question}**`)
  }
})

t.test('action items follow from what is known', async t => {
  const items = section(written(known), 'Action items')
  t.match(items, "npx isolate-leak bisect dd-trace --range '>=3.9.3' --config leak.config.js")
  t.match(items, 'npx isolate-leak bisect dd-trace --bad 3.9.3 --config leak.config.js')
  t.match(items, 'its setting is `DD_TRACE_DISABLED_INSTRUMENTATIONS`')
  t.match(items, 'npx isolate-leak instrumentation dd-trace@3.9.3 --config leak.config.js')
  t.match(items, 'npx isolate-leak replay report.json --agent dd-trace@VERSION --config leak.config.js')
  t.match(items, '--reporter markdown=issue.md')
  t.match(items, 'npx isolate-leak run leak.config.js --effort standard --history leak-history')
  t.notMatch(items, 'Upgrade dd-trace')
  t.match(section(written(known, { config: 'my leak.js' }), 'Action items'), "--config 'my leak.js'")

  const plainAgent = {
    ...known,
    options: { ...known.options, agents: [{ ...ddTrace, package: null, version: null }] },
  }
  const own = section(written(plainAgent), 'Action items')
  t.match(own, 'Fix dd-trace, or leave it out')
  t.notMatch(own, /bisect|maintainers|instrumentation/)
})

const bisect: BisectData = {
  ...{ verdict: 'found', agent: 'dd-trace', firstBad: '3.4.0', firstFixed: '3.10.0' },
  edges: [
    {
      kind: 'bad',
      version: '3.4.0',
      before: '3.3.0',
      probability: 0.99,
      confirmed: true,
      between: [],
      packages: [],
    },
    {
      ...{ kind: 'fixed', version: '3.10.0', before: '3.9.3', probability: 0.99, confirmed: true },
      ...{ between: [], packages: [{ name: 'import-in-the-middle', from: '1.2.1', to: '1.3.0' }] },
    },
  ],
  versions: [],
  reason: 'the leak begins with 3.4.0, 3.3.0 is clean; it is fixed in 3.10.0, 3.9.3 leaks',
  ...{ notes: [], trials: [], options: known.options, environment: known.environment, warnings: [] },
  timings: known.timings,
}

t.test('a bisection tells where to go', async t => {
  const text = written(known, { bisect })
  const items = section(text, 'Action items')
  t.match(items, 'Upgrade dd-trace from 3.9.3 to 3.10.0 (the first that no longer leaks')
  t.match(items, 'npm install dd-trace@3.10.0')
  t.match(items, 'replay report.json --agent dd-trace@3.10.0')
  t.match(items, 'Or pin dd-trace to 3.3.0 (the last before the leak began')
  t.notMatch(items, 'isolate-leak bisect')
  t.match(section(text, 'Trigger'), 'Versions: the leak begins with 3.4.0')
  t.match(section(text, 'Trigger'), 'Packages that changed with it: import-in-the-middle 1.2.1 → 1.3.0')

  const other = section(written(known, { bisect: { ...bisect, agent: 'newrelic' } }), 'Action items')
  t.notMatch(other, /Upgrade|pin dd/, 'one of another package tells nothing')
  const unconfirmed = { ...bisect, edges: bisect.edges.map(edge => ({ ...edge, confirmed: false })) }
  t.notMatch(section(written(known, { bisect: unconfirmed }), 'Action items'), /Upgrade dd-trace/)
  const throughout = { ...bisect, verdict: 'leaks-throughout', edges: [], reason: 'all of 9 leak' } as const
  t.match(
    section(written(known, { bisect: throughout }), 'Action items'),
    'No version of dd-trace to go to is known: all of 9 leak',
  )
})

t.test('another version that was clean in the same run is where to go', async t => {
  const name = 'dd-trace@3.10.0'
  const upgrade: ReportData = {
    ...known,
    options: { ...known.options, agents: [...known.options.agents, { ...ddTrace, name, version: '3.10.0' }] },
    components: [...known.components, agent(name, bytes(1, -1, 3))],
  }
  const items = section(written(upgrade), 'Action items')
  t.match(items, 'Upgrade dd-trace from 3.9.3 to 3.10.0 (clean in this same run)')
  const leaksToo = {
    ...upgrade,
    components: [...known.components, agent(name, bytes(1, -1, 3), 'inconclusive')],
  }
  t.notMatch(section(written(leaksToo), 'Action items'), 'Upgrade dd-trace from')
})

t.test('an instrumentation is switched off by its setting', async t => {
  const carried: ReportData = {
    ...known,
    culprits: [{ ...culprit, agents: ['http'] }],
    options: {
      ...known.options,
      agents: [{ ...ddTrace, name: 'http', package: null, version: null }],
      carrier: { ...ddTrace, preset: 'dd-trace' },
    },
  }
  const text = written(carried)
  t.match(text, /^# Post-mortem: instrumentation http of dd-trace 3\.9\.3 keeps/)
  t.match(section(text, 'Action items'), /DD_TRACE_DISABLED_INSTRUMENTATIONS=http\n/)
  t.notMatch(section(text, 'Action items'), 'isolate-leak instrumentation')
  const otel = {
    ...ddTrace,
    name: 'otel',
    package: '@opentelemetry/auto-instrumentations-node',
    version: '0.40.1',
    preset: '@opentelemetry/auto-instrumentations-node',
  }
  const old = { ...carried, options: { ...carried.options, carrier: otel } }
  const items = section(written(old), 'Action items')
  t.match(items, "getNodeAutoInstrumentations({ '@opentelemetry/instrumentation-http': { enabled: false } })")
  t.notMatch(items, /ISOLATE_LEAK/)
})

t.test('growth whose lower end is none has no latest time', async t => {
  const impact = section(written(withGrowth(bytes(20, -4, 44)), { operationsPerSecond: 100 }), 'Impact')
  // 4,327 MB / 4.4 kB a second = 983,409 s = 11.4 days
  t.match(impact, /\| about 25 days \| at least 11 days, or never \|/)
  const unknown = section(written(withGrowth(bytes(20, null, null))), 'Impact')
  t.match(unknown, '| heap per operation | 20 B | too few trials for one |')
  t.match(unknown, /about 25 days \| too few trials for one/)
  const shrinks = section(written(withGrowth(bytes(-20, -30, -10))), 'Impact')
  t.match(shrinks, 'not reached: nothing grows')
  const ranOut = section(written(withGrowth(bytes(9000, 9000, 1e12))), 'Impact')
  t.match(ranOut, '| at least 9 kB | no upper end: it ran out of memory |')
  t.match(ranOut, 'at most 1 h 20 min')
})

t.test('time to a limit', async t => {
  t.strictSame(timeToLimit({ estimate: 100, low: 50, high: 200 }, 1000), {
    ...{ estimateMs: 10_000, earliestMs: 5_000, latestMs: 20_000 },
  })
  t.strictSame(timeToLimit({ estimate: 0, low: -1, high: Infinity }, 1000), {
    ...{ estimateMs: null, earliestMs: null, latestMs: null },
  })
  t.strictSame(timeToLimit({ estimate: 1, low: 1, high: 1 }, -5).estimateMs, 0, 'it was reached at start')
  const idle: Growth = { estimate: 2, low: 1, high: 3, unit: 'bytes/second' }
  t.strictSame(
    perSecond(idle, 100),
    { estimate: 2, low: 1, high: 3 },
    'time does not go faster with requests',
  )
  t.strictSame(perDay(idle, 100).estimate, 172_800)
})

t.test('which memory, and since when', async t => {
  t.match(memoryRoom(known, culprit, {}), { startBytes: 18_300_000, limitBytes: 4_345_298_944 })
  t.match(memoryRoom(known, culprit, { memoryLimitBytes: 5e8 }), {
    ...{ startBytes: 90_000_000, limitBytes: 5e8, startName: /resident memory/ },
  })
  t.match(memoryRoom(known, culprit, { startingBytes: 7 }), { startBytes: 7 })
  t.equal(memoryRoom(known, { ...culprit, metric: 'external' }, {}), null, "V8's limit does not hold it")
  t.match(memoryRoom(known, { ...culprit, metric: 'external' }, { memoryLimitBytes: 5e8 }), {
    limitBytes: 5e8,
  })
  t.equal(memoryRoom({ ...known, trials: [] }, culprit, { memoryLimitBytes: 5e8 }), null)
})

t.test('how often to restart: from the upper end of growth, rounded down', async t => {
  // 0.8 * 4,327 MB / 852.6 kB a second = 4,060 s = 67 min
  t.equal(restartEveryMs(culprit, known, { operationsPerSecond: 100 }), 67 * 60_000)
  t.equal(restartEveryMs(culprit, known, { operationsPerSecond: 1 }), 4 * 24 * 3_600_000)
  t.match(written(known), 'restart every process at least every 1 h 7 min (four fifths of the time')
  t.match(written(withGrowth(bytes(0.02, 0.01, 0.03))), 'A restart with every deployment is enough')
  const handles: Growth = { estimate: 1, low: 1, high: 1, unit: 'count/operation' }
  const counted = written(withGrowth(handles, { metric: 'fds', alsoGrows: [] }))
  t.match(counted, 'how often, this run does not bound')
  t.match(
    counted,
    '| file descriptors per day at 100 operations a second | 8,640,000 | 8,640,000 to 8,640,000 |',
  )
})

t.test('other culprits', async t => {
  const interaction = written(withGrowth(culprit.growth, { kind: 'interaction', agents: ['dd-trace', 'b'] }))
  t.match(interaction, /^# Post-mortem: dd-trace 3\.9\.3 and b together keep/)
  t.match(section(interaction, 'Trigger'), 'only with dd-trace and b together; none of them leaks alone')
  t.match(section(interaction, 'Action items'), 'Run dd-trace and b one without the other')

  const application = written(withGrowth(culprit.growth, { kind: 'application', agents: [] }))
  t.match(application, /^# Post-mortem: the application itself grows by/)
  t.match(section(application, 'Action items'), 'The application grows without any agent: look there first')
  t.notMatch(section(application, 'Action items'), /bisect|maintainers|switch/)

  const two = written({ ...known, culprits: [culprit, { ...culprit, kind: 'application', agents: [] }] })
  t.match(two, /^# Post-mortem: dd-trace 3\.9\.3 keeps 8\.2 kB of heap per operation, and 1 more\n/)
  t.match(two, '### dd-trace 3.9.3\n')
  t.match(two, '### the application itself\n')
})

t.test('nothing was found', async t => {
  const clean = written(cleanReport)
  t.match(clean, /^# Post-mortem: no leak was found\n/)
  t.match(section(clean, 'Impact'), /heap per operation \| 1\.3 B \| -2\.2 to 4\.8 B/)
  t.match(section(clean, 'Impact'), /or never/)
  t.match(section(clean, 'Root cause'), 'Not found by this run: what was tried does not leak')
  t.match(section(clean, 'Action items'), '--backends up,down,slow,error,reset')
  t.notMatch(section(clean, 'Action items'), /replay|restart|bisect/)

  const open = written(inconclusiveReport)
  t.match(open, /^# Post-mortem: whether there is a leak was not settled\n/)
  t.match(section(open, 'Action items'), "effort: 'thorough'")
  t.match(section(open, 'Detection'), 'trial 8 (dd-trace) crashed')
  t.match(section(open, 'Timeline'), '| during it | Trial 8: crashed. |')

  const nobody = written({ ...inconclusiveReport, components: [], trials: [] })
  t.match(section(nobody, 'Impact'), 'No figure of this run bounds the growth')
})

t.test('evidence in words', async t => {
  const place = {
    script: '/srv/shop/node_modules/dd-trace/src/span.js',
    line: 6,
    column: 1,
    package: { name: 'dd-trace', version: '3.9.3' },
  }
  const evidence = {
    grows: [
      { name: 'Span', type: 'object', properties: [], perOperation: 1, bytesPerOperation: 96, place: null },
    ],
    held: {
      path: [
        { by: '', name: 'Store', place: null },
        { by: 'variable spans', name: 'Map', place: null },
      ],
      holder: 1,
      perOperation: 1,
      share: 1,
    },
    ...{ alsoHeld: [], place, package: place.package, pointsAtCulprit: true },
    allocatedAt: [{ function: 'startSpan', place, bytesPerOperation: 90 }],
    ...{
      resources: [],
      sentence: 'dd-trace 3.9.3 keeps 8.2 kB.',
      files: ['/out/evidence/1/a.heapsnapshot'],
      notes: [],
    },
  }
  const text = written(withGrowth(culprit.growth, { evidence }))
  const cause = section(text, 'Root cause')
  t.match(cause, 'What grows: Span: 1 more per operation (96 B)')
  t.match(cause, 'What holds it: Store → variable spans: Map')
  t.match(cause, 'Code: src/span.js:6 of dd-trace 3.9.3')
  t.match(cause, 'Allocated at: startSpan at src/span.js:6 of dd-trace 3.9.3')
  t.match(cause, '> dd-trace 3.9.3 keeps 8.2 kB.')
  t.match(section(text, 'Supporting files'), '| `/out/evidence/1/a.heapsnapshot` | not found |  |')
})

t.test('a pure function', async t => {
  t.equal(written(known), written(JSON.parse(JSON.stringify(known)) as ReportData))
  for (const report of [known, cleanReport, inconclusiveReport]) {
    t.notMatch(written(report), /undefined|NaN|Infinity|\[object/)
    t.notMatch(written(report), /\n{3}/)
  }
})

const hostile = '<img src=x onerror=alert(1)>|`a`**b**[c](d)\n# e\n```'

t.test('names cannot become markup', async t => {
  t.equal(shellArgument('a-b@1.2.3'), 'a-b@1.2.3')
  t.equal(shellArgument("a'b c"), "'a'\\''b c'")

  const named = JSON.parse(
    JSON.stringify(known).replaceAll('"dd-trace"', () => JSON.stringify(hostile)),
  ) as ReportData
  const lines = written(named, { bisect, files: [{ path: hostile, bytes: 1, sha256: 'x' }] }).split('\n')
  let fence = ''
  for (const line of lines) {
    const ticks = /^ *(`{3,})(?:sh)?$/.exec(line)?.[1] ?? ''
    if (fence !== '') {
      if (ticks.length >= fence.length) fence = ''
      continue
    }
    if (ticks !== '') fence = ticks
    const outsideCode = line.replaceAll(/(?<!\\)(`+)(?!`).*?(?<![`\\])\1(?!`)/g, '')
    t.notMatch(outsideCode, /(?<!\\)<img|(?<!\\)\[c\]|^# e|\*\*b\*\*/, line)
  }
  t.equal(fence, '', 'every block of code ends')
  t.equal(lines.filter(line => line.startsWith('# ')).length, 1, 'one title')
})

t.test('files beside the report and named in it, with their hashes', async t => {
  const sha = (text: string): string => createHash('sha256').update(text).digest('hex')
  const folder = t.testdir({
    'report.json': '{}',
    'journal.jsonl': 'line',
    'report.html': '<html>',
    'package.json': 'not of the run',
    'postmortem.md': 'not of the run',
    evidence: { '17-audit': { '1.heapsnapshot': 'one' } },
    elsewhere: { 'bisect.json': '{}' },
  })
  const report = withGrowth(culprit.growth, {
    evidence: { files: ['/gone/evidence/17-audit/1.heapsnapshot', '/gone/evidence/2.heapsnapshot'] } as never,
  })
  const files = await findSupportingFiles(`${folder}/report.json`, report, [
    `${folder}/elsewhere/bisect.json`,
  ])
  t.strictSame(files, [
    { path: 'report.json', bytes: 2, sha256: sha('{}') },
    { path: 'elsewhere/bisect.json', bytes: 2, sha256: sha('{}') },
    { path: 'journal.jsonl', bytes: 4, sha256: sha('line') },
    { path: 'report.html', bytes: 6, sha256: sha('<html>') },
    { path: 'evidence/17-audit/1.heapsnapshot', bytes: 3, sha256: sha('one') },
  ])
  const text = section(written(leakReport, { files }), 'Supporting files')
  t.match(text, `| \`journal.jsonl\` | 4 | \`${sha('line')}\` |`)
  const without = await findSupportingFiles(
    `${folder}/report.json`,
    leakReport,
    [],
    [`${folder}/report.html`],
  )
  t.notOk(without.some(({ path }) => path === 'report.html'))
  await t.rejects(findSupportingFiles(`${folder}/report.json`, leakReport, [`${folder}/none.json`]), {
    code: 'ERR_REPORT',
  })
})

t.test('reads the answer of a bisection, and nothing else', async t => {
  const folder = t.testdir({
    'bisect.json': JSON.stringify(bisect),
    'report.json': JSON.stringify(leakReport),
    'half.json': JSON.stringify(bisect).slice(0, 99),
  })
  t.match(await readBisect(`${folder}/bisect.json`), { firstFixed: '3.10.0' })
  await t.rejects(readBisect(`${folder}/report.json`), {
    code: 'ERR_REPORT',
    message: /expected verdict to be 'found'/,
  })
  await t.rejects(readBisect(`${folder}/half.json`), { code: 'ERR_REPORT', message: /half\.json, got/ })
  await t.rejects(readBisect(`${folder}/none.json`), { code: 'ERR_REPORT', message: /ENOENT/ })
})

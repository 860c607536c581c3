import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { madeHistory, type MadeHistory } from '../../bench/history/made-history.js'
import { showsUnicode } from '../../lib/cli/context.js'
import { main } from '../../lib/cli/main.js'
import { historyData } from '../../lib/nightly/history/history-data.js'
import { historyPage } from '../../lib/nightly/history/html/history-page.js'
import { appendNight } from '../../lib/nightly/history/history-file.js'
import { cleanReport } from '../report/support/sample-reports.js'
import { fakeContext, type FakeContext } from './support/fake-context.js'

const root = await mkdtemp(join(tmpdir(), 'history-cli-'))
t.teardown(() => rm(root, { recursive: true, force: true }))
const quiet = { seed: 4, deviation: 1, odd: 0, inconclusive: 0, failed: 0 }

const historyAt = async (name: string, made: Partial<MadeHistory> = {}): Promise<string> => {
  for (const night of madeHistory({ ...quiet, ...made })) await appendNight(join(root, name), night)
  return name
}

const run = async (args: readonly string[], context: FakeContext): Promise<number> => main(args, context)

t.test('history prints and tells by its status what stands', async t => {
  const cases = [
    [await historyAt('calm'), 0, /^CLEAN/],
    [await historyAt('regressed', { regression: 20 }), 1, /^CHANGE/],
    [await historyAt('short', { nights: 3 }), 2, /^OPEN/],
    ['none', 2, /^OPEN: there are no nights yet/],
  ] as const
  for (const [name, status, text] of cases) {
    const context = fakeContext(() => cleanReport, root)
    t.equal(await run(['history', name], context), status, name)
    t.match(context.stdout.text, text)
    t.equal(context.stderr.text, '')
  }
})

t.test('a change that was accepted is told, and no reason to fail; a later one is', async t => {
  const [night] = ['2026-01-21', '2026-01-31']
  const at = async (...args: string[]): Promise<[number, string]> => {
    const context = fakeContext(() => cleanReport, root)
    const status = await run(['history', 'regressed', ...args], context)
    return [status, context.stdout.text.replaceAll(/\s+/g, ' ')]
  }
  const [accepted, text] = await at('--accept', night)
  t.equal(accepted, 0)
  t.match(
    text,
    /^CLEAN: no leak, and nothing grows more than was accepted\. .*grows more since .* It is accepted\./,
  )
  t.equal((await at('--accept', `${night}T00:00:00Z`))[0], 1, 'before the night that showed it')
  t.equal((await at('--accept', '2026-01-20'))[0], 1)
  const again = madeHistory({ ...quiet, nights: 20 })
  const worse = madeHistory({ ...quiet, level: 9, later: 15, regression: 30, nights: 40 }).slice(20)
  for (const one of [...again, ...worse]) await appendNight(join(root, 'twice'), one)
  const twice = fakeContext(() => cleanReport, root)
  t.equal(await run(['history', 'twice', '--accept', '2026-01-25'], twice), 1)
  t.match(twice.stdout.text.replaceAll(/\s+/g, ' '), /^CHANGE: apm grows more since 2026-01-30/)
})

t.test('history as JSON, for one component and metric, in ASCII', async t => {
  const json = fakeContext(() => cleanReport, root)
  t.equal(await run(['history', 'regressed', '--json', '--component', 'apm', '--metric', 'heap'], json), 1)
  t.match(JSON.parse(json.stdout.text), {
    ...{ schemaVersion: 1, standing: 'change' },
    changes: [{ component: 'apm', metric: 'heap', first: 19 }],
  })
  for (const [locale, pattern] of [
    ['C', /\|-+o-+\|/],
    ['de_DE.UTF-8', /├─*●─*┤/],
  ] as const) {
    const context = fakeContext(() => cleanReport, root)
    context.env.LC_ALL = locale
    await run(['history', 'regressed', '--nights', '2'], context)
    t.match(context.stdout.text, pattern, locale)
  }
  t.equal(showsUnicode({ LC_ALL: '', LANG: 'en_US.utf8' }), true)
  t.equal(showsUnicode({}, 'linux'), false)
  t.equal(showsUnicode({}, 'win32'), true)
})

t.test('history as a page', async t => {
  const context = fakeContext(() => cleanReport, root)
  t.equal(await run(['history', 'regressed', '--html', 'pages/history.html'], context), 1)
  t.match(context.stdout.text, /^CHANGE/)
  const page = await readFile(join(root, 'pages', 'history.html'), 'utf8')
  t.match(page, /^<!doctype html>[^]*<h1>CHANGE: apm grows more since[^]*<svg [^]*<section id="changes"/)
  t.equal(page.match(/<svg xmlns/g)?.length, 2, 'wide and narrow')
  t.notMatch(page, /<script|src=|NaN|undefined/)
  const nasty = madeHistory({ ...quiet, nights: 6 }).map(night =>
    night.outcome === 'failed'
      ? night
      : { ...night, components: night.components.map(one => ({ ...one, name: '<img src=x>' })) },
  )
  t.notMatch(historyPage(historyData(nasty), '1.0.0'), /<img/)
  t.match(historyPage(historyData([]), '1.0.0'), /there are no nights yet/)
})

t.test('history refuses what it does not know', async t => {
  const wrong = [
    [['history'], /missing required argument/],
    [['history', 'regressed', '--component', 'amp'], /nothing of component 'amp': it has apm, with heap/],
    [['history', 'regressed', '--metric', 'heaps'], /nothing of metric 'heaps'/],
    [['history', 'regressed', '--nights', '0'], /whole\s+number/],
    [['history', 'regressed', '--accept', 'soon'], /a\s+date\s+such\s+as\s+2026-01-31/],
    [['history', 'regressed', '--accept', '2026-02-31'], /a\s+date\s+such/],
  ] as const
  for (const [args, message] of wrong) {
    const context = fakeContext(() => cleanReport, root)
    t.equal(await run(args, context), 64)
    t.match(context.stderr.text, message)
  }
  await writeFile(join(root, 'calm', 'history.jsonl'), 'x\n')
  const context = fakeContext(() => cleanReport, root)
  t.equal(await run(['history', 'calm'], context), 3)
  t.match(context.stderr.text, /line 1 of[^]*\(ERR_HISTORY\)/)
})

const config = join(root, 'leak.config.json')
await writeFile(config, JSON.stringify({ entry: 'x.js', agents: [], workload: { http: {} } }))
const nightly = join(root, 'nightly.config.json')
await writeFile(
  nightly,
  JSON.stringify({
    ...{
      entry: 'x.js',
      agents: [],
      workload: { http: {} },
      history: { dir: 'regressed', commit: 'abcdef1' },
    },
    notify: { url: 'https://example.com/' },
  }),
)

t.test('run takes history, retention and a webhook', async t => {
  const cases = [
    [[config], {}, { history: undefined, notify: undefined }],
    [[config, '--history', 'h'], {}, { history: join(root, 'h'), notify: undefined }],
    [[config, '--history', 'h', '--retain', '30'], {}, { history: { dir: join(root, 'h'), runs: 30 } }],
    [[nightly, '--retain', '90d'], {}, { history: { dir: 'regressed', commit: 'abcdef1', days: 90 } }],
    [[config, '--notify', 'http://a/'], {}, { notify: [{ url: 'http://a/' }] }],
    [
      [config, '--notify-format', 'slack'],
      { ISOLATE_LEAK_NOTIFY_URL: 'http://b/' },
      { notify: [{ url: 'http://b/', format: 'slack' }] },
    ],
    [
      [nightly],
      { ISOLATE_LEAK_NOTIFY_URL: 'http://b/' },
      { notify: [{ url: 'https://example.com/' }, { url: 'http://b/' }] },
    ],
  ] as const
  for (const [args, env, expected] of cases) {
    const context = fakeContext(() => cleanReport, root)
    Object.assign(context.env, env)
    t.equal(await run(['run', ...args], context), 0)
    const { history, notify } = context.calls[0] ?? {}
    t.match({ history, notify }, expected)
  }
  const context = fakeContext(() => cleanReport, root)
  await run(['run', nightly], context)
  t.match(context.stderr.text, /Since last night: nothing that is more than noise\.\n$/)
})

t.test('run refuses what would do nothing, and does not show the address', async t => {
  const wrong = [
    [['run', config, '--retain', '30'], /--retain needs --history/],
    [['run', config, '--history', 'h', '--retain', '3w'], /a\s+number of runs such as 30, or of days/],
    [
      ['run', config, '--notify-format', 'slack'],
      /--notify-format\s+needs\s+--notify,\s+or\s+ISOLATE_LEAK_NOTIFY_URL/,
    ],
    [['run', config, '--notify', 'http://s3cret/', '--notify-format', 'irc'], /json, slack, teams/],
  ] as const
  for (const [args, message] of wrong) {
    const context = fakeContext(() => cleanReport, root)
    t.equal(await run(args, context), 64)
    t.match(context.stderr.text, message)
    t.notMatch(context.stderr.text, /s3cret/)
  }
})

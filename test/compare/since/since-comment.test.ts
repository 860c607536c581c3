import t from 'tap'
import { createSinceReport, sinceVerdict } from '../../../lib/compare/since/since-report.js'
import { sinceComment } from '../../../lib/compare/since/since-comment.js'
import { sinceReason, sinceText } from '../../../lib/compare/since/since-text.js'
import type {
  JudgedChange,
  NotJudgedChange,
  SinceData,
  SinceVerdict,
} from '../../../lib/compare/since/types.js'
import type { UpgradeVerdict } from '../../../lib/compare/upgrade/types.js'
import { upgradeComment } from '../../../lib/compare/upgrade/upgrade-comment.js'
import { LARGEST_COMMENT } from '../../../lib/report/comment/comment-text.js'
import { createReport } from '../../../lib/report/create-report.js'
import { checkComment } from '../../report/support/check-comment.js'
import { HOSTILE } from '../../report/support/made-reports.js'
import { leakReport } from '../../report/support/sample-reports.js'

const [component] = leakReport.components
if (component === undefined) throw new Error('expected a component')

const judged = (agent: string, verdict: UpgradeVerdict): JudgedChange => ({
  ...{ agent, from: '1.0.0', to: '2.0.0', packages: [] },
  upgrade: {
    ...{ verdict, agent, reason: `${agent} 2.0.0 is ${verdict}`, report: createReport(leakReport) },
    from: { version: '1.0.0', component },
    to: { version: '2.0.0', component },
    difference: {
      ...{ metric: 'heap', growth: component.growth, startBytes: 4_000 },
      packages: [{ name: `${agent}-wrap`, from: '1', to: null }],
    },
  },
})
const added: NotJudgedChange = { agent: 'dd-trace', from: null, to: '5.0.0', packages: [], why: 'added' }

const data = (changes: readonly JudgedChange[], others: readonly NotJudgedChange[] = []): SinceData => {
  const facts = {
    ...{ since: 'origin/main', commit: 'a'.repeat(40), lockfile: 'package-lock.json' },
    ...{ judged: changes, notJudged: others, unchanged: [{ agent: 'newrelic', version: '7.4.0' }] },
  }
  return { verdict: sinceVerdict(changes, others), reason: sinceReason(facts), ...facts }
}
const command = "npx isolate-leak upgrade --since 'origin/main'"

t.test('the verdict on several changes is no better than that on any of them', async t => {
  const table: readonly (readonly [
    readonly UpgradeVerdict[],
    readonly NotJudgedChange['why'][],
    SinceVerdict,
  ])[] = [
    [[], [], 'unchanged'],
    [[], ['removed'], 'safe'],
    [['safe'], ['removed'], 'safe'],
    [['safe', 'fixes'], [], 'fixes'],
    [['safe', 'inconclusive', 'fixes'], [], 'inconclusive'],
    [['safe'], ['added'], 'inconclusive'],
    [['fixes'], ['part', 'removed'], 'inconclusive'],
    [['both-leak'], ['kept'], 'both-leak'],
    [['both-leak', 'leaks', 'safe'], ['no-version'], 'leaks'],
  ]
  for (const [verdicts, whys, expected] of table) {
    const changes = verdicts.map(verdict => judged('a', verdict))
    const others = whys.map(why => ({ ...added, why }))
    t.equal(sinceVerdict(changes, others), expected)
    const report = createSinceReport(data(changes, others))
    if (['unchanged', 'safe', 'fixes'].includes(expected)) t.doesNotThrow(() => report.assertSafe())
    else t.throws(() => report.assertSafe(), { code: 'ERR_LEAK' })
  }
})

t.test('a comment on two changes', async t => {
  const comment = sinceComment(data([judged('apm', 'safe'), judged('tracer', 'leaks')], [added]), { command })
  const { tables, text, fences, html, listItems } = checkComment(t, comment, 'two')
  t.match(
    text,
    /^LEAKS: apm 2\.0\.0 is safe; tracer 2\.0\.0 is leaks; dd-trace 5\.0\.0 was added and is not judged\./,
  )
  t.strictSame(
    tables[0]?.map(row => row.slice(0, 4)),
    [
      ['agent', 'before', 'now', 'verdict'],
      ['apm', '1.0.0', '2.0.0', 'SAFE'],
      ['tracer', '1.0.0', '2.0.0', 'LEAKS'],
    ],
  )
  t.strictSame(
    html
      .filter(line => line.startsWith('<summary>') && line.includes('1.0.0'))
      .map(line => line.replaceAll(/&#\d+;|<[^>]*>/g, '')),
    [
      'apm 1.0.0  2.0.0 figures',
      'tracer 1.0.0  2.0.0 figures',
      'apm 1.0.0  2.0.0 the whole experiment',
      'tracer 1.0.0  2.0.0 the whole experiment',
    ],
    'the figures of all before the experiment of any',
  )
  t.ok(listItems > 0)
  t.equal(fences.at(-1), command)
  t.match(text, /package-lock\.json compared with that of origin\/main \(aaaaaaaaaaaa\)/)
})

t.test('nothing changed', async t => {
  const { text, fences } = checkComment(t, sinceComment(data([]), { command }), 'nothing')
  t.match(text, /^UNCHANGED: no agent changed since origin\/main: newrelic 7\.4\.0 as before\./)
  t.strictSame(fences, [command])
  t.match(sinceReason({ ...data([]), unchanged: [] }), /: there is none in the lockfile$/)
})

t.test('names of others are no markup, and however many there are GitHub takes it', async t => {
  const hostile = data([judged(HOSTILE, 'leaks')], [{ ...added, agent: HOSTILE, to: HOSTILE }])
  checkComment(
    t,
    sinceComment({ ...hostile, since: HOSTILE, lockfile: HOSTILE }, { command: HOSTILE }),
    'hostile',
  )
  const [one] = hostile.judged
  if (one === undefined) throw new Error('expected a change')
  checkComment(t, upgradeComment(one.upgrade, { command }), 'one version')
  const many = data(
    Array.from({ length: 100 }, (_, at) => judged(`${HOSTILE.repeat(4)}${String(at)}`, 'safe')),
    Array.from({ length: 100 }, () => ({ ...added, agent: HOSTILE.repeat(4) })),
  )
  const comment = sinceComment(many, { command })
  t.ok(comment.length <= LARGEST_COMMENT)
  checkComment(t, comment, 'many')
  t.match(sinceText(many), /and 194 further changes/)
})

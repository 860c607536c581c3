import t from 'tap'
import { intervalAxis, intervalStrip, intervalScale } from '../../../lib/report/charts/interval-strip.js'
import { lineChart, spreadApart } from '../../../lib/report/charts/line-chart.js'
import {
  NARROW,
  WIDE,
  type ChartLine,
  type LineChart,
  byteTicks,
  countTicks,
} from '../../../lib/report/charts/line-axes.js'
import { BASELINE_LOOK, CULPRIT_LOOKS, verdictSign } from '../../../lib/report/charts/look.js'
import { escapeMarkup, Markup, markup } from '../../../lib/report/charts/markup.js'
import { bytes } from '../support/sample-reports.js'

const [look] = CULPRIT_LOOKS as [ChartLine['look']]

const chart = (more: Partial<LineChart> = {}): LineChart => ({
  ...{ id: 'nights', title: 'Growth by night', description: 'It rises.' },
  x: { label: 'night', texts: countTicks },
  y: { label: 'growth', texts: byteTicks },
  lines: [
    { name: 'audit', look, isMain: true, points: [0, 1, 2].map(x => ({ x, y: x * 10 })) },
    { name: 'tracer', look: BASELINE_LOOK, isMain: false, points: [0, 1, 2].map(x => ({ x, y: 1 })) },
  ],
  ...more,
})

const withPoints = (points: ChartLine['points'], more: Partial<LineChart> = {}): LineChart =>
  chart({ lines: [{ name: 'audit', look, isMain: true, points }], ...more })

const count = (text: string, part: RegExp | string): number => text.split(part).length - 1

t.test('markup escapes what is not markup', async t => {
  t.equal(escapeMarkup(`<a href="x" title='y'>&`), '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;')
  t.equal(
    String(markup`<p>${'<b>'} ${1} ${null}${[markup`<i>${'&'}</i>`, 'x']}</p>`),
    '<p>&lt;b&gt; 1 <i>&amp;</i>x</p>',
  )
  t.equal(String(markup`${new Markup('<br>')}`), '<br>')
  t.equal(
    escapeMarkup('a\u0000b\u001B[31m\u202Ec\u2066\uD800d\te\nf'),
    'a{U+0000}b{U+001B}[31m{U+202E}c{U+2066}\uFFFDd\te\nf',
    'what is hidden is shown',
  )
  t.equal(escapeMarkup('👩‍🚀 日本語 עברית'), '👩‍🚀 日本語 עברית', 'other scripts stay')
})

t.test('ticks have one unit', async t => {
  t.strictSame(byteTicks([0, 500_000, 1_000_000]), ['0', '0.5 MB', '1 MB'])
  t.strictSame(byteTicks([-5, 0, 2.5]), ['-5 B', '0', '2.5 B'])
  t.strictSame(byteTicks([]), [])
  t.strictSame(countTicks([0, 0.002, 5000]), ['0', '0.002', '5,000'])
})

t.test('names are moved apart, as little as possible', async t => {
  t.strictSame(spreadApart([10, 50, 90], 18, 0, 100), [10, 50, 90])
  t.strictSame(spreadApart([50, 50], 18, 0, 100), [41, 59])
  t.strictSame(spreadApart([100, 99, 20], 18, 0, 100), [100, 82, 20], 'not over the edge')
  t.strictSame(spreadApart([], 18, 0, 100), [])
  const heights = spreadApart([30, 31, 32, 33, 60, 61], 10, 0, 100)
  t.equal(heights.length, 6)
  const sorted = heights.toSorted((a, b) => a - b)
  t.ok(sorted.every((height, index) => index === 0 || height - sorted[index - 1]! >= 10 - 1e-9))
})

t.test('a line chart', async t => {
  const svg = lineChart(chart({ threshold: { value: 16, label: 'leak from 16 B' } }))
  t.equal(svg, lineChart(chart({ threshold: { value: 16, label: 'leak from 16 B' } })), 'is the same again')
  t.match(svg, /^<svg [^>]*viewBox="0 0 760 380"[^>]*role="img" aria-labelledby="nights-title nights-text"/)
  t.match(svg, '<title id="nights-title">Growth by night</title><desc id="nights-text">It rises.</desc>')
  t.match(svg, '>leak from 16 B</text>')
  t.match(svg, /font-weight="700">audit<\/text>/)
  t.match(svg, '>tracer</text>')
  t.equal(count(svg, 'stroke-dasharray="2 3"'), 1, 'told apart by dashes')
  t.equal(count(svg, 'transform="translate'), 6, 'a marker a point')
  t.notMatch(svg, /NaN|Infinity|undefined|null|style=|<script|href|url\(/)
  t.match(lineChart(chart(), NARROW), /viewBox="0 0 320 300"/)
  t.notMatch(
    lineChart(chart(), NARROW),
    '>tracer</text>',
    'only what matters is named where there is no room',
  )
})

t.test('points that are marked, bands and what is open', async t => {
  const marked = lineChart(
    withPoints([
      { x: 0, y: 1, low: 0, high: 2 },
      { x: 1, y: 5, low: null, high: Infinity, mark: 'warning' },
      { x: 2, y: 1, low: 0, high: 2, mark: 'failed' },
      { x: 3, y: 9, mark: 'later' },
    ]),
  )
  t.match(marked, /<circle [^>]*r="9"/, 'a ring')
  t.match(marked, 'd="M-5-5 5 5M-5 5 5-5"', 'a cross')
  t.match(marked, 'fill="var(--paper, #ffffff)" stroke="var(--culprit', 'a hollow marker')
  t.match(marked, 'fill-opacity="0.13"', 'a band')
  t.notMatch(marked, /NaN|Infinity/)
})

t.test('odd series', async t => {
  const cases = {
    'no line': chart({ lines: [] }),
    'no point': withPoints([]),
    'one point': withPoints([{ x: 5, y: 3 }]),
    'one point at zero': withPoints([{ x: 0, y: 0 }]),
    'all the same': withPoints([0, 1, 2].map(x => ({ x, y: 7 }))),
    negative: withPoints([0, 1].map(x => ({ x, y: -5 - x }))),
    huge: withPoints([0, 1].map(x => ({ x: x * 1e15, y: x * 1e300 }))),
    tiny: withPoints([0, 1].map(x => ({ x: x * 1e-9, y: x * 1e-12 }))),
    'not finite': withPoints([
      { x: 0, y: NaN },
      { x: 1, y: Infinity },
      { x: 2, y: 4 },
    ]),
    'a slope and a shade': chart({ slope: 3, shade: { from: 0, to: 1, label: 'warm-up' } }),
    'many points': withPoints(Array.from({ length: 365 }, (_, x) => ({ x, y: x }))),
  }
  for (const [name, one] of Object.entries(cases)) {
    for (const size of [WIDE, NARROW]) {
      const svg = lineChart(one, size)
      t.notMatch(svg, /NaN|Infinity|undefined/, name)
      t.match(svg, /<\/svg>$/, name)
    }
  }
  t.equal(count(lineChart(cases['one point']), 'transform="translate'), 1)
  t.equal(count(lineChart(cases['not finite']), 'transform="translate'), 1)
  t.equal(count(lineChart(cases['many points']), 'transform="translate'), 1, 'a marker at the end alone')
})

t.test('ticks with texts of their own are thinned', async t => {
  const ticks = Array.from({ length: 60 }, (_, at) => ({ at, text: `day ${String(at)}` }))
  const texts = lineChart(chart({ x: { label: 'night', texts: countTicks, ticks } }), NARROW).match(
    />day \d+</g,
  )
  t.ok(texts && texts.length > 1 && texts.length < 8, String(texts))
})

t.test('hostile texts in a chart', async t => {
  const svg = lineChart(
    chart({
      ...{ title: '</title><script>', description: '"&<', y: { label: '<b>', texts: byteTicks } },
      lines: [{ name: '</text><script>'.repeat(9), look, isMain: true, points: [{ x: 0, y: 1 }] }],
    }),
  )
  t.notMatch(svg, /<script|<b>/)
})

t.test('a scale of growth', async t => {
  const near = intervalScale([bytes(5, -2, 12), bytes(20, 10, 30)], 16, byteTicks)
  t.equal(near.isCompressed, false)
  t.ok(near.at(-2) >= 5 && near.at(30) <= 95)
  t.ok(near.at(0) < near.at(16) && near.at(16) < near.at(30))

  const far = intervalScale([bytes(8214, 7902, 8526), bytes(1, -4, 6)], 16, byteTicks)
  t.equal(far.isCompressed, true)
  t.ok(far.at(16) - far.at(0) > 8, 'the threshold can be told from zero')
  t.ok(far.ticks.some(({ text }) => text === '1 kB'))
  t.ok(far.ticks.some(({ text }) => text === '0'))
  const places = far.ticks.map(({ at }) => at)
  t.ok(places.length > 2)
  t.ok(places.every((at, index) => index === 0 || at - places[index - 1]! >= 15))

  for (const growths of [
    [],
    [bytes(0, null, null)],
    [bytes(NaN, NaN, NaN)],
    [bytes(1e300, -1e300, 1e300)],
    [bytes(-5000, -6000, -4000)],
    JSON.parse(JSON.stringify([bytes(3, null, null)])) as ReturnType<typeof bytes>[],
  ]) {
    const { at, ticks } = intervalScale(growths, 16, byteTicks)
    t.ok(at(0) >= 0 && at(16) <= 100 && at(0) < at(16), JSON.stringify(growths))
    t.ok(ticks.length > 0 && ticks.every(tick => tick.at >= 0 && tick.at <= 100))
  }
})

t.test('a strip: point, bar, ends that are known or open', async t => {
  const growths = [bytes(5, 2, 9), bytes(5, null, 9), bytes(5, 2, null)]
  const scale = intervalScale(growths, 16, byteTicks)
  const [closed, below, above] = growths.map(growth => String(intervalStrip(growth, 'clean', 16, scale))) as [
    ...[string, string, string],
  ]
  const [cap, left, right] = ['d="M0-6V6"', 'd="M5-6-2 0 5 6"', 'd="M-5-6 2 0-5 6"'] as const
  t.strictSame([count(closed, cap), count(closed, left), count(closed, right)], [2, 0, 0])
  t.strictSame([count(below, cap), count(below, left), count(below, right)], [1, 1, 0])
  t.strictSame([count(above, cap), count(above, left), count(above, right)], [1, 0, 1])
  t.match(closed, 'aria-hidden="true"', 'the text beside it says the same')

  const read = JSON.parse(JSON.stringify(bytes(5, null, null))) as ReturnType<typeof bytes>
  t.equal(
    String(intervalStrip(read, 'clean', 16, scale)),
    String(intervalStrip(bytes(5, null, null), 'clean', 16, scale)),
    'null, as in JSON, is open too',
  )
  const least = String(intervalStrip(bytes(900, 900, 1e12), 'leak', 16, scale))
  t.match(least, right, 'a lower bound is open above')
  t.notMatch(String(intervalStrip(bytes(NaN, NaN, NaN), 'inconclusive', 16, scale)), /NaN/)
  t.match(String(intervalAxis(16, 'leak from 16 B', scale)), '>leak from 16 B</text>')

  const signs = (['leak', 'clean', 'inconclusive'] as const).map(verdict => String(verdictSign(verdict)))
  t.equal(new Set(signs.map(sign => /d="([^"]*)"/.exec(sign)?.[1])).size, 3, 'verdicts differ in shape')
})

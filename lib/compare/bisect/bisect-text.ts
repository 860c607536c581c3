import { formatDuration } from '../../report/format/bytes.js'
import { growthPhrase } from '../../report/format/growth.js'
import { hanging, list, plural, fittingTable, verdictWords } from '../../report/format/layout.js'
import { plainPaint } from '../../report/text/short-names.js'
import { DEFAULT_WIDTH, type TextOptions } from '../../report/text.js'
import type { BisectReport } from './types.js'
import type { BisectData, BisectEdge, BisectVersion } from '../../types/bisect.js'

/** Further versions and packages are only counted. */
const MOST_NAMED = 8
const HEADINGS = ['version', 'answer', 'growth', 'trials', 'leaks with']
const SHRINKING = [{ column: 0, least: 16 }]

/** The account for people: the answer, every edge, the versions that were tested, what limits it. */
export function bisectText(data: BisectData, options: TextOptions = {}): string {
  const { width = DEFAULT_WIDTH, paint = plainPaint } = options
  const { verdict, agent, reason, edges, versions, notes, trials, timings } = data
  const tone = {
    found: 'leak',
    'leaks-throughout': 'leak',
    clean: 'clean',
    inconclusive: 'inconclusive',
  } as const
  const headline = `${verdictWords(verdict)}: ${agent}: ${reason}.`
  const tested = versions.filter(({ trials: made, state }) => made > 0 || state === 'inconclusive')
  const untested = versions.filter(({ state }) => state === 'untested')
  const left = versions.filter(({ state }) => state === 'skipped')
  const sentences = [
    ...edges.flatMap(edge => edgeSentences(edge, versions)),
    ...(untested.length === 0 ? [] : [`${plural(untested.length, 'version')} between them needed no trial`]),
    ...(left.length === 0
      ? []
      : [`skipped: ${named(left.map(({ version }) => version))}; ${left[0]?.reason ?? ''}`]),
    ...tested.flatMap(({ version, reason: why }) =>
      why === undefined ? [] : [`${version}: ${firstLine(why)}`],
    ),
    ...notes,
    `${plural(trials.length, 'trial')} in ${formatDuration(timings.totalMs)}`,
  ]
  return [
    ...hanging('', headline, width).map(line => paint(tone[verdict], line)),
    '',
    ...fittingTable(HEADINGS, tested.map(row), width - 2, SHRINKING).map(line => `  ${line}`),
    '',
    ...sentences.flatMap(sentence => hanging('  - ', sentence, width)),
    '',
  ].join('\n')
}

/** Adds the method to the data; it is not enumerable, so that `JSON.stringify` gives the data alone. */
export function createBisectReport(data: BisectData): BisectReport {
  return Object.freeze(Object.defineProperties({ ...data }, { toString: { value: () => bisectText(data) } }))
}

function row({ version, state, growth, trials, probability, confirmed }: BisectVersion): string[] {
  const answer = state === 'bad' ? 'LEAKS' : state
  return [
    version,
    confirmed ? `${answer}, confirmed` : answer,
    growth === undefined ? '' : phrase(growth),
    String(trials),
    probability === undefined ? '' : percent(probability),
  ]
}

function phrase({ metric, estimate, unit }: NonNullable<BisectVersion['growth']>): string {
  const growth = { estimate, low: null, high: null, unit }
  // a column of its own says of all that they are figures per operation
  return growthPhrase(metric, growth)
    .replace(/ per operation$/, '/op')
    .replace(/ per second$/, '/s')
}

function edgeSentences(edge: BisectEdge, versions: readonly BisectVersion[]): string[] {
  const { kind, version, before, between, packages, probability, confirmed } = edge
  const [leaks, other] = kind === 'bad' ? [version, before] : [before, version]
  const isJudged = versions.some(one => one.version === other && one.confirmed)
  const how = isJudged ? 'both sides confirmed' : `${leaks} confirmed, ${other} clearly without this leak`
  const sure = confirmed ? how : `probability ${percent(probability)}, not confirmed`
  const what =
    kind === 'bad' ? `first bad: ${version} (${before} is good` : `first fixed: ${version} (${before} leaks`
  const changes = packages.map(({ name, from, to }) => `${name} ${from ?? '(none)'} → ${to ?? '(none)'}`)
  return [
    `${what}; ${sure})`,
    ...(between.length === 0
      ? []
      : [
          `between ${before} and ${version} nothing could be tested: ${named(between)}; it may be one of them`,
        ]),
    ...(changes.length === 0
      ? [`no other package changed from ${before} to ${version}`]
      : [
          `with ${version} ${plural(changes.length, 'other package')} changed, any of which may be the reason: ${named(changes)}`,
        ]),
  ]
}

function named(names: readonly string[]): string {
  const more = names.length - MOST_NAMED
  return list([...names.slice(0, MOST_NAMED), ...(more > 0 ? [`${String(more)} more`] : [])])
}

function percent(probability: number): string {
  const value = 100 * probability
  if (value < 0.1) return 'below 0.1%'
  return value > 99.9 ? 'above 99.9%' : `${value.toFixed(1)}%`
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}

import { growthPhrase, growthText, metricName, perWhat } from '../../report/format/growth.js'
import { formatBytes } from '../../report/format/bytes.js'
import { hanging, plural, fittingTable, verdictWords } from '../../report/format/layout.js'
import { plainPaint } from '../../report/text/short-names.js'
import { DEFAULT_WIDTH, reportText, type TextOptions } from '../../report/text.js'
import type { UpgradeData, UpgradeSide } from './types.js'
import type { PackageChange } from '../../types/bisect.js'

/** Further packages are only counted. */
const MOST_PACKAGES = 6
const SHORTEST_VERSION = 12

/** The account for people: verdict, both versions side by side, what differs, then the whole experiment. */
export function upgradeText(data: UpgradeData, options: TextOptions = {}): string {
  const { width = DEFAULT_WIDTH, paint = plainPaint } = options
  const { verdict } = data
  const tone = verdict === 'leaks' || verdict === 'both-leak' ? 'leak' : 'clean'
  const headline = upgradeHeadline(data)
  return [
    ...hanging('', headline, width).map(line =>
      paint(verdict === 'inconclusive' ? 'inconclusive' : tone, line),
    ),
    '',
    ...sidesTable(data, width - 2).map(line => `  ${line}`),
    '',
    ...upgradeSentences(data).flatMap(sentence => hanging('  - ', sentence, width)),
    '',
    reportText(data.report, options),
  ].join('\n')
}

/** `LEAKS: newrelic 7.4.0 → 7.5.0: newrelic 7.5.0 leaks, 7.4.0 does not.` */
export function upgradeHeadline({ verdict, agent, from, to, reason }: UpgradeData): string {
  return `${verdictWords(verdict)}: ${agent} ${from.version} → ${to.version}: ${reason}.`
}

/** How the two versions differ. */
export function upgradeSentences(data: UpgradeData): string[] {
  const { packages } = data.difference
  return [differenceSentence(data), startSentence(data), packagesSentence(packages)].filter(Boolean)
}

/** Both versions side by side. */
export function sideCells({ from, to }: UpgradeData): { headings: string[]; rows: string[][] } {
  const per = perWhat(to.component.growth) === 'second' ? 's' : 'op'
  return {
    headings: ['', 'version', 'verdict', `heap/${per}`, 'interval', 'at start', 'trials'],
    rows: [row('in use', from), row('new', to)],
  }
}

/** The same as a table; long versions are cut. */
export function sidesTable(data: UpgradeData, width: number): string[] {
  const { headings, rows } = sideCells(data)
  return fittingTable(headings, rows, width, [{ column: 1, least: SHORTEST_VERSION }])
}

/** By how much the new version grows more, or that it is not known. */
export function differenceSentence({ from, to, difference }: UpgradeData): string {
  const { interval } = growthText(difference.growth)
  const versions = `${to.version} against ${from.version}`
  return interval === ''
    ? `${versions}: too few trials for a difference of ${metricName(difference.metric)}`
    : `${versions}: ${growthPhrase(difference.metric, difference.growth)} (${interval})`
}

function row(label: string, { version, component }: UpgradeSide): string[] {
  const { amount, interval } = growthText(component.growth)
  const { startBytes, trials } = component
  const verdict = component.verdict === 'leak' ? 'LEAK' : component.verdict
  return [label, version, verdict, amount, interval, startText(startBytes), String(trials)]
}

function startText(bytes: number | null): string {
  return bytes === null ? '' : `${bytes >= 0 ? '+' : ''}${formatBytes(bytes)}`
}

function startSentence({ difference: { startBytes }, to, from }: UpgradeData): string {
  if (startBytes === null) return ''
  const more = startBytes >= 0 ? 'more' : 'less'
  return `at start ${to.version} takes ${formatBytes(Math.abs(startBytes))} ${more} heap than ${from.version}`
}

function packagesSentence(packages: readonly PackageChange[]): string {
  if (packages.length === 0) return ''
  const named = packages
    .slice(0, MOST_PACKAGES)
    .map(({ name, from, to }) => `${name} ${from ?? '(none)'} → ${to ?? '(none)'}`)
  const more = packages.length - MOST_PACKAGES
  return `beside the agent ${plural(packages.length, 'package')} changed: ${[...named, ...(more > 0 ? [`${String(more)} more`] : [])].join('; ')}`
}

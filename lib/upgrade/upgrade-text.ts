import { growthPhrase, growthText } from '../report/format/growth.js'
import { formatBytes } from '../report/format/bytes.js'
import { hanging, plural, table } from '../report/format/layout.js'
import { metricName } from '../report/format/metric-names.js'
import { plainPaint } from '../report/text/paint.js'
import { reportText, type TextOptions } from '../report/text.js'
import type { PackageChange, UpgradeData, UpgradeSide } from './types.js'

/** Further packages are only counted. */
const MOST_PACKAGES = 6

/** The account for people: verdict, both versions side by side, what differs, then the whole experiment. */
export function upgradeText(data: UpgradeData, options: TextOptions = {}): string {
  const { width = 100, paint = plainPaint } = options
  const { agent, from, to, verdict, difference } = data
  const tone = verdict === 'leaks' || verdict === 'both leak' ? 'leak' : 'clean'
  const headline = `${verdict.toUpperCase()}: ${agent} ${from.version} → ${to.version}: ${data.reason}.`
  const { interval } = growthText(difference.growth)
  const known = interval !== ''
  const growth = known
    ? `${to.version} against ${from.version}: ${growthPhrase(difference.metric, difference.growth)} (${interval})`
    : `${to.version} against ${from.version}: too few trials for a difference of ${metricName(difference.metric)}`
  const sentences = [growth, startSentence(data), packagesSentence(difference.packages)].filter(Boolean)
  const rows = [row('in use', from), row('new', to)]
  const headings = ['', 'version', 'verdict', 'heap/operation', 'interval', 'at start', 'trials']
  return [
    ...hanging('', headline, width).map(line =>
      paint(verdict === 'inconclusive' ? 'inconclusive' : tone, line),
    ),
    '',
    ...table(headings, rows).map(line => `  ${line}`),
    '',
    ...sentences.flatMap(sentence => hanging('  - ', sentence, width)),
    '',
    reportText(data.report, options),
  ].join('\n')
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

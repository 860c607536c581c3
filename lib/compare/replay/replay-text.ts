import { growthText, metricName, perWhat } from '../../report/format/growth.js'
import { hanging, list, table, verdictWords } from '../../report/format/layout.js'
import { plainPaint } from '../../report/text/short-names.js'
import { reportText, type TextOptions } from '../../report/text.js'
import type { Growth, Metric, Verdict } from '../../types/index.js'
import type { ReplayData, ReplayReport, ReplayVerdict } from './types.js'

const WIDTH = 80
const TONE: Readonly<Record<ReplayVerdict, Verdict>> = {
  'still-happens': 'leak',
  'new-leak': 'leak',
  'no-longer-happens': 'clean',
  'still-clean': 'clean',
  clean: 'clean',
  inconclusive: 'inconclusive',
}

/** The account for people: the answer, growth then and now, what differs, then the run of now. At most 80 columns. */
export function replayText(data: ReplayData, options: TextOptions = {}): string {
  const { paint = plainPaint } = options
  const width = Math.min(options.width ?? WIDTH, WIDTH)
  const headline = `${verdictWords(data.verdict)}: ${data.reason}`
  const bullets = (items: readonly string[]): string[] => items.flatMap(item => hanging('  - ', item, width))
  const rows = [
    ...data.culprits.map(({ agents, agentsNow, kind, metric, was, now, verdict }) => [
      kind === 'application' ? 'application' : renamed(agents, agentsNow),
      figure(metric, was),
      now === null ? 'unknown' : figure(metric, now),
      verdict.replaceAll('-', ' '),
    ]),
    ...data.newCulprits.map(({ agents, kind, metric, growth }) => [
      kind === 'application' ? 'application' : list(agents),
      '',
      figure(metric, growth),
      'new leak',
    ]),
  ]
  return [
    ...hanging('', headline, width).map(line => paint(TONE[data.verdict], line)),
    '',
    ...hanging(
      '',
      `Replayed: the run of ${utc(data.was.startedAt)}, whose verdict was ${data.was.verdict}.`,
      width,
    ),
    ...(rows.length === 0 ? [] : ['', ...figures(rows, width)]),
    '',
    paint('heading', 'What differs'),
    ...bullets(differenceLines(data)),
    '',
    paint('heading', 'The run now'),
    '',
    reportText(data.report, { ...options, width }),
  ].join('\n')
}

/** As a table where it fits, else a block for each. */
function figures(rows: readonly (readonly string[])[], width: number): string[] {
  const lines = table(['culprit', 'then', 'now', 'answer'], rows).map(line => `  ${line}`)
  if (lines.every(line => line.length <= width)) return lines
  return rows.flatMap(([name = '', was = '', now = '', verdict = '']) => [
    ...hanging('  ', `${name}: ${verdict}`, width),
    ...(was === '' ? [] : hanging('    then  ', was, width)),
    ...hanging('    now   ', now, width),
  ])
}

function figure(metric: Metric, growth: Growth): string {
  const { amount, interval } = growthText(growth)
  const what = metric === 'heap' ? '' : ` ${metricName(metric)}`
  return `${amount}${what}/${perWhat(growth)}${interval === '' ? '' : ` (${interval})`}`
}

function renamed(agents: readonly string[], agentsNow: readonly string[]): string {
  const [then, now] = [list(agents), list(agentsNow)]
  return then === now ? then : `${then} → ${now}`
}

function differenceLines({ differences, variables }: ReplayData): string[] {
  const lines = differences.map(
    ({ what, was, now }) => `${what}: ${was || 'none'} then, ${now || 'none'} now`,
  )
  return [
    ...(lines.length === 0 ? ['nothing that a report tells'] : lines),
    ...(variables.length === 0
      ? []
      : [
          `values of ${list(variables)} were taken from the environment: whether they are those of then, a report does not tell`,
        ]),
  ]
}

function utc(startedAt: string): string {
  const at = Date.parse(startedAt)
  return Number.isFinite(at) ? `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC` : startedAt
}

/** Adds the method to the data; it is not enumerable, so that `JSON.stringify` gives the data alone. */
export function createReplayReport(data: ReplayData): ReplayReport {
  return Object.freeze(Object.defineProperties({ ...data }, { toString: { value: () => replayText(data) } }))
}

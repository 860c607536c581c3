import type { CaseResult, ComponentResult } from './judge.js'
import type { Tally, Totals } from './totals.js'

const HEADER = [
  'case',
  'expected',
  'told',
  'growth (interval), of what',
  'known',
  'trials',
  'operations',
  's',
  '/naive',
]

/** Rows of text with columns of the same width. */
export const plainTable = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? []
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export const markdownTable = ([header = [], ...rows]: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A row for each case, the names of the peers as further columns. */
export const caseRows = (results: readonly CaseResult[]): readonly (readonly string[])[] => {
  const names = [...new Set(results.flatMap(({ peers }) => peers.map(({ name }) => name)))]
  return [[...HEADER, ...names], ...results.map(result => [...row(result), ...peerCells(result, names)])]
}

const row = (result: CaseResult): string[] => [
  result.id + (result.changed === undefined ? '' : ' *'),
  result.expected.join(', ') || 'clean',
  told(result),
  growths(result),
  result.truth === undefined
    ? ''
    : `${amount(result.truth.perOperation)} (${amount(result.truth.low)} to ${amount(result.truth.high)})${result.agreesWithTruth === true ? '' : ' differs'}`,
  result.trials.toString(),
  result.operations.toString(),
  (result.totalMs / 1000).toFixed(0),
  result.timeRatio === null ? '' : result.timeRatio.toFixed(1),
]

const told = ({ outcome, named, error, allowedBecause, sameAsReported, decided }: CaseResult): string => {
  if (outcome === 'error') return `error: ${(error ?? '').slice(0, 80)}`
  const marks = [
    ...(allowedBecause === undefined ? [] : ['allowed']),
    ...(sameAsReported ? [] : ['judged anew']),
    ...(decided ? [] : ['wants more trials']),
  ]
  const details =
    outcome === 'wrong accusation' || outcome === 'missed' ? [named.join(', ') || 'nothing'] : []
  const notes = [...details, ...marks].join('; ')
  return notes === '' ? outcome : `${outcome} (${notes})`
}

/** Of what was expected or named; of the agent where nothing was. */
const growths = ({ components, expected, named }: CaseResult): string => {
  const shown = components.filter(({ name }) => expected.includes(name) || named.includes(name))
  const agent = components.filter(({ name }) => name !== 'application').slice(0, 1)
  return (shown.length > 0 ? shown : agent).map(growth).join('; ')
}

const growth = ({ metric, estimate, low, high, unit }: ComponentResult): string =>
  `${amount(estimate)} (${amount(low)} to ${amount(high)}) ${unit.startsWith('bytes') ? 'B' : 'n'}/${unit.endsWith('second') ? 's' : 'op'} ${metric}`

const amount = (value: number | null): string => {
  if (value === null || !Number.isFinite(value)) return '?'
  return Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString()
}

const peerCells = ({ peers }: CaseResult, names: readonly string[]): string[] =>
  names.map(name => {
    const answer = peers.find(peer => peer.name === name)
    if (answer === undefined) return ''
    if (answer.right) return 'right'
    return answer.accuses ? 'accused' : 'missed'
  })

/** The totals as lines. */
export const totalLines = (totals: Totals): readonly string[] => {
  const { all, real, madeUp, timeRatio, aa } = totals
  const ratio = (value: number | null): string => (value === null ? '-' : value.toFixed(1))
  const rows = [
    ['', 'cases', 'right', 'wrongly accused', 'missed', 'inconclusive', 'of it allowed', 'errors'],
    ...Object.entries({ 'isolate-leak': all, 'real packages': real, 'made-up': madeUp }).map(tallyRow),
    ...totals.peers.map(({ name, cases, right, wrongAccusations, missed }) =>
      [name, cases, right, wrongAccusations, missed, '', '', ''].map(String),
    ),
  ]
  return [
    ...plainTable(rows).split('\n'),
    '',
    `time to the verdict, median: ${totals.medianMs === null ? '-' : (totals.medianMs / 1000).toFixed(0)} s; over the naive script's, median: ${ratio(timeRatio.all)} (real packages ${ratio(timeRatio.real)}, made-up ${ratio(timeRatio.madeUp)})`,
    ...(aa.calls === 0
      ? []
      : [
          `A/A: ${aa.calls.toString()} calls; agents: ${verdicts(aa.agents)}; applications: ${verdicts(aa.applications)}`,
        ]),
  ]
}

const tallyRow = ([name, tally]: [string, Tally]): string[] =>
  [
    name,
    tally.cases,
    tally.right,
    tally.wrongAccusations,
    tally.missed,
    tally.inconclusive,
    tally.inconclusiveAllowed,
    tally.errors,
  ].map(String)

const verdicts = ({ verdicts, accused, inconclusive }: Totals['aa']['agents']): string =>
  `${verdicts.toString()} verdicts, ${accused.toString()} accused, ${inconclusive.toString()} inconclusive`

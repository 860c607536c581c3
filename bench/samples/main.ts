/**
 * Post-mortems of the demo and of a leak of a published agent, kept beside this file with the reports that they were made of.
 * `npm run samples`
 *
 *   --only NAME   demo or dd-trace
 *   --kept        run nothing: write the texts again from the reports that are kept
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { http, isolateLeak, type IsolateLeakOptions, type RunEvent } from 'isolate-leak'
import { findSupportingFiles, postmortem, readReport, type PostmortemOptions } from 'isolate-leak/postmortem'
import { markdown } from 'isolate-leak/reporters'
import type * as Demo from '../../lib/cli/demo/run-demo.js'
import { expressFolder } from '../../test/support/real-agents.js'
import { projectPath } from '../../test/support/project-path.js'
import { neutralText } from './neutral-text.js'

interface Sample {
  readonly name: string
  readonly options: () => Promise<IsolateLeakOptions>
  readonly postmortem: PostmortemOptions
  /** Whether there are maintainers to write to. */
  readonly issue: boolean
}

const work = projectPath('.cache', 'samples')
const samples: readonly Sample[] = [
  {
    name: 'demo',
    options: async () => {
      const file = pathToFileURL(projectPath('dist', 'cli', 'demo', 'run-demo.js')).href
      const { demoOptions } = (await import(file)) as typeof Demo
      return demoOptions()
    },
    postmortem: {},
    issue: false,
  },
  {
    // dd-trace-js #2628: the span store keeps each request. Fixed in 3.10.0
    name: 'dd-trace',
    options: async () => ({
      entry: {
        file: projectPath('test', 'fixtures', 'apps', 'orders-express.cjs'),
        cwd: projectPath('test', 'fixtures', 'apps'),
        env: { EXPRESS_FOLDER: await expressFolder() },
      },
      agents: ['dd-trace@3.9.3'],
      workload: http({ path: '/orders/42' }),
      effort: 'quick',
    }),
    postmortem: { operationsPerSecond: 250, memoryLimitBytes: 512_000_000 },
    issue: true,
  },
]

const { values } = parseArgs({
  options: { only: { type: 'string' }, kept: { type: 'boolean', default: false } },
})
const wanted = samples.filter(({ name }) => values.only === undefined || values.only === name)
if (wanted.length === 0) throw new Error(`expected demo or dd-trace, got ${values.only ?? ''}`)
process.env['ISOLATE_LEAK_CACHE'] ??= join(work, 'cache')

const say = (event: RunEvent): void => {
  if (event.type === 'trial-end') console.log(`trial ${String(event.trial.id)}: ${event.record.outcome.kind}`)
}

const kept = (name: string, file: string): string => projectPath('bench', 'samples', `${name}-${file}`)

const run = async ({ name, options }: Sample): Promise<void> => {
  const outDir = join(work, name)
  await rm(outDir, { recursive: true, force: true })
  await mkdir(outDir, { recursive: true })
  const report = await isolateLeak({ ...(await options()), seed: 1, outDir, onEvent: say })
  console.log(String(report))
  // Names of folders of one machine are nobody's business.
  const paths = { project: projectPath(), node: process.execPath }
  const text = neutralText(await readFile(join(outDir, 'report.json'), 'utf8'), paths)
  await writeFile(kept(name, 'report.json'), text)
}

for (const sample of wanted) {
  const { name, issue, postmortem: settings } = sample
  console.log(`${name} ...`)
  if (!values.kept) await run(sample)
  const path = kept(name, 'report.json')
  const report = await readReport(path)
  const files = await findSupportingFiles(path, report)
  await writeFile(kept(name, 'postmortem.md'), postmortem(report, { ...settings, files }))
  if (issue) await writeFile(kept(name, 'issue.md'), markdown(report, settings))
}

/**
 * Applications as people have them, none of which leaks, one call each:
 * `npm run build && npx tsc -p bench && node .cache/bench/bench/applications.js [--only NAME] [--effort quick] [--runs 1] [--markdown FILE] [--out FOLDER]`
 *
 * They are installed and built in `.cache/applications` on first use. With `--out` the report and the journal of each call are kept.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isolateLeak, type IsolateLeakOptions, type IsolationReport } from 'isolate-leak'
import { APPLICATIONS, type Application } from './applications/applications.js'
import { install } from './applications/install.js'
import { withRedis } from './applications/redis.js'

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    effort: { type: 'string', default: 'quick' },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' },
    markdown: { type: 'string' },
    out: { type: 'string' },
  },
})

const nameOf = (spec: string): string => spec.slice(0, spec.lastIndexOf('@'))

async function call(
  application: Application,
  seed: number,
  env: NodeJS.ProcessEnv = {},
): Promise<IsolationReport> {
  const folder = await install(application)
  const entry = await application.entry(folder)
  return isolateLeak({
    entry: { ...entry, env: { NODE_ENV: 'production', ...entry.env, ...env } },
    agents: application.agents.map(nameOf),
    workload: application.workload(folder),
    effort: values.effort as NonNullable<IsolateLeakOptions['effort']>,
    seed,
    ...(values.out === undefined ? {} : { outDir: join(values.out, `${application.name} ${String(seed)}`) }),
    onEvent: event => {
      if (event.type === 'verdict') console.error(`${event.component}: ${event.verdict}: ${event.reason}`)
      if (event.type === 'warning') console.error(`${event.warning.code}: ${event.warning.message}`)
    },
  })
}

async function rowOf(application: Application, seed: number): Promise<string> {
  const { name, agents, needsRedis } = application
  const cells = [name, agents.join(', ')]
  try {
    const { components, trials, timings } = await (needsRedis === true
      ? withRedis(port => call(application, seed, { REDIS_PORT: port }))
      : call(application, seed))
    const open = components.filter(({ verdict }) => verdict === 'inconclusive')
    return [
      ...cells,
      components.map(one => `${one.name}: ${one.verdict}`).join(', '),
      trials.filter(({ continues }) => continues === undefined).length,
      (timings.totalMs / 1000).toFixed(0),
      open.map(one => `${one.name}: ${one.reason}`).join(' '),
    ].join(' | ')
  } catch (error) {
    console.error(error)
    return [...cells, 'failed', '', '', error instanceof Error ? error.message : String(error)].join(' | ')
  }
}

const lines = [
  '| application | agents | verdicts | launches | seconds | open, because |',
  '| --- | --- | --- | --- | --- | --- |',
]
for (const application of APPLICATIONS) {
  if (values.only !== undefined && !values.only.some(one => application.name.includes(one))) continue

  for (let run = 0; run < Number(values.runs); run++) {
    const line = `| ${await rowOf(application, Number(values.seed) + run)} |`
    console.log(line)
    lines.push(line)
  }
}
if (values.markdown !== undefined) {
  const about = `Node ${process.version}, ${availableParallelism()} processors, effort ${values.effort}.`
  writeFileSync(values.markdown, `# Applications that do not leak\n\n${about}\n\n${lines.join('\n')}\n`)
}

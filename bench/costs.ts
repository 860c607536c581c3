/**
 * CPU time that agents add to an operation as the report says it, beside a plain measurement of the same application with the same agents in
 * the same run: `npm run build && npx tsc -p bench && node .cache/bench/bench/costs.js [--operations 8192] [--launches 4] [--calls 2] [--markdown FILE]`
 *
 * The plain one launches the application without the library, sends as many requests to warm it up as it then measures, and asks
 * `process.cpuUsage()` before and after. Prints both with their 95% intervals, and the ratio of what they found.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { http, isolateLeak, type Cost } from 'isolate-leak'
import { difference, groupOf, margin } from '../lib/decide/stats/effect.js'
import { mulberry32, shuffle } from '../lib/decide/stats/random.js'
import { connectionPool, driveHttp } from '../lib/trial/workload/drive-http.js'
import { httpPlan } from '../lib/trial/workload/http-plan.js'
import { freePort } from '../test/support/free-port.js'
import { startBackend } from '../test/support/loopback-backend.js'
import { projectPath } from '../test/support/project-path.js'
import { ddTrace, expressFolder, otelAuto, type RealAgent } from '../test/support/real-agents.js'

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '8192' },
    launches: { type: 'string', default: '4' },
    calls: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    markdown: { type: 'string' },
  },
})
const operations = Number(values.operations)
const seed = Number(values.seed)
const WORKLOAD = http({ path: '/orders/42' })
const { plan } = httpPlan(WORKLOAD)
const file = projectPath('test', 'fixtures', 'apps', 'orders-express.cjs')

const untilListening = async (url: string): Promise<void> => {
  for (;;) {
    try {
      await fetch(url)
      return
    } catch {
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}

const cpuMs = async (application: ChildProcess): Promise<number> => {
  application.send('cpu')
  const [ms] = (await once(application, 'message')) as [number]
  return ms
}

/** CPU time an operation of one launch, in the second half of as many operations as a trial has. */
const measured = async (agent: RealAgent | null, env: Readonly<Record<string, string>>): Promise<number> => {
  const port = String(await freePort())
  const preloads = [
    projectPath('bench', 'costs', 'report-cpu.cjs'),
    ...(agent === null ? [] : [agent.require]),
  ]
  const application = fork(file, [], {
    execArgv: preloads.flatMap(path => ['--require', path]),
    env: { PATH: process.env['PATH'], PORT: port, ...env, ...agent?.env },
  })
  const pool = connectionPool()
  try {
    const url = `http://127.0.0.1:${port}`
    await untilListening(`${url}/orders/1`)
    const drive = async (index: number): Promise<void> => {
      const signal = new AbortController().signal
      await driveHttp({ url, plan, requests: null, operations: operations / 2, index, signal, pool })
    }
    await drive(0)
    const before = await cpuMs(application)
    await drive(operations / 2)
    return ((await cpuMs(application)) - before) / (operations / 2)
  } finally {
    pool.close()
    application.kill('SIGKILL')
    await once(application, 'exit')
  }
}

type Added = Pick<Cost, 'added' | 'low' | 'high'>

const plainly = (own: readonly number[], without: readonly number[]): Added => {
  const effect = difference(groupOf(own), groupOf(without))
  const half = margin(effect, 0.025)
  return { added: effect.estimate, low: effect.estimate - half, high: effect.estimate + half }
}

const text = ({ added, low, high }: Added): string =>
  `${added.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`

/** The ratio, and the interval that follows from both by the error of a quotient. */
const ratioText = (ours: Added, theirs: Added): string => {
  const relative = ({ added, low, high }: Added): number => (high - low) / 2 / added
  const ratio = ours.added / theirs.added
  const half = Math.abs(ratio) * Math.hypot(relative(ours), relative(theirs))
  return `${ratio.toFixed(2)} (${(ratio - half).toFixed(2)} to ${(ratio + half).toFixed(2)})`
}

const backend = await startBackend()
try {
  const env = { EXPRESS_FOLDER: await expressFolder() }
  const agents = [await ddTrace('5.132.0', backend.url), await otelAuto(backend.url)]
  const busyBefore = loadavg()[0]

  const plain = new Map<RealAgent | null, number[]>()
  const launches = Array.from({ length: Number(values.launches) }, () => [null, ...agents]).flat()
  for (const agent of shuffle(launches, mulberry32(seed))) {
    const ms = await measured(agent, env)
    console.error(`${agent?.name ?? 'no agents'}: ${ms.toFixed(3)} ms an operation`)
    plain.set(agent, [...(plain.get(agent) ?? []), ms])
  }
  const without = plain.get(null) ?? []
  const alone: number[] = []
  const lines = [
    '| agent | adds by the report, ms an operation | trials | adds by the plain measurement | launches | ratio |',
    '| --- | --- | --- | --- | --- | --- |',
  ]
  for (let call = 0; call < Number(values.calls); call++) {
    const { costs = [] } = await isolateLeak({
      entry: { file, env },
      agents,
      workload: WORKLOAD,
      // Whether they leak is not the question here.
      ...{
        operations,
        threshold: 65_536,
        retentionMs: 0,
        effort: 'quick',
        strategy: 'each',
        evidence: 'none',
      },
      ...{ seed: seed + call, concurrency: 1 },
    })
    for (const { agent, trials, cpuMsPerOperation: own } of costs) {
      const theirs = [...plain].find(([one]) => one?.name === agent)?.[1] ?? []
      const added = plainly(theirs, without)
      if (own !== null) alone.push(own.without)
      const cells = own === null ? ['not known', trials] : [text(own), trials]
      const ratio = own === null ? '' : ratioText(own, added)
      lines.push(`| ${[agent, ...cells, text(added), theirs.length, ratio].join(' | ')} |`)
    }
  }
  const about = [
    `Node ${process.versions.node}, ${String(operations / 2)} operations after as many to warm up, one launch at a time.`,
    `Without agents ${groupOf(alone).mean.toFixed(3)} ms by the report, ${groupOf(without).mean.toFixed(3)} ms by the plain measurement.`,
    `Load average before: ${busyBefore?.toFixed(1) ?? '?'}. Intervals are of 95%.`,
  ]
  const whole = `# CPU time that agents add, beside a plain measurement\n\n\`npm run build && npx tsc -p bench && node .cache/bench/bench/costs.js\`. ${about.join(' ')}\n\n${lines.join('\n')}\n`
  console.log(whole)
  if (values.markdown !== undefined) writeFileSync(values.markdown, whole)
} finally {
  await backend.close()
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromAccessLog, fromHar, http, isolateLeak, type IsolationReport, type Workload } from 'isolate-leak'
import t from 'tap'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'

const fixture = (name: string): string => projectPath('test', 'fixtures', 'recorded', `${name}.cjs`)
const folder = t.testdir({})
const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const run = (workload: Workload): Promise<IsolationReport> =>
  isolateLeak({
    ...{ entry: fixture('shop'), workload, evidence: 'none', seed: 1, ...quickTiming },
    ...{ operations: 2_048, threshold: 128, retentionMs: 200 },
    agents: ['keeps-searches', 'counts-searches'].map(name => ({ name, require: fixture(name) })),
  })

const verdicts = ({ components }: IsolationReport): unknown =>
  Object.fromEntries(components.map(({ name, verdict }) => [name, verdict]))

const CLEAN = { application: 'clean', 'keeps-searches': 'clean', 'counts-searches': 'clean' }

const entry = (method: string, path: string, status = 200, text = ''): object => ({
  request: {
    ...{ method, url: `https://shop.example${path}`, httpVersion: 'http/2.0', bodySize: text.length },
    headers: [
      { name: ':method', value: method },
      { name: 'content-length', value: String(text.length) },
      { name: 'authorization', value: 'Bearer planted-secret' },
    ],
    ...(text === '' ? {} : { postData: { mimeType: 'application/json', text } }),
  },
  response: { status, content: { text: 'x'.repeat(10_000) } },
})

leavesNothing(t, 'a leak that only recorded traffic shows, and its twin', async t => {
  const entries = [
    entry('GET', '/'),
    entry('GET', '/gone', 404),
    entry('POST', '/search?page=2', 200, '{"deep":true}'),
    entry('POST', '/search?page=3', 200, '{"deep":false}'),
  ]
  const file = join(folder, 'traffic.har')
  writeFileSync(file, JSON.stringify({ log: { version: '1.2', entries } }))
  const report = await run(http({ ...(await fromHar(file)), maxFailureRate: 0 }))
  t.strictSame(verdicts(report), { ...CLEAN, 'keeps-searches': 'leak' }, String(report))
  t.match(String(report), /4 requests of traffic\.har, 10 connections/)
  t.notMatch(JSON.stringify(report), /planted-secret|search\?page/, 'what people asked is not in the report')
  t.strictSame(report.trials[0]?.counts, {
    ...{ performed: 2_048, failed: 0, byStatus: { 200: 1_536, 404: 512 } },
  })

  const line = (method: string, path: string): string =>
    `192.0.2.7 - - [10/Oct/2026:13:55:36 +0000] "${method} ${path} HTTP/1.1" 200 12 "-" "curl/8.9.1"`
  const log = join(folder, 'access.log')
  writeFileSync(log, [line('GET', '/'), line('POST', '/search?page=2')].join('\n'))
  t.strictSame(verdicts(await run(http(await fromAccessLog(log)))), CLEAN, 'a log has no bodies')
})

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { http, isolateLeak, type IsolateLeakOptions, type IsolationReport } from 'isolate-leak'
import t from 'tap'
import { readHistory } from '../../lib/nightly/history/history-file.js'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { madeUpScale } from '../support/made-up-apm.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { runClean } from '../support/run-clean.js'

const told: unknown[] = []
const server = createServer((request, response) => {
  void text(request).then(body => {
    told.push(JSON.parse(body))
    response.end()
  })
})
// No connection is kept, so that none counts as left behind.
server.keepAliveTimeout = 1
await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
t.teardown(() => {
  server.closeAllConnections()
  server.close()
})
const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/s3cret`
const history = join(t.testdir({}), 'history')

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const night = (file: string, more: Partial<IsolateLeakOptions> = {}): Promise<IsolationReport> =>
  isolateLeak({
    entry: projectPath('test', 'fixtures', 'apps', 'plain-server.cjs'),
    agents: [{ name: 'agent', require: projectPath('test', 'fixtures', 'evidence', `${file}.cjs`) }],
    workload: http(),
    ...{ ...madeUpScale, seed: 1, evidence: 'none' },
    history: { dir: history, commit: 'abcdef1' },
    notify: { url, format: 'json' },
    ...quickTiming,
    ...more,
  })

/** What the command says of the nights so far. */
const standing = async (): Promise<readonly [number | null, string]> => {
  const args = [projectPath('dist', 'cli', 'bin.js'), 'history', history]
  const options = { cwd: projectPath(), timeoutMs: 60_000 }
  const { exitCode, stdout, stderr } = await runClean(process.execPath, args, options)
  return [exitCode, stdout + stderr]
}

leavesNothing(t, 'a leak, its harmless twin the night after, and a night that fails', async t => {
  t.equal((await night('keeps-spans')).verdict, 'leak')
  t.match(await standing(), [1, /^LEAK/])
  t.equal((await night('drops-spans')).verdict, 'clean')
  const entry = projectPath('test', 'fixtures', 'broken', 'entry-throws.cjs')
  await t.rejects(night('drops-spans', { entry }), { code: 'ERR_ENTRY_CRASHED' })
  t.match(await standing(), [2, /agent/], 'the last night came to no answer')

  const nights = await readHistory(history)
  t.match(nights, [
    { outcome: 'finished', verdict: 'leak', versions: { application: { commit: 'abcdef1' } } },
    { outcome: 'finished', verdict: 'clean' },
    { outcome: 'failed', error: { code: 'ERR_ENTRY_CRASHED' } },
  ])
  t.equal(nights.length, 3)
  for (const { run } of nights.slice(0, 2))
    t.ok(existsSync(join(history, run ?? '', 'report.json')), 'its files are kept')
  t.strictSame(readdirSync(join(history, 'open')), [], 'nothing is under way')

  t.match(told, [
    { event: 'leak', title: /agent/, report: { verdict: 'leak', culprits: [{ agents: ['agent'] }] } },
    { event: 'recovery', report: { verdict: 'clean' } },
    { event: 'failed', report: null, error: { code: 'ERR_ENTRY_CRASHED' } },
  ])
  t.equal(told.length, 3)
  t.notMatch(JSON.stringify([told, nights]), /s3cret/)
})

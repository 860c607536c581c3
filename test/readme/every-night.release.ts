import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chmod, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { readHistory } from '../../lib/nightly/history/history-file.js'
import { timingText } from '../support/made-up-config.js'
import { runClean, type CleanRun } from '../support/run-clean.js'
import { readPage } from './pages.js'
import { createProject } from './project.js'
import { snippetsOf } from './snippets.js'

const TIMEOUT_MS = 120_000
/** The blocks of the page that are marked `<!-- ci: name -->`. */
const blocks = new Map(snippetsOf(readPage('docs/ci.md')).map(({ ci, code }) => [ci, code]))
const block = (name: string): string => {
  const found = blocks.get(name)
  if (found === undefined) throw new Error(`expected a block of ${name} in docs/ci.md`)
  return found
}

const config = `import { http } from 'isolate-leak'
export default {
  entry: './server.js',
  agents: [{ name: 'agent', require: process.env.LEAKS === '1' ? './leaks.cjs' : './harmless.cjs' }],
  workload: http(),
  ...{ effort: 'quick', operations: 640, threshold: 256, retentionMs: 300, evidence: 'none' },
  ${timingText},
}
`
const leaks = `const { Server } = require('node:http')
const kept = (globalThis.kept = [])
const { emit } = Server.prototype
Server.prototype.emit = function (type, ...rest) {
  if (type === 'request') kept.push(new Array(512).fill(kept.length))
  return emit.call(this, type, ...rest)
}
`
/** The same, which keeps the last request only. */
const harmless = leaks.replace(
  'kept.push(new Array(512).fill(kept.length))',
  'kept[0] = new Array(512).fill(0)',
)
/** Keeps who is mailed what. */
const mail = `#!/bin/sh
{ printf '%s|' "$@"; cat; } >>mails.txt
`

/** A user's project after \`npm ci\`, with a config that takes seconds. */
const project = async (t: Test): Promise<string> => {
  const folder = await createProject()
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const files = { 'leak.config.js': config, 'leaks.cjs': leaks, 'harmless.cjs': harmless, 'bin/mail': mail }
  await mkdir(join(folder, 'bin'))
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  await chmod(join(folder, 'bin', 'mail'), 0o755)
  return folder
}

type Env = Readonly<Record<string, string>>

const shell = (folder: string, command: string, env: Env = {}, timeoutMs = TIMEOUT_MS): Promise<CleanRun> => {
  const PATH = `${join(folder, 'bin')}:${process.env.PATH ?? ''}`
  return runClean('bash', ['-e', '-o', 'pipefail', '-c', command], {
    ...{ cwd: folder, timeoutMs },
    env: { npm_config_offline: 'true', PATH, ...env },
  })
}

const verdicts = async (folder: string): Promise<string[]> =>
  (await readHistory(join(folder, 'leak-history'))).map(night =>
    night.outcome === 'finished' ? night.verdict : night.error.code,
  )
const isThere = async (folder: string, name: string): Promise<boolean> =>
  (await readFile(join(folder, name), 'utf8').catch(() => '')) !== ''
/** `npm ci` is what the project stands for. */
const isInstall = (command: string): boolean => command.trim() === 'npm ci'

t.test('cron', async t => {
  const folder = await project(t)
  await writeFile(join(folder, 'nightly-leak.sh'), block('cron'), { mode: 0o755 })
  const held = shell(folder, 'exec 9>nightly-leak.lock; flock 9; sleep 2')
  await new Promise(done => setTimeout(done, 500))
  t.match(await shell('/', join(folder, 'nightly-leak.sh')), { exitCode: 0, stdout: '' }, 'one at a time')
  t.strictSame(await verdicts(folder), [])
  await held
  const clean = await shell('/', join(folder, 'nightly-leak.sh'))
  t.match(clean, { exitCode: 0, stdout: '', stderr: '' }, 'nothing is said while it is clean')
  t.notOk(await isThere(folder, 'mails.txt'))
  const env = { LEAKS: '1', PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}` }
  t.match(await shell('/', join(folder, 'nightly-leak.sh'), env), { exitCode: 1 })
  t.match(
    await readFile(join(folder, 'mails.txt'), 'utf8'),
    /^-s\|Leak check: a leak\|team@example\.com\|(?:[^]*^)?LEAK: agent adds/m,
  )
  t.strictSame(await verdicts(folder), ['clean', 'leak'])
})

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly if?: string
  readonly with?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

t.test('GitHub Actions', async t => {
  const workflow = parse(block('github')) as {
    on: { schedule: readonly { cron: string }[] }
    jobs: { leaks: { 'timeout-minutes': number; 'runs-on': string; steps: readonly Step[] } }
  }
  const { steps } = workflow.jobs.leaks
  t.match(workflow.on.schedule[0]?.cron, /^(\S+ ){4}\S+$/)
  for (const { uses, run } of steps)
    t.ok((uses === undefined) !== (run === undefined), uses ?? run ?? 'a step')
  const using = (name: string): Step | undefined => steps.find(({ uses }) => uses?.startsWith(`${name}@`))
  const [restore, save, upload] = [
    'actions/cache/restore',
    'actions/cache/save',
    'actions/upload-artifact',
  ].map(using)
  t.strictSame([restore?.with?.path, save?.with?.path], ['leak-history', 'leak-history'])
  t.equal(restore?.with?.key, save?.with?.key)
  t.ok(save?.with?.key?.startsWith(restore?.with?.['restore-keys'] ?? '-'), 'the next run finds it')
  for (const step of [save, upload]) t.equal(step?.if, 'always()')

  const folder = await project(t)
  const env = {
    GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
    GITHUB_SHA: 'a'.repeat(40),
    GITHUB_ACTIONS: 'true',
  }
  const commands = steps.flatMap(({ run }) => (run === undefined || isInstall(run) ? [] : [run]))
  const [look = ''] = commands
  // As after a time-out: the whole group, as soon as there is something to go on with.
  const killed = `set -m; { ${look}; } & until ls leak-history/runs/*/journal.jsonl; do sleep 0.1; done; kill -KILL -- -$!`
  t.match(await shell(folder, killed, env), { exitCode: 0 })
  t.strictSame(await verdicts(folder), [], 'it came to no answer')
  for (const command of commands) t.match(await shell(folder, command, env), { exitCode: 0 }, command)
  t.strictSame(await verdicts(folder), ['clean'], 'the run that was killed went on')
  t.equal((await readdir(join(folder, 'leak-history', 'runs'))).length, 1)
  for (const path of upload?.with?.path?.trim().split('\n') ?? [])
    t.ok((await readdir(folder)).includes(path.trim()), `${path} is there to be kept`)
  t.match(await readFile(join(folder, 'leaks.xml'), 'utf8'), /<testcase[^>]*agent/)
  t.match(await readFile(join(folder, 'summary.md'), 'utf8'), /clean/i)
  const [night] = await readHistory(join(folder, 'leak-history'))
  t.match(night, { versions: { application: { commit: env.GITHUB_SHA } } })
})

t.test('GitLab', async t => {
  const { leaks: job } = parse(block('gitlab')) as {
    leaks: {
      script: readonly string[]
      rules: readonly { if: string }[]
      cache: { paths: readonly string[]; when: string }
      allow_failure: { exit_codes: number }
      artifacts: { when: string; paths: readonly string[]; reports: { junit: string } }
    }
  }
  t.match(job, { cache: { when: 'always' }, artifacts: { when: 'always' }, allow_failure: { exit_codes: 2 } })
  t.match(job.rules[0]?.if, /"schedule"/)

  const told: string[] = []
  const server = createServer((request, response) => {
    void text(request).then(body => {
      told.push(body)
      response.end()
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const hook = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/s3cret`
  const folder = await project(t)
  const script = job.script.filter(command => !isInstall(command)).join('\n')
  const run = await shell(folder, script, { LEAK_WEBHOOK: hook, LEAKS: '1', CI_JOB_URL: 'https://gitlab/1' })
  t.equal(run.exitCode, 1, 'a leak fails the job')
  t.notMatch(run.stdout + run.stderr, /s3cret/)
  t.match(
    told.map(body => JSON.parse(body) as unknown),
    [{ event: 'leak', link: 'https://gitlab/1' }],
  )
  for (const path of [...job.cache.paths, ...job.artifacts.paths, job.artifacts.reports.junit])
    t.ok((await readdir(folder)).includes(path), `${path} is there to be kept`)
  t.match(await readFile(join(folder, job.artifacts.reports.junit), 'utf8'), /<failure/)
})

t.test('Jenkins', async t => {
  const pipeline = block('jenkins')
  t.equal(pipeline.split('{').length, pipeline.split('}').length, 'braces are closed')
  for (const part of [
    'triggers { cron(',
    'disableConcurrentBuilds()',
    'post {',
    'always {',
    'junit testResults:',
  ])
    t.ok(pipeline.includes(part), part)
  const commands = [...pipeline.matchAll(/(?:sh|script:) '([^']+)'/g)].map(match => match[1] as string)
  t.equal(commands.length, 3)
  const folder = await project(t)
  for (const command of commands.filter(command => !isInstall(command)))
    t.match(await shell(folder, command), { exitCode: 0 }, command)
  const files = /junit testResults: '([^']+)'/.exec(pipeline)?.[1] ?? ''
  t.match(await readFile(join(folder, files), 'utf8'), /<testcase/)
  t.ok(pipeline.includes("artifacts: 'leaks.*,leak-history/**'"))
  t.ok((await readdir(folder)).includes('leaks.html'))
  t.strictSame(await verdicts(folder), ['clean'])
})

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { program } from '../../lib/cli/commands/program.js'
import { COMMENT_MARKER } from '../../lib/report/comment/comment-text.js'
import { runClean } from '../support/run-clean.js'
import { readPage } from './pages.js'
import { snippetsOf } from './snippets.js'

const blocks = new Map(snippetsOf(readPage('docs/pull-requests.md')).map(({ ci, code }) => [ci, code]))
const comment = `${COMMENT_MARKER}\n\n**SAFE: 'a' \`b\` $c**\n`

/** Every option of the command is one that it has. */
const knowsOptions = (command: string): boolean => {
  const upgrade = program({} as never, () => undefined).commands.find(one => one.name() === 'upgrade')
  const known = upgrade?.options.map(({ long }) => long) ?? []
  const used = command.match(/--[a-z]+/g) ?? []
  return used.length > 3 && used.every(option => known.includes(option))
}

interface Step {
  readonly name?: string
  readonly run?: string
  readonly uses?: string
  readonly if?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
}

t.test('GitHub Actions: the workflow', async t => {
  const workflow = parse(blocks.get('github') ?? '') as {
    on: { pull_request: { paths: readonly string[] } }
    permissions: Readonly<Record<string, string>>
    jobs: { agents: { steps: readonly Step[] } }
  }
  t.strictSame(workflow.permissions, { contents: 'read', 'pull-requests': 'write' })
  t.equal(workflow.on.pull_request.paths.length, 4)
  const { steps } = workflow.jobs.agents
  t.match(steps[0], { uses: /^actions\/checkout@/, with: { 'fetch-depth': 0 } })
  const [judge, write] = steps.slice(-2)
  t.ok(knowsOptions(judge?.run ?? ''))
  t.notMatch(judge?.run, /\$\{\{/, 'what a branch is called cannot be a command')
  t.match(write?.if, /^always\(\)/)

  const folder = t.testdir({ 'comment.md': comment, bin: {}, asked: '' })
  // Answers as `gh api --jq` does with one earlier comment, or none, and keeps what it was asked for.
  await writeFile(
    join(folder, 'bin', 'gh'),
    '#!/bin/sh\nprintf \'%s\\n\' "$*" >>asked\ncase "$*" in *--jq*) printf %s "$EARLIER" ;; esac\n',
  )
  await chmod(join(folder, 'bin', 'gh'), 0o755)
  for (const [earlier, expected] of [
    ['', '--method POST repos/shop/api/issues/7/comments --field body=@comment.md'],
    ['41\n42\n', '--method PATCH repos/shop/api/issues/comments/42 --field body=@comment.md'],
  ] as const) {
    await writeFile(join(folder, 'asked'), '')
    const run = await runClean('bash', ['-e', '-o', 'pipefail', '-c', write?.run ?? ''], {
      ...{ cwd: folder, timeoutMs: 10_000 },
      env: {
        ...{ GITHUB_REPOSITORY: 'shop/api', NUMBER: '7', EARLIER: earlier },
        PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`,
      },
    })
    t.equal(run.exitCode, 0, run.stderr)
    const asked = (await readFile(join(folder, 'asked'), 'utf8')).trimEnd().split('\n')
    t.match(asked[0], COMMENT_MARKER)
    t.match(asked.at(-1), expected)
    t.equal(asked.length, 2)
  }
})

t.test('GitLab: the job, and the note in place of the earlier one', async t => {
  const { agents: job } = parse(blocks.get('gitlab') ?? '') as {
    agents: {
      script: readonly string[]
      after_script: readonly string[]
      rules: readonly { if: string }[]
      variables: { GIT_DEPTH: number }
      allow_failure: { exit_codes: number }
    }
  }
  t.match(job, { variables: { GIT_DEPTH: 0 }, allow_failure: { exit_codes: 2 } })
  t.match(job.rules[0]?.if, /merge_request_event/)
  t.ok(knowsOptions(job.script.at(-1) ?? ''))

  const folder = t.testdir({
    'comment.md': comment,
    'gitlab-comment.mjs': blocks.get('gitlab-comment') ?? '',
  })
  const notes = [
    { id: 3, body: 'looks good' },
    { id: 2, body: `${COMMENT_MARKER}\n\nearlier` },
  ]
  const asked: (readonly [request: string, body: unknown])[] = []
  const server = createServer((request, response) => {
    void text(request).then(body => {
      t.equal(request.headers['private-token'], 'made-up-token')
      if (request.method !== 'GET')
        asked.push([`${request.method ?? ''} ${request.url ?? ''}`, JSON.parse(body)])
      response.end(JSON.stringify(request.method === 'GET' ? notes : {}))
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const env = {
    CI_API_V4_URL: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/api/v4`,
    ...{ CI_PROJECT_ID: '5', CI_MERGE_REQUEST_IID: '7', LEAK_TOKEN: 'made-up-token' },
  }
  const run = async (): Promise<void> => {
    const done = await runClean('bash', ['-e', '-c', job.after_script.join('\n')], {
      ...{ cwd: folder, timeoutMs: 20_000, env },
    })
    t.equal(done.exitCode, 0, done.stderr)
  }
  await run()
  notes.pop()
  await run()
  t.strictSame(asked, [
    ['PUT /api/v4/projects/5/merge_requests/7/notes/2', { body: comment }],
    ['POST /api/v4/projects/5/merge_requests/7/notes', { body: comment }],
  ])
})

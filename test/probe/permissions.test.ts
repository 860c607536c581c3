import { spawnSync } from 'node:child_process'
import { http, isolateLeak } from 'isolate-leak'
import t from 'tap'
import { notPermitted } from '../../lib/trial/trial-stop.js'
import { PRELOAD } from '../../lib/trial/probe-preload.js'
import { projectPath } from '../support/project-path.js'

const flags = process.allowedNodeEnvironmentFlags
const model = flags.has('--permission') ? '--permission' : '--experimental-permission'
const entry = projectPath('test', 'fixtures', 'apps', 'plain-server.cjs')

for (const granted of [
  ['--allow-fs-read=*'],
  ['--allow-fs-read=*', '--allow-worker'],
  [`--allow-fs-read=${entry}`],
]) {
  t.test(`under the permission model with ${granted.join(' ')}`, async t => {
    const call = isolateLeak({
      entry: { file: entry, nodeArgs: ['--no-warnings', model, ...granted] },
      ...{ agents: [], workload: http({ path: '/' }), effort: 'quick', readyTimeoutMs: 120_000 },
    })
    const wanted = flags.has('--allow-inspector')
      ? /^expected to measure \S+, but Node's permission model keeps the probe out: it has to be started with .*--allow-inspector.*$/
      : /^expected to measure \S+, but Node's permission model keeps the probe out, and Node \S+ has no way .*$/
    await t.rejects(call, { code: 'ERR_NODE_UNUSABLE', message: wanted })
  })
}

t.test('a process that the application starts goes on without a probe', t => {
  const run = (child: object): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(
      process.execPath,
      [
        '--no-warnings',
        model,
        '--allow-fs-read=*',
        '--require',
        projectPath('dist', 'probe', 'preload.cjs'),
        '-p',
        '"on"',
      ],
      {
        encoding: 'utf8',
        env: {
          ISOLATE_LEAK_PROBE: JSON.stringify({
            socket: '',
            token: '',
            keepAlive: false,
            v8Flags: [],
            ...child,
          }),
        },
      },
    )
  t.match(run({ child: { added: [] } }), { status: 0, stdout: 'on\n', stderr: '' })
  t.match(run({}), {
    status: 1,
    stdout: '',
    stderr: /^isolate-leak: not permitted: \{"flags":\["--allow-worker"/,
  })
  t.end()
})

t.test('what is said of the output of other Nodes', t => {
  const mark = (flags: readonly string[], possible: boolean): string =>
    `x\nisolate-leak: not permitted: ${JSON.stringify({ flags, possible, nodeVersion: '22.1.0' })}\n`
  t.match(
    notPermitted(mark(['--allow-worker', '--allow-net'], true)),
    /started with --allow-worker --allow-net as well/,
  )
  t.match(notPermitted(mark(['--allow-worker'], false)), /and Node 22\.1\.0 has no way/)
  const denied = (resource: string, version: string): string =>
    `  code: 'ERR_ACCESS_DENIED',\n  permission: 'FileSystemRead',\n  resource: '${resource}'\n}\n\nNode.js v${version}\n`
  t.match(notPermitted(denied(PRELOAD, '20.20.2')), /and Node 20 has no way/)
  t.match(
    notPermitted(denied(PRELOAD, '24.21.0')),
    /--allow-worker --allow-inspector --allow-fs-read=\S+ as well/,
  )
  t.match(notPermitted(denied(PRELOAD, '26.10.0')), /--allow-inspector --allow-net --allow-fs-read=/)
  t.equal(notPermitted(denied('/srv/app/secret.txt', '24.21.0')), null, "the application's own affair")
  t.equal(notPermitted('Error: boom\n'), null)
  t.end()
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { idle } from 'isolate-leak'
import t, { type Test } from 'tap'
import { endGroup, MARKER, markedProcesses } from '../../lib/system/process-end.js'
import type * as Resolve from '../../lib/run/resolve/resolve-options.js'
import type { FromHost, ToHost } from '../../lib/trial/messages.js'
import { settlesWithin } from '../../lib/system/real-time.js'
import type * as Specs from '../../lib/trial/trial-spec.js'
import type { TrialSpec } from '../../lib/trial/types.js'
import { projectPath } from '../support/project-path.js'
import { built } from '../support/run-trials.js'

const { PATH = '', TMPDIR = '/tmp' } = process.env
const server = projectPath('test', 'fixtures', 'apps', 'plain-server.cjs')

/** Far longer than a host may take; what still hangs is killed. */
const HANGS_MS = 60_000

interface Host {
  send(message: ToHost): void
  /** Resolves with the next message of a kind. */
  next(type: FromHost['type']): Promise<FromHost>
  /** As when the caller dies; answers whether the host ends. */
  leave(): Promise<boolean>
}

/** A host by itself; `preload` makes something hang as the system may. */
const startHost = (t: Test, preload: string): Host => {
  const folder = t.testdir({ 'preload.cjs': `setInterval(() => {}, 1000)\n${preload}` })
  const node = [process.execPath, '--require', `${folder}/preload.cjs`, projectPath('dist/trial/host.js')]
  const child = spawn('/usr/bin/env', ['-i', `PATH=${PATH}`, `TMPDIR=${TMPDIR}`, ...node], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout)
  const messages: FromHost[] = []
  lines.on('line', line => messages.push(JSON.parse(line) as FromHost))
  return {
    send: message => child.stdin.write(`${JSON.stringify(message)}\n`),
    async next(type) {
      for (;;) {
        const found = messages.findIndex(message => message.type === type)
        if (found >= 0) return messages.splice(found, 1)[0] as FromHost
        await once(lines, 'line')
      }
    },
    async leave() {
      child.stdin.end()
      return settlesWithin(ended, HANGS_MS)
    },
  }
}

const specOf = async (): Promise<TrialSpec> => {
  const { resolveOptions } = await built<typeof Resolve>('run', 'resolve', 'resolve-options.js')
  const { trialSpec } = await built<typeof Specs>('trial', 'trial-spec.js')
  const options = await resolveOptions({ entry: server, agents: [], workload: idle(), operations: 600 })
  const planned = { id: 1, agents: [], backend: 'up', purpose: 'measure', operations: 600 } as const
  return trialSpec(planned, options, { PATH }, { holdMs: null, park: false })
}

t.test('a group whose end is never told is not waited for', async t => {
  const marker = `host-test-${String(process.pid)}`
  const child = spawn('/bin/sh', ['-c', 'trap "" TERM; echo up; while :; do sleep 1; done'], {
    ...{ detached: true, env: { PATH, [MARKER]: marker } },
  })
  await once(child.stdout, 'data')
  const ended = once(child, 'exit')
  await endGroup(child.pid as number, new Promise(() => undefined), marker)
  t.same(await ended, [null, 'SIGKILL'])
  t.same(await markedProcesses(marker), [])
})

t.test('a host whose caller is gone leaves, though an end is never told', async t => {
  const runId = `host-test-run-${String(process.pid)}`
  const host = startHost(
    t,
    `const { ChildProcess } = require('node:child_process')
    const { emit } = ChildProcess.prototype
    ChildProcess.prototype.emit = function (event, ...args) {
      return event === 'exit' || event === 'close' ? false : emit.call(this, event, ...args)
    }`,
  )
  host.send({ type: 'start', runId })
  host.send({ type: 'run', spec: await specOf() })
  const asked = await host.next('ask')
  if (asked.type === 'ask') host.send({ type: 'answer', id: asked.id })
  await host.next('ready')
  t.ok(await host.leave(), 'it has ended')
  t.same(await markedProcesses(runId), [])
})

t.test('and though its temporary folder does not answer', async t => {
  const host = startHost(t, "require('node:fs').promises.mkdtemp = () => new Promise(() => {})")
  host.send({ type: 'start', runId: 'host-test-hanging' })
  host.send({ type: 'run', spec: await specOf() })
  t.ok(await host.leave(), 'it has ended')
})

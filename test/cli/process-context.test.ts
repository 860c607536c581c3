import { once } from 'node:events'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { processContext } from '../../lib/cli/process-context.js'
import { projectPath } from '../support/project-path.js'

t.test('the surroundings of the process are left as they are', async t => {
  const heard = (): unknown => process.eventNames().map(name => [name, process.listeners(name as 'exit')])
  const before = heard()
  const { exitCode } = process
  const context = processContext()
  t.strictSame(heard(), before)
  t.equal(process.exitCode, exitCode)
  t.equal(context.signals, process)
})

t.test('an error that nobody handles ends the command as a failed experiment', async t => {
  const config =
    "setTimeout(() => { throw new Error('late') })\nawait new Promise(() => setTimeout(() => {}, 60_000))\nexport default {}\n"
  const folder = t.testdir({ 'leak.config.mjs': config })
  const file = join(folder, 'leak.config.mjs')
  const child = spawn(
    '/usr/bin/env',
    ['-i', process.execPath, projectPath('dist', 'cli', 'bin.js'), 'run', file],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const [stderr, exit] = await Promise.all([text(child.stderr), once(child, 'exit')])
  t.strictSame(exit, [3, null])
  t.equal(stderr, 'isolate-leak: late\n')
})

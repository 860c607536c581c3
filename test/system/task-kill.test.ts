import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { taskKill } from '../../lib/system/platform.js'

const start = async (): Promise<ChildProcess & { readonly pid: number }> => {
  const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' })
  await once(child, 'spawn')
  t.teardown(() => child.kill('SIGKILL'))
  return child as ChildProcess & { pid: number }
}

// A command in the place of taskkill, which is to be found on Windows only.
t.test('what ends a tree of processes is waited for, and not for ever', async t => {
  const folder = t.testdir({
    slow: '#!/bin/sh\nsleep 0.3\necho "$@" >"$0.args"\nkill -9 "$2"\n',
    hangs: '#!/bin/sh\nexec sleep 60\n',
    fails: '#!/bin/sh\nexit 128\n',
  })
  for (const [name, withinMs] of [
    ['slow', 20_000],
    ['hangs', 100],
    ['fails', 20_000],
    ['missing', 20_000],
  ] as const) {
    const child = await start()
    const exited = once(child, 'exit')
    const command = join(folder, name)
    if (name !== 'missing') chmodSync(command, 0o755)
    const begun = performance.now()
    await taskKill(child.pid, { command, withinMs })
    t.ok(performance.now() - begun < 15_000, `${name}: bounded`)
    t.equal(existsSync(`${command}.args`), name === 'slow', `${name}: it has ended`)
    // Nobody kills it any more.
    t.strictSame(
      await Promise.race([exited, once(AbortSignal.timeout(5_000), 'abort')]),
      [null, 'SIGKILL'],
      name,
    )
  }
  t.match(readFileSync(join(folder, 'slow.args'), 'utf8'), /^\/pid \d+ \/T \/F\n$/)
  const gone = await start()
  gone.kill('SIGKILL')
  await once(gone, 'exit')
  await t.resolves(taskKill(gone.pid, { command: join(folder, 'fails') }), 'nobody is left to be killed')
})

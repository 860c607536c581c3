import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import t from 'tap'
import { watchLoad } from '../../lib/report/run-environment.js'
import type { MachineLoad } from '../../lib/types/index.js'

const SPENT_MS = 400
const SPIN = `while (process.cpuUsage().user / 1000 < ${String(SPENT_MS)});`

/** Processor time of all that passed until `work` was done, by whom, ms. */
async function spentBy(work: () => Promise<void>): Promise<{ own: number; others: number }> {
  const startedAtMs = performance.now()
  const loadOf = await watchLoad()
  await work()
  const load = await loadOf()
  const totalMs = (performance.now() - startedAtMs) * cpus().length
  if (load === null || load.byOthers === null) throw new Error('not known')
  return { own: (load.used - load.byOthers) * totalMs, others: load.byOthers * totalMs }
}

t.test('what the run spends, and what others do', { skip: process.platform !== 'linux' }, async t => {
  const own = await spentBy(async () => {
    const child = spawn(process.execPath, ['--eval', SPIN], { stdio: 'ignore' })
    await once(child, 'exit')
  })
  t.ok(own.own > SPENT_MS / 2, `a child: ${JSON.stringify(own)}`)

  const running = await spentBy(async () => {
    const child = spawn(process.execPath, ['--eval', `${SPIN} console.log(1); setTimeout(() => {}, 60_000)`])
    t.teardown(async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    })
    await once(child.stdout, 'data')
  })
  t.ok(running.own > SPENT_MS / 2, `a child that goes on: ${JSON.stringify(running)}`)

  // Somebody else watches while a child of this process spins.
  const module = new URL('../../lib/report/run-environment.js', import.meta.url).href
  const watcher = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { watchLoad } from ${JSON.stringify(module)}
    const loadOf = await watchLoad()
    console.log('watching')
    process.stdin.once('data', async () => {
      process.stdin.destroy()
      console.log(JSON.stringify(await loadOf()))
    })`,
  ])
  const startedAtMs = performance.now()
  await once(watcher.stdout, 'data')
  const child = spawn(process.execPath, ['--eval', SPIN], { stdio: 'ignore' })
  await once(child, 'exit')
  watcher.stdin.end('over')
  const [told] = (await once(watcher.stdout, 'data')) as [Buffer]
  const load = JSON.parse(told.toString()) as MachineLoad
  const othersMs = (load.byOthers ?? 0) * (performance.now() - startedAtMs) * cpus().length
  t.ok(othersMs > SPENT_MS / 2, `of somebody else: ${told.toString()}`)
  await once(watcher, 'exit')
})

t.test('nothing passed', async t => {
  const loadOf = await watchLoad()
  const load = await loadOf()
  t.ok(load === null || (load.used >= 0 && load.used <= 1))
})

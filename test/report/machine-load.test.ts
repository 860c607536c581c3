import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import t from 'tap'
import { watchLoad } from '../../lib/report/machine-load.js'

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

  const others = await spentBy(async () => {
    // The shell ends at once: what it started belongs to nobody here.
    const shell = spawn('sh', ['-c', `"$0" --eval '${SPIN}' & `, process.execPath], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    shell.stdout.resume()
    await once(shell, 'close')
  })
  t.ok(others.others > SPENT_MS / 2, `nobody's: ${JSON.stringify(others)}`)
})

t.test('nothing passed', async t => {
  const loadOf = await watchLoad()
  const load = await loadOf()
  t.ok(load === null || (load.used >= 0 && load.used <= 1))
})

import t from 'tap'
import { launchApplication, type Application } from '../../lib/trial/launch-with-probe.js'
import { markedProcesses } from '../../lib/system/process-end.js'

const waits = 'setInterval(() => {}, 1000)'
/** A child that left its process group, as a daemon does. */
const startsDaemon = `require('node:child_process')
  .spawn(process.execPath, ['-e', ${JSON.stringify(waits)}], { detached: true, stdio: 'ignore' })
  .once('spawn', () => console.log('started'));
${waits}`

const launch = async (marker: string, script = waits): Promise<Application> =>
  launchApplication({
    file: process.execPath,
    args: ['-e', script],
    cwd: process.cwd(),
    env: { PATH: process.env['PATH'] ?? '' },
    stdin: '',
    marker,
  })

t.test('the end of one application, its daemons with it, leaves those beside it alone', async t => {
  const run = `application-test-${String(process.pid)}`
  const [first, tenth] = await Promise.all([launch(`${run}.1`, startsDaemon), launch(`${run}.10`)])
  t.teardown(async () => Promise.all([first.end(), tenth.end()]))
  while (!first.output.text().includes('started')) await new Promise(resolve => setTimeout(resolve, 20))

  if (process.platform === 'linux') t.equal((await markedProcesses(`${run}.1`)).length, 2)
  await first.end()
  t.same(await markedProcesses(`${run}.1`), [])
  t.doesNotThrow(() => process.kill(tenth.pid, 0), 'the other still runs')
  await tenth.end()
  t.same(await tenth.exited, { exitCode: null, signal: 'SIGTERM' })
  t.same(await markedProcesses(run), [])
})

import t from 'tap'
import type { CpuUsed } from '../../lib/probe/protocol.cjs'
import { launch } from './support/launch.js'

const BURNED_MS = 300
/** Linux tells of other processes in ticks of 10 ms, of user and system each. */
const TICKS_MS = 40

/** Uses CPU, not time: a machine that is busy only makes it take longer. */
const BURN = `
  const burn = () => {
    const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000 }
    for (const until = used() + ${BURNED_MS}; used() < until; );
  }`

t.test('CPU that operations use is counted, in whatever thread or process; waiting is not', async t => {
  const application = await launch('process.stdout.write("up\\n")', {
    settings: { keepAlive: true },
    files: {
      'burn.cjs': `${BURN}; module.exports = burn`,
      'wait.cjs': 'module.exports = () => new Promise(resolve => setTimeout(resolve, 20))',
      'thread.cjs': `
        const { Worker } = require('node:worker_threads')
        module.exports = () => new Promise(resolve => new Worker(${JSON.stringify(`${BURN}; burn()`)}, { eval: true }).once('exit', resolve))`,
      'ended.cjs': `
        const { execFile } = require('node:child_process')
        module.exports = () => new Promise(resolve => execFile(process.execPath, ['-e', ${JSON.stringify(`${BURN}; burn()`)}], resolve))`,
      'child.cjs': `
        const { spawn } = require('node:child_process')
        const code = ${JSON.stringify(`${BURN}; burn(); console.log("done"); setInterval(() => {}, 1e6)`)}
        module.exports = () => new Promise(resolve => spawn(process.execPath, ['-e', code]).stdout.once('data', () => resolve()))`,
    },
  })
  t.teardown(application.end)
  const used = async (): Promise<number> => (await application.ask<CpuUsed>({ method: 'cpu' })).ms
  const costOf = async (file: string): Promise<number> => {
    const before = await used()
    await application.ask({
      ...{ method: 'run', module: `${application.folder}/${file}`, index: 0, operations: 1 },
    })
    return (await used()) - before
  }
  await costOf('wait.cjs')
  const waited = await costOf('wait.cjs')
  t.ok(waited >= 0 && waited < BURNED_MS, `waiting took ${String(waited)} ms`)
  for (const file of ['burn.cjs', 'thread.cjs']) {
    const cost = await costOf(file)
    t.ok(cost >= BURNED_MS, `${file} took ${String(cost)} ms`)
  }
  if ((await application.ask<CpuUsed>({ method: 'cpu' })).ofAll) {
    for (const file of ['ended.cjs', 'child.cjs']) {
      const cost = await costOf(file)
      t.ok(cost >= BURNED_MS - TICKS_MS, `${file} took ${String(cost)} ms`)
    }
  }
  t.ok((await costOf('wait.cjs')) < BURNED_MS, 'and is not counted again')
})

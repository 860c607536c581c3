import t from 'tap'
import { launch } from './support/launch.js'

t.test('the application ends as it would', async t => {
  const exits = {
    'nothing to do': { source: '', code: 0, stdout: '' },
    'after a timer': {
      source: 'setTimeout(() => process.stdout.write("done"), 100)',
      code: 0,
      stdout: 'done',
    },
    'with an exit code': { source: 'process.exitCode = 7', code: 7, stdout: '' },
    'process.exit at once': { source: 'process.exit(3)', code: 3, stdout: '' },
    'process.exit later': { source: 'setTimeout(() => process.exit(4), 200)', code: 4, stdout: '' },
    'handlers of exit run': {
      source:
        'process.on("beforeExit", () => process.stdout.write("before ")).on("exit", code => process.stdout.write("exit " + code))',
      code: 0,
      stdout: 'before exit 0',
    },
  }
  for (const [name, { source, code, stdout }] of Object.entries(exits)) {
    const application = await launch(source)
    t.strictSame(await application.ended, { code, signal: null, stdout, stderr: '' }, name)
    await application.end()
  }

  const application = await launch('setTimeout(() => process.stdout.write("done"), 1000)')
  for (let count = 0; count < 3; count++) {
    await application.read()
  }
  t.strictSame(
    await application.ended,
    { code: 0, signal: null, stdout: 'done', stderr: '' },
    'after readings',
  )
  await application.end()
})

t.test('a failure of the application looks as it would', async t => {
  const source = 'setTimeout(() => { throw new Error("on purpose") }, 50)'
  const application = await launch(source)
  const { code, stdout, stderr } = await application.ended
  await application.end()
  t.strictSame({ code, stdout }, { code: 1, stdout: '' })
  t.match(stderr, /Error: on purpose/)
  t.notMatch(stderr, /debugger|isolateLeak/)
})

t.test('the application sees nothing of it', async t => {
  const source = `
    const { once } = require('node:events')
    const { Worker } = require('node:worker_threads')
    const { execFile, ChildProcess } = require('node:child_process')
    const { promisify } = require('node:util')
    const look = () => JSON.stringify({
      env: Object.keys(process.env).filter(name => name !== 'PATH').sort(),
      options: process.env.NODE_OPTIONS,
      argv: process.argv.length,
      execArgv: process.execArgv,
      send: typeof process.send,
      listeners: process.eventNames().map(String).map(name => [name, process.listenerCount(name)]),
      exitCode: process.exitCode,
      resources: process.getActiveResourcesInfo?.(),
      cache: Object.keys(require.cache).length,
      globals: Object.getOwnPropertyNames(globalThis).length,
      listen: [require('node:net').Server.prototype.listen.name, require('node:net').Server.prototype.listen.length],
      spawn: [ChildProcess.prototype.spawn.name, ChildProcess.prototype.spawn.length],
      limit: Error.stackTraceLimit,
      prepare: Object.getOwnPropertyNames(Error).sort(),
    })
    const child = 'process.stdout.write([process.env.NODE_OPTIONS, Object.keys(require.cache).length, Object.getOwnPropertyNames(globalThis).length - ' + Object.getOwnPropertyNames(globalThis).length + '].join())'
    setTimeout(async () => {
      process.stdout.write('main ' + look() + '\\n')
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', child])
      process.stdout.write('child ' + stdout + '\\n')
      const worker = new Worker('require("node:worker_threads").parentPort.postMessage([typeof __isolateLeakProbe, process.env.ISOLATE_LEAK_PROBE])', { eval: true })
      process.stdout.write('worker ' + await once(worker, 'message') + '\\n')
    }, 100)`
  const env = { NODE_OPTIONS: '--pending-deprecation' }
  const outputs = []
  for (const probe of [false, true]) {
    const application = await launch(source, { env, probe })
    const { stdout, stderr, code } = await application.ended
    await application.end()
    outputs.push({ stdout, stderr, code })
  }
  t.strictSame(outputs[1], outputs[0])
  t.match(outputs[1]?.stdout, /child --pending-deprecation,0,\S+\nworker undefined,\n$/)
})

t.test('nothing of it reaches an application that was not launched by a host', async t => {
  const application = await launch('process.stdout.write(typeof __isolateLeakProbe)', { probe: false })
  t.equal((await application.ended).stdout, 'undefined')
  await application.end()
})

t.test('the host', async t => {
  // It lives for as long as a probe takes to introduce itself on a busy machine.
  const beating =
    'process.stdout.write("up\\n"); setTimeout(() => process.stdout.write("on its own\\n"), 3_000)'

  t.test('introduces itself', async t => {
    const application = await launch(beating)
    t.match(await application.hello, {
      type: 'hello',
      token: 'secret',
      pid: application.pid,
      nodeVersion: /^\d+\./,
    })
    await application.end()
  })

  t.test('takes its leave, and the application goes on', async t => {
    for (const keepAlive of [false, true]) {
      const application = await launch(beating, { settings: { keepAlive } })
      await application.hello
      application.send({ type: 'bye' })
      application.disconnect()
      t.match(await application.ended, { code: 0, stdout: 'up\non its own\n', stderr: '' })
      await application.end()
    }
  })

  t.test('keeps the application alive if it says so', async t => {
    const application = await launch('', { settings: { keepAlive: true } })
    const pause = new Promise(resolve => setTimeout(resolve, 500, 'alive'))
    t.equal(await Promise.race([application.ended, pause]), 'alive')
    await application.hello
    application.send({ type: 'bye' })
    t.match(await application.ended, { code: 0, stderr: '' })
    await application.end()
  })

  t.test('disappears, and the application ends with its children', async t => {
    for (const state of ['setInterval(() => undefined, 1e6)', 'for (;;);']) {
      // The child shares stdout: `ended` waits for it too.
      const application = await launch(
        `require('node:child_process').spawn('/bin/sleep', ['1000'], { stdio: 'inherit' }); process.stdout.write("up\\n"); ${state}`,
      )
      await application.line('up')
      await application.hello
      application.disconnect()
      t.match(await application.ended, { signal: 'SIGKILL' }, state)
      await application.end()
    }
  })
})

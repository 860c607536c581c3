import { readFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import type { Reading } from '../../lib/probe/protocol.cjs'
import { launch, type Launched } from './support/launch.js'

const megabyte = 1024 * 1024
const keepOnMessage = `
  const kept = []
  const keep = () => { kept.push(Array.from({ length: 1024 }, () => new Array(128).fill(1.5))) }`
const stay = 'setInterval(() => 0, 1e6)'

/** Heap without code by label, in the order in which it was read. */
const heaps = ({ parts = [] }: Reading): Record<string, number> =>
  Object.fromEntries(
    parts.map(({ label, reading }) => [
      label,
      reading === null ? NaN : reading.heapUsed - reading.compiledCode,
    ]),
  )

/** Reads until as many parts are there, as what is started needs a while. */
const readAll = async (application: Launched, parts: number): Promise<Reading> => {
  for (;;) {
    const reading = await application.read()
    const read = reading.parts?.filter(part => part.reading !== null).length ?? 1
    if (read >= parts) return reading
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** The parts that grew by about a megabyte between two readings, of which nothing else moved. */
const grown = (t: Test, before: Reading, after: Reading): string[] => {
  const earlier = heaps(before)
  return Object.entries(heaps(after))
    .filter(([label, bytes]) => {
      const growth = bytes - (earlier[label] ?? 0)
      const much = growth > megabyte && growth < 1.1 * megabyte
      t.ok(much || Math.abs(growth) < 32_768, `${label} grew by ${String(growth)}`)
      return much
    })
    .map(([label]) => label)
}

t.test('worker threads of every kind are read, and what one keeps is found in it', async t => {
  const worker = `const { parentPort } = require('node:worker_threads'); ${keepOnMessage}
    parentPort.on('message', () => { keep(); parentPort.postMessage('kept') })`
  const application = await launch('process.stdout.write("up\\n")', {
    settings: { keepAlive: true },
    files: {
      'worker.cjs': worker,
      'module.mjs': `import { parentPort } from 'node:worker_threads'; ${stay}`,
      'nesting.cjs': `new (require('node:worker_threads').Worker)(__dirname + '/nested.cjs'); ${stay}`,
      'nested.cjs': stay,
      'start.cjs': `
        const { Worker } = require('node:worker_threads')
        const workers = []
        module.exports = async index => {
          if (index > 0) {
            workers[index].postMessage('')
            return require('node:events').once(workers[index], 'message')
          }
          // Node runs loaders in a thread of its own.
          require('node:module').register?.('data:text/javascript,')
          for (const [file, options] of [['worker.cjs'], ['worker.cjs', { execArgv: [], env: {} }], ['module.mjs'], ['nesting.cjs']]) {
            workers.push(new Worker(__dirname + '/' + file, options))
          }
          workers.push(new Worker('${stay}', { eval: true }))
        }`,
    },
  })
  t.teardown(application.end)
  const perform = (index: number): Promise<unknown> =>
    application.ask({ method: 'run', module: `${application.folder}/start.cjs`, index, operations: 1 })

  await perform(0)
  await readAll(application, 7)
  await perform(1)
  const before = await readAll(application, 7)
  t.strictSame(Object.keys(heaps(before)).sort(), [
    'main thread',
    'worker thread [eval] #1',
    'worker thread module.mjs #1',
    'worker thread nested.cjs #1',
    'worker thread nesting.cjs #1',
    'worker thread worker.cjs #1',
    'worker thread worker.cjs #2',
  ])
  t.equal(before.workers, 6)
  await perform(1)
  const after = await application.read()
  t.strictSame(grown(t, before, after), ['worker thread worker.cjs #2'])
  t.ok(after.heapUsed - before.heapUsed > megabyte, 'it is in the sum')
})

/** Who answers at all does so within half of it, also on a busy machine. */
const PATIENT_MS = 15_000

t.test('a worker thread that does not answer is said to be unread, once it was waited for', async t => {
  const application = await launch(`
    const { Worker } = require('node:worker_threads')
    const scripts = ['Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', 'for (;;);', '${stay}']
    // One that the inspector does not name yet would be new at the second reading as well.
    const online = scripts.map(script => require('node:events').once(new Worker(script, { eval: true }), 'online'))
    Promise.all(online).then(() => process.stdout.write('up\\n'))`)
  t.teardown(application.end)
  await application.line('up')
  const first = await application.read(PATIENT_MS)
  t.strictSame(
    first.parts?.map(({ current }) => current),
    [true, true, true, true],
    'new ones are left alone',
  )
  for (let count = 0; count < 2; count++) {
    const { parts = [], workers } = await application.read(PATIENT_MS)
    t.equal(workers, 3)
    t.strictSame(
      parts.filter(({ current }) => !current).map(({ label, reading }) => ({ label, reading })),
      [1, 2].map(number => ({ label: `worker thread [eval] #${String(number)}`, reading: null })),
    )
    t.ok((parts.at(-1)?.reading?.heapUsed ?? 0) > megabyte, 'the others are read')
  }
})

t.test('reading worker threads lets them and the application end', async t => {
  const application = await launch(`
    const { Worker } = require('node:worker_threads')
    const ends = ['', 'setTimeout(() => 0, 30)', 'setTimeout(() => process.exit(), 30)', 'new (require("node:worker_threads").Worker)("", { eval: true })']
    let left = 12
    const next = index => {
      if (left-- <= 0) return
      const worker = new Worker(ends[index % ends.length] ?? '', { eval: true })
      worker.on('exit', () => next(index + 1))
      if (index % 5 === 0) setTimeout(() => worker.terminate(), 10)
    }
    for (let index = 0; index < 4; index++) next(index)
    process.on('exit', () => process.stdout.write('done'))`)
  let readings = 0
  try {
    for (;;) {
      await application.read()
      readings++
    }
  } catch {
    t.match(await application.ended, { code: 0, signal: null, stdout: 'done' })
  }
  t.ok(readings > 0)
  await application.end()
})

t.test('processes that are started in any way are read, and what one keeps is found in it', async t => {
  const application = await launch('process.stdout.write("up\\n")', {
    settings: { keepAlive: true },
    files: {
      'child.cjs': `${keepOnMessage}
        process.on('message', () => { keep(); process.send('kept') })
        ${stay}`,
      'quiet.cjs': stay,
      'parent.cjs': `require('node:child_process').spawn(process.execPath, ['grandchild.cjs'], { stdio: 'ignore' }); ${stay}`,
      'grandchild.cjs': stay,
      'starts-child.cjs': `require('node:child_process').spawn(process.execPath, ['of-thread.cjs'], { stdio: 'ignore' }); ${stay}`,
      'of-thread.cjs': stay,
      'start.cjs': `
        const { exec, fork, spawn } = require('node:child_process')
        const { Worker } = require('node:worker_threads')
        let child
        module.exports = async index => {
          if (index > 0) {
            child.send('')
            return require('node:events').once(child, 'message')
          }
          fork(__dirname + '/child.cjs')
          child = fork(__dirname + '/child.cjs', [], { env: {}, execArgv: [] })
          exec('"' + process.execPath + '" quiet.cjs; true')
          fork(__dirname + '/parent.cjs')
          new Worker(__dirname + '/starts-child.cjs')
          spawn('/bin/sleep', ['1000'])
        }`,
    },
  })
  t.teardown(application.end)
  const perform = (index: number): Promise<unknown> =>
    application.ask({ method: 'run', module: `${application.folder}/start.cjs`, index, operations: 1 })

  await perform(0)
  await perform(1)
  await readAll(application, 8)
  const before = await readAll(application, 8)
  t.strictSame(Object.keys(heaps(before)).sort(), [
    'child process child.cjs #1',
    'child process child.cjs #2',
    'child process grandchild.cjs #1',
    'child process of-thread.cjs #1',
    'child process parent.cjs #1',
    'child process quiet.cjs #1',
    'main thread',
    'worker thread starts-child.cjs #1',
  ])
  t.strictSame(
    before.unmeasured?.map(({ name }) => name),
    ['sleep'],
    'and what is no Node process is named',
  )
  await perform(1)
  const after = await application.read()
  const [found, ...others] = grown(t, before, after)
  t.match(found, /^child process child\.cjs #[12]$/)
  t.strictSame(others, [])
  t.ok((after.threads ?? 0) > 6 * 5 && (after.descriptors ?? 0) > 6 * 10, 'counters of all are added up')
})

t.test('processes start and end as they would', async t => {
  const look = `
    const fs = require('node:fs')
    const { ISOLATE_LEAK_TRIAL, ...env } = process.env
    const seen = { env: Object.keys(env).filter(name => !/^(PWD|SHLVL|_|OLDPWD)$/.test(name)).sort(), options: env.NODE_OPTIONS, execArgv: process.execArgv, argv: process.argv.slice(2), send: typeof process.send, cache: Object.keys(require.cache).length }
    process.stdout.write(JSON.stringify(seen) + '\\n')
    if (process.send) { process.on('message', message => { process.send(message + 1, () => process.disconnect()) }); process.on('disconnect', () => process.stderr.write('disconnected\\n')) }
    process.exitCode = 7`
  const source = `
    const { exec, execFile, fork, spawn, spawnSync } = require('node:child_process')
    const { promisify } = require('node:util')
    const { once } = require('node:events')
    const report = async (name, child, answer) => {
      let out = ''
      child.stdout.on('data', data => (out += data)); child.stderr.on('data', data => (out += data))
      if (answer) { child.send(41); child.on('message', message => (out += message + '\\n')) }
      const [code, signal] = await once(child, 'close')
      process.stdout.write([name, code, signal, out].join(' ') + '\\n')
    }
    ;(async () => {
      await report('spawn', spawn(process.execPath, ['look.cjs', 'a']))
      await report('replaced', spawn(process.execPath, ['--no-warnings', 'look.cjs'], { env: { A: '1' } }))
      await report('options', spawn(process.execPath, ['look.cjs'], { env: { NODE_OPTIONS: '--no-warnings' } }))
      await report('fork', fork('look.cjs', ['b'], { silent: true, execArgv: ['--no-deprecation'] }), true)
      await report('exec', exec('"' + process.execPath + '" look.cjs'))
      await report('killed', spawn(process.execPath, ['-e', 'process.kill(process.pid, "SIGUSR2"); setInterval(() => 0, 1000)']))
      await report('text', spawn(process.execPath, ['-e', 'process.exit(3)']))
      await report('throws', spawn(process.execPath, ['-e', 'throw 1']))
      const { status, stdout } = spawnSync(process.execPath, ['look.cjs'], { encoding: 'utf8' })
      process.stdout.write(['sync', status, stdout].join(' '))
      const failed = spawn('/no/such/command')
      failed.on('error', error => process.stdout.write(error.code + '\\n'))
      try { spawn(process.execPath, [], { cwd: 1 }) } catch (error) { process.stdout.write(error.code + '\\n') }
    })()`
  const outputs = []
  for (const probe of [false, true]) {
    const application = await launch(source, { probe, files: { 'look.cjs': look } })
    const { stdout, stderr, code } = await application.ended
    await application.end()
    outputs.push({ stdout, stderr, code })
  }
  t.strictSame(outputs[1], outputs[0])
  t.match(outputs[0], { code: 0, stderr: '', stdout: /^fork 7.*42.*^killed .*SIGUSR2.*^ENOENT/ms })
})

t.test('a process outlives the connection, and ends with the group of the application', async t => {
  const beats = `
    const fs = require('node:fs')
    let count = 0
    setInterval(() => fs.writeFileSync(__dirname + '/beat', String(count++)), 20)`
  const application = await launch(
    `require('node:child_process').fork(__dirname + '/child.cjs'); process.stdout.write('up\\n'); ${stay}`,
    { files: { 'child.cjs': beats } },
  )
  t.teardown(application.end)
  await readAll(application, 2)
  application.disconnectChildren()
  const beat = async (): Promise<number> => Number(await readFile(`${application.folder}/beat`, 'utf8'))
  const first = await beat()
  for (let count = first; count <= first + 5; count = await beat()) {
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  t.pass('it goes on')
})

t.test('what the application starts carries what agents preload, once', async t => {
  const folder = t.testdir({ 'pre load.cjs': 'globalThis.preloads = (globalThis.preloads ?? 0) + 1' })
  const file = `${folder}/pre load.cjs`
  const application = await launch(
    `
    const { fork, spawn } = require('node:child_process')
    const node = process.execPath
    const preload = ['--require', ${JSON.stringify(file)}]
    const start = (args, more) => spawn(node, args, { stdio: 'inherit', ...more })
    start(['child.cjs', 'spawned'])
    start(['child.cjs', 'without-environment'], { env: {} })
    start(['child.cjs', 'with-options'], { env: { NODE_OPTIONS: '--no-deprecation' } })
    start([...preload, 'child.cjs', 'by-argument'])
    fork(__dirname + '/child.cjs', ['forked'], { execArgv: preload })
    start(['parent.cjs'])
    `,
    {
      files: {
        'child.cjs': 'console.log(`${process.argv[2]}: ${globalThis.preloads}`)',
        'parent.cjs': `require('node:child_process').spawn(process.execPath, ['child.cjs', 'grandchild'], { stdio: 'inherit' })`,
      },
      settings: { preloads: { options: `--require ${JSON.stringify(file)}`, files: [file] } },
    },
  )
  t.teardown(application.end)
  const { stdout } = await application.ended
  const names = ['spawned', 'without-environment', 'with-options', 'by-argument', 'forked', 'grandchild']
  t.strictSame(stdout.trim().split('\n').sort(), names.map(name => `${name}: 1`).sort())
})

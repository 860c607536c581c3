import t from 'tap'
import { launch, type Launched, type LaunchOptions } from './support/launch.js'

const start = (
  files: Record<string, string>,
  { source = 'process.stdout.write("up\\n")', ...options }: LaunchOptions & { source?: string } = {},
): Promise<Launched> => launch(source, { settings: { keepAlive: true }, files, ...options })
const run = (application: Launched, file: string, index: number, operations: number): Promise<unknown> =>
  application.ask({ method: 'run', module: `${application.folder}/${file}`, index, operations })

t.test('calls the default export once per operation, in order, one after the other', async t => {
  const body = `{
    const { AsyncLocalStorage } = require('node:async_hooks')
    const storage = (globalThis.storage ??= new AsyncLocalStorage())
    if (storage.getStore() !== undefined) process.stdout.write('leaked context\\n')
    storage.enterWith(index)
    if (globalThis.running) process.stdout.write('overlap\\n')
    globalThis.running = true
    return new Promise(resolve => setTimeout(resolve, 1)).then(() => {
      globalThis.running = false
      process.stdout.write('operation ' + index + '\\n')
    })
  }`
  const application = await start({
    'esm.mjs': `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); export default index => ${body}`,
    'common.cjs': `module.exports = index => ${body}`,
    'compiled.cjs': `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = index => ${body}`,
  })
  t.teardown(application.end)

  t.strictSame(await run(application, 'esm.mjs', 0, 3), { operations: 3 })
  t.strictSame(await run(application, 'esm.mjs', 3, 2), { operations: 2 })
  t.strictSame(await run(application, 'common.cjs', 5, 1), { operations: 1 })
  t.strictSame(await run(application, 'compiled.cjs', 6, 1), { operations: 1 })
  await application.line('operation 6')
  application.send({ type: 'bye' })
  const { stdout } = await application.ended
  t.strictSame(stdout.trim().split('\n'), ['up', ...[0, 1, 2, 3, 4, 5, 6].map(index => `operation ${index}`)])
})

t.test('synchronous operations do not starve timers, and thousands of them are performed', async t => {
  const application = await start({
    'count.mjs': `
      let ticks = 0
      setInterval(() => ticks++, 1).unref()
      export default index => {
        for (const end = performance.now() + 1; performance.now() < end;) continue
        if (index === 99) process.stdout.write('ticks ' + ticks + '\\n')
      }`,
    'fast.mjs': 'export default () => undefined',
  })
  t.teardown(application.end)
  await run(application, 'count.mjs', 0, 100)
  t.ok(Number((await application.line('ticks')).split(' ')[1]) > 10, 'timers ran in between')
  t.strictSame(await run(application, 'fast.mjs', 0, 20_000), { operations: 20_000 })
})

t.test('failures', async t => {
  const application = await start({
    'throws.mjs': 'export default index => { if (index === 12) throw new RangeError("out of paper") }',
    'rejects.cjs': 'module.exports = async index => { if (index === 1) throw "just a text" }',
    'no-function.mjs': 'export const perform = () => undefined',
    'broken.mjs': 'throw new Error("broken at load")',
  })
  t.teardown(application.end)

  const error = await run(application, 'throws.mjs', 10, 5).catch((error: unknown) => error)
  t.match(error, {
    code: 'ERR_PROBE_OPERATION',
    message: /^Operation 12 of .*throws\.mjs failed: out of paper$/,
    stack: /RangeError: out of paper[^]*throws\.mjs:1/,
  })
  await t.rejects(run(application, 'rejects.cjs', 0, 5), {
    code: 'ERR_PROBE_OPERATION',
    message: /Operation 1 of .*just a text/,
  })
  await t.rejects(run(application, 'no-function.mjs', 0, 1), {
    code: 'ERR_PROBE_OPERATION',
    message: /default export to be a function, got undefined/,
  })
  await t.rejects(run(application, 'broken.mjs', 0, 1), {
    code: 'ERR_PROBE_OPERATION',
    message: /could not be loaded: broken at load/,
  })
  await t.rejects(run(application, 'missing.mjs', 0, 1), {
    code: 'ERR_PROBE_OPERATION',
    message: /could not be loaded.*missing\.mjs/,
  })
  t.strictSame(await run(application, 'throws.mjs', 0, 5), { operations: 5 }, 'the next batch runs')
  t.strictSame(await application.ask({ method: 'running' }), { started: true }, 'and the application lives')
})

t.test('agents that replace what the probe uses do not reach it', async t => {
  const application = await start(
    {
      'hostile.cjs': `
        const refuse = () => { throw new Error('patched') }
        for (const name of ['setImmediate', 'setTimeout', 'setInterval', 'Promise']) globalThis[name] = refuse
        for (const module of ['timers', 'v8', 'worker_threads', 'inspector']) {
          const exported = require('node:' + module)
          for (const name of Object.keys(exported)) {
            if (typeof exported[name] === 'function') exported[name] = refuse
          }
        }
        process.memoryUsage = process.nextTick = process.getActiveResourcesInfo = refuse
        process.eventNames = process.listenerCount = process.listeners = refuse
        require('node:net').Socket.prototype.connect = refuse`,
      'operation.mjs': 'export default () => undefined',
    },
    { nodeArgs: ['--require', './hostile.cjs'], source: '' },
  )
  t.teardown(application.end)
  t.strictSame(await run(application, 'operation.mjs', 0, 10), { operations: 10 })
  t.ok((await application.read()).heapUsed > 0)
  t.strictSame(await application.ask({ method: 'running' }), { started: true })
})

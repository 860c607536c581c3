import t, { type Test } from 'tap'
import type { Signs } from '../../lib/probe/protocol.cjs'
import { launch } from './support/launch.js'

const application = `
  const server = require('node:http').createServer((_, response) => response.end())
  server.listen(0, '127.0.0.1', () => console.log('up'))`

/** What an application has with a preload, before and without counting objects a second time. */
const signsWith = async (
  t: Test,
  agent: string | null,
  { files = {}, source = application }: { files?: Record<string, string>; source?: string } = {},
): Promise<{ readonly signs: Signs; readonly later: Signs }> => {
  const app = await launch(source, {
    nodeArgs: agent === null ? [] : ['--require', './agent.cjs'],
    files: { 'agent.cjs': agent ?? '', ...files },
  })
  t.teardown(app.end)
  await app.line('up')
  const signs = await app.ask<Signs>({ method: 'signs', objects: true })
  return { signs, later: await app.ask<Signs>({ method: 'signs', objects: false }) }
}

/** Signs of which there are more. */
const more = (signs: Signs, than: Signs): Record<string, number> =>
  Object.fromEntries(
    Object.entries(signs)
      .map(([what, count]) => [what, count - (than[what] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  )

const { signs: alone, later } = await signsWith(t, null)

t.test('an application that nobody patches has Node as it is', async t => {
  t.strictSame(
    Object.keys(alone).filter(what => / patched$|^global |^further |^flag /.test(what)),
    [],
  )
  t.strictSame(more(later, alone), {}, 'looking leaves nothing')
})

t.test('what an agent does is seen, and nothing else', async t => {
  const wrap = (holder: string, key: string): string =>
    `{ const holder = ${holder}, inner = holder.${key}; holder.${key} = function (...all) { return inner.apply(this, all) } }`
  const did: readonly (readonly [code: string, seen: Record<string, number>])[] = [
    [wrap('require("node:http")', 'request'), { 'http.request patched': 1 }],
    // An inherited one that is covered.
    [wrap('require("node:http").Server.prototype', 'emit'), { 'http.Server.prototype.emit patched': 1 }],
    // The probe has replaced it as well.
    [wrap('require("node:net").Server.prototype', 'listen'), { 'net.Server.prototype.listen patched': 1 }],
    [wrap('process', 'emit'), { 'process.emit patched': 1 }],
    [wrap('require("node:module")', '_load'), { 'module._load patched': 1 }],
    [
      'Promise.prototype.then = new Proxy(Promise.prototype.then, {})',
      { 'Promise.prototype.then patched': 1 },
    ],
    [
      'for (const key of ["ftruncate", "link", "lchown", "rmdir", "symlink", "truncate"]) require("node:fs")[key] = () => {}',
      {
        ...{ 'fs.ftruncate patched': 1, 'fs.link patched': 1, 'fs.lchown patched': 1, 'fs.rmdir patched': 1 },
        'further function of fs patched': 2,
      },
    ],
    [
      'globalThis[Symbol.for("agent.store")] = 1; globalThis.agent = 1',
      { 'global Symbol(agent.store)': 1, 'global agent': 1 },
    ],
    ['process.on("exit", () => {})', { 'listener of process for exit': 1 }],
    [
      'process.on("ada@example.com", () => {}); process.on("bob@example.com", () => {})',
      { 'listener of process for an event of its own': 2 },
    ],
    [
      'setInterval(() => {}, 1e6).unref(); setTimeout(() => {}, 1e6).unref(); globalThis.agent = setTimeout(() => {}, 1e6); clearTimeout(agent)',
      { timer: 2 },
    ],
    [
      'require("node:diagnostics_channel").channel("http.server.request.start").subscribe(() => {}); require("node:diagnostics_channel").channel("unheard")',
      { 'diagnostics channel with subscribers': 1 },
    ],
    ['require("node:async_hooks").createHook({ init() {} }).enable()', { 'async hook': 1 }],
    [
      'new (require("node:perf_hooks").PerformanceObserver)(() => {}).observe({ entryTypes: ["gc"] })',
      { 'performance observer': 1 },
    ],
  ]
  const { signs } = await signsWith(t, did.map(([code]) => code).join('\n'))
  const expected = Object.assign({}, ...did.map(([, seen]) => seen)) as Record<string, number>
  t.match(more(signs, alone), expected)
  t.strictSame(
    Object.keys(more(signs, alone)).filter(what => !(what in expected) && !what.startsWith('fs.')),
    [],
  )
})

t.test('what is only loaded is no sign', async t => {
  for (const code of [
    '',
    'require("./package/index.cjs")',
    'global.__extends = global.__awaiter = () => {}',
  ]) {
    const { signs } = await signsWith(t, code, {
      files: {
        'package/index.cjs':
          'const { AsyncLocalStorage } = require("node:async_hooks"); require("node:https"); require("node:crypto"); require("node:dns"); const storage = new AsyncLocalStorage(); exports.start = () => { setInterval(() => storage, 1000).unref() }',
      },
    })
    t.strictSame(more(signs, alone), {})
  }
})

t.test('what Node gives when it is first asked for is no sign, and is one when it is patched', async t => {
  const asked = await signsWith(
    t,
    'void [AbortController, AbortSignal, Blob, TextEncoder, Headers, Response]',
  )
  t.strictSame(more(asked.signs, alone), {})
  const patched = await signsWith(t, 'AbortController.prototype.abort = function () {}')
  t.strictSame(more(patched.signs, alone), { 'AbortController.prototype.abort patched': 1 })
})

t.test('what a preload and the application both load is told, what it loads for itself is not', async t => {
  const files = { 'shared.cjs': 'exports.query = () => {}', 'own.cjs': '' }
  const source = `require('./shared.cjs'); ${application}`
  const { signs: wraps } = await signsWith(t, 'require("./shared.cjs"); require("./own.cjs")', {
    ...{ files, source },
  })
  const { signs: minds } = await signsWith(t, 'require("./own.cjs")', { files, source })
  t.equal(wraps['module that preload and application share'], 1)
  t.equal(minds['module that preload and application share'], undefined)
})

t.test('flags are told by their names', async t => {
  const app = await launch(application, {
    nodeArgs: ['--stack-trace-limit=20', '--require', './agent.cjs'],
    env: { NODE_OPTIONS: '--enable-source-maps' },
    files: { 'agent.cjs': '' },
  })
  t.teardown(app.end)
  await app.line('up')
  const signs = await app.ask<Signs>({ method: 'signs', objects: false })
  t.strictSame(
    Object.keys(signs).filter(what => what.startsWith('flag ')),
    ['flag --stack-trace-limit', 'flag --enable-source-maps'],
  )
})

import { pathToFileURL } from 'node:url'
import t from 'tap'
import { IsolateLeakError } from '../../../lib/errors.js'
import { httpPlan } from '../../../lib/trial/workload/http-plan.js'
import { http } from '../../../lib/trial/workload/http.js'
import { idle } from '../../../lib/trial/workload/idle.js'
import { inApp } from '../../../lib/trial/workload/in-app.js'
import { describeWorkload, nameWorkload } from '../../../lib/trial/workload/name-workload.js'
import type { HttpOptions } from '../../../lib/types/workload.js'

/** Code and message of what is thrown. */
function thrown(run: () => unknown): { code: string; message: string } {
  try {
    run()
  } catch (error) {
    if (error instanceof IsolateLeakError) return { code: error.code, message: error.message }
    throw error
  }
  return { code: 'nothing', message: 'nothing was thrown' }
}

t.test('http: defaults', async t => {
  const workload = http()
  t.same(workload, { kind: 'http', description: 'GET /, 10 connections', options: {} })
  const { plan, requestsFor } = httpPlan(workload)
  t.equal(requestsFor, null)
  t.same(plan, {
    requests: [{ path: '/', method: 'GET', headers: {} }],
    connections: 10,
    expectStatus: ['2xx', '3xx'],
    isStatusGiven: false,
    firstAnswerMs: 5_000,
    maxFailureRate: 0.01,
    timeoutMs: 10_000,
    reconnectRate: null,
    idReplacement: false,
    abort: null,
    http2: false,
    socketPath: null,
    tls: {},
  })
  t.same(JSON.parse(JSON.stringify(plan)), plan, 'plain data')
})

t.test('http: everything that can be set', async t => {
  const options: HttpOptions = {
    requests: [
      { path: '/a?token=secret', body: 'x' },
      { method: 'delete', headers: { b: '2' }, expectStatus: [409] },
    ],
    method: 'post',
    headers: { a: '1' },
    body: 'all',
    connections: 1,
    timeoutMs: 2_500,
    reconnectRate: 50,
    idReplacement: true,
    abort: { share: 0.25, afterMs: 20 },
    http2: true,
    socketPath: 'shop.sock',
    servername: 'orders',
    tlsOptions: { cert: 'PEM' },
    expectStatus: [404, '5xx'],
    maxFailureRate: 0,
  }
  const workload = http(options)
  t.equal(workload.description, 'POST /a?…, DELETE / in turn, 1 connection, 25% hang up after 20 ms')
  t.same(httpPlan(workload).plan, {
    requests: [
      { path: '/a?token=secret', method: 'POST', headers: { a: '1' }, body: 'x' },
      { path: '/', method: 'DELETE', headers: { a: '1', b: '2' }, body: 'all', expectStatus: [409] },
    ],
    connections: 1,
    expectStatus: [404, '5xx'],
    isStatusGiven: true,
    firstAnswerMs: 2_500,
    maxFailureRate: 0,
    timeoutMs: 2_500,
    reconnectRate: 50,
    idReplacement: true,
    abort: { share: 0.25, afterMs: 20, seed: 1 },
    http2: true,
    socketPath: 'shop.sock',
    tls: { cert: 'PEM', servername: 'orders' },
  })
  ;(options.requests as { path?: string }[])[0]!.path = '/changed'
  t.equal(httpPlan(workload).plan.requests[0]?.path, '/a?token=secret', 'later changes have no effect')
  t.ok(Object.isFrozen(workload) && Object.isFrozen(workload.options))
})

t.test('http: descriptions', async t => {
  t.equal(http({ path: '/orders/42' }).description, 'GET /orders/42, 10 connections')
  t.equal(http({ path: ['/a', '/b'], method: 'PUT' }).description, 'PUT /a, PUT /b in turn, 10 connections')
  const paths = ['/a', '/b', '/c', '/d', '/e']
  t.equal(http({ path: paths }).description, 'GET /a, GET /b, GET /c and 2 more in turn, 10 connections')
  t.equal(http({ path: index => `/${index}` }).description, 'GET paths by index, 10 connections')
  t.equal(http({ requests: () => ({}) }).description, 'requests by index, 10 connections')
  t.equal(describeWorkload(nameWorkload(http())), 'GET /, 10 connections')
  const recorded = (requests: number, file = 'traffic.har'): string =>
    http({ requests: Array(requests).fill({ path: '/token' }), recording: { file } as never }).description
  t.equal(recorded(10_000), '10,000 requests of traffic.har, 10 connections')
  t.equal(recorded(1), '1 request of traffic.har, 10 connections')
  for (const file of ['', 'a\nb', '../a', 'a'.repeat(256)])
    t.match(thrown(() => recorded(1, file)).message, /http\(\): recording must be what fromHar\(\) or/)
})

t.test('http: functions are asked in the caller, by index', async t => {
  const byPath = httpPlan(http({ path: index => `/${index}`, headers: { a: '1' } }))
  t.same(byPath.plan.requests, [])
  t.same(byPath.requestsFor?.(3, 2), [
    { path: '/3', method: 'GET', headers: { a: '1' } },
    { path: '/4', method: 'GET', headers: { a: '1' } },
  ])
  const byRequest = httpPlan(http({ requests: index => ({ path: `/${index}`, body: 'x', method: 'PUT' }) }))
  t.same(byRequest.requestsFor?.(0, 1), [{ path: '/0', method: 'PUT', headers: {}, body: 'x' }])

  const wrong = (options: unknown): { code: string; message: string } =>
    thrown(() => httpPlan(http(options as HttpOptions)).requestsFor?.(7, 1))
  t.same(wrong({ path: () => undefined }), {
    code: 'ERR_WORKLOAD_FAILED',
    message: 'http(): path(7) gave no request: path(7) must be a string, got undefined',
  })
  t.match(wrong({ path: () => 'orders' }).message, /path\(7\) must start with '\/'/)
  t.match(wrong({ requests: () => 5 }).message, /requests\(7\) must be an object, got 5/)
  t.match(wrong({ requests: () => ({ paht: '/' }) }).message, /did you mean path\?/)
  t.match(
    wrong({
      path: () => {
        throw new Error('no order')
      },
    }),
    { code: 'ERR_WORKLOAD_FAILED', message: 'http(): path(7) gave no request: no order' },
  )
})

t.test('http: bad options', async t => {
  const invalid: [unknown, RegExp][] = [
    [5, /http\(\): options must be an object, got 5/],
    [null, /must be an object, got null/],
    [{ conections: 5 }, /http\(\) has no option named 'conections': did you mean connections\?/],
    [{ somethingElse: 5 }, /has no option named 'somethingElse': it has path, requests/],
    [{ path: 'orders' }, /path must start with '\/'/],
    [{ path: 'http://localhost:3000/' }, /the address of the application is found out/],
    [{ path: '/a b' }, /no blanks/],
    [{ path: [] }, /path must not be an empty array/],
    [{ path: ['/a', 5] }, /path\[1\] must be a string, got 5/],
    [{ path: '/a', requests: [{}] }, /path or requests, not both/],
    [{ requests: [] }, /requests must be an array of one or more requests/],
    [{ requests: {} }, /requests must be an array/],
    [{ requests: [{ method: 'FETCH' }] }, /requests\[0\]\.method must be one of GET, POST/],
    [{ method: 'CONNECT' }, /method must be one of/],
    [{ method: 5 }, /method must be a string/],
    [{ headers: 'a: b' }, /headers must be an object/],
    [{ headers: { 'a b': 'c' } }, /has a header named 'a b', which is not a name/],
    [{ headers: { a: 'secret\r\nb: c' } }, /headers\.a must be a string of one line$/],
    [{ headers: { a: 5 } }, /headers\.a must be a string of one line/],
    [{ headers: { 'Content-Length': '5' } }, /Content-Length must not be set/],
    [{ body: Buffer.from('x') }, /body must be a string/],
    [{ connections: 0 }, /connections must be a whole number, at least 1 and at most 10000, got 0/],
    [{ connections: 2.5 }, /whole number/],
    [{ connections: '5' }, /got '5'/],
    [{ timeoutMs: 0.5 }, /timeoutMs must be a number, at least 1/],
    [{ timeoutMs: NaN }, /got NaN/],
    [{ http2: 1 }, /http2 must be true or false, got 1/],
    [{ socketPath: '' }, /socketPath must not be empty/],
    [{ headers: { Expect: '100-continue' } }, /Expect must not be set/],
    [{ reconnectRate: -1 }, /reconnectRate must be a whole number, at least 1/],
    [{ idReplacement: 'yes' }, /idReplacement must be true or false, got 'yes'/],
    [{ servername: 5 }, /servername must be a string/],
    [{ tlsOptions: 5 }, /tlsOptions must be an object/],
    [{ tlsOptions: { cert: Buffer.from('x') } }, /must be plain data/],
    [{ expectStatus: 200 }, /expectStatus must be an array/],
    [{ expectStatus: [] }, /expectStatus must be an array of one or more/],
    [{ expectStatus: ['200'] }, /expectStatus\[0\] must be a status from 200 to 599, or '2xx'.* got '200'/],
    [{ expectStatus: [99] }, /expectStatus\[0\]/],
    [{ requests: [{ expectStatus: [] }] }, /requests\[0\]\.expectStatus must be an array of one or more/],
    [{ requests: [{ expectStatus: [99] }] }, /requests\[0\]\.expectStatus\[0\] must be a status/],
    [{ recording: 'traffic.har' }, /recording must be an object, got 'traffic.har'/],
    [{ maxFailureRate: 1.5 }, /maxFailureRate must be a number, at least 0 and at most 1, got 1.5/],
  ]
  for (const [options, message] of invalid) {
    const error = thrown(() => http(options as HttpOptions))
    t.equal(error.code, 'ERR_OPTION_INVALID', String(message))
    t.match(error.message, message)
    t.notMatch(error.message, /secret/)
  }
})

t.test('http: options of load generators that break the exact count are refused with a reason', async t => {
  const refused: [unknown, RegExp][] = [
    [{ amount: 100 }, /amount is not supported: each round performs an exact number of operations/],
    [{ duration: 10 }, /exact number of operations/],
    [{ forever: true }, /exact number of operations/],
    [{ bailout: 3 }, /maxFailureRate/],
    [{ maxConnectionRequests: 5 }, /exact number/],
    [{ maxOverallRequests: 5 }, /exact number/],
    [{ workers: 2 }, /each worker thread/],
    [{ url: 'http://localhost' }, /the address is that of the application/],
    [{ overallRate: 5 }, /as fast as they are answered/],
    [{ connectionRate: 5 }, /workload function/],
    [{ pipelining: 10 }, /pipelining is not supported: each connection has one request outstanding/],
    [{ timeout: 2 }, /timeout is not supported: write timeoutMs, in milliseconds/],
    [{ setupClient: () => {} }, /another process/],
    [{ requests: [{ setupRequest: () => {} }] }, /setupRequest is not supported.*function of the index/],
    [{ requests: [{ onResponse: () => {} }] }, /onResponse is not supported/],
  ]
  for (const [options, message] of refused) {
    const error = thrown(() => http(options as HttpOptions))
    t.equal(error.code, 'ERR_OPTION_UNSUPPORTED', String(message))
    t.match(error.message, message)
  }
})

t.test('inApp', async t => {
  const folder = t.testdir({ 'work.mjs': 'export default () => {}', folder: {} })
  const file = `${folder}/work.mjs`
  const expected = { kind: 'in-app', description: 'calls of work.mjs inside the application', module: file }
  t.same(inApp(file), expected)
  t.same(inApp(pathToFileURL(file)), expected)
  t.same(inApp(pathToFileURL(file).href), expected)
  const before = process.cwd()
  process.chdir(folder)
  try {
    t.equal(inApp('./work.mjs').module, `${process.cwd()}/work.mjs`)
  } finally {
    process.chdir(before)
  }
  t.equal(inApp(file, { description: 'orders' }).description, 'orders')

  const missing = thrown(() => inApp(`${folder}/missing.mjs`))
  t.same(missing, {
    code: 'ERR_OPTION_INVALID',
    message: `inApp(): there is no file ${folder}/missing.mjs; give the module with its extension`,
  })
  t.match(thrown(() => inApp(`${folder}/folder`)).message, /there is no file/)
  t.match(thrown(() => inApp(5 as never)).message, /inApp\(\): module must be a string, got 5/)
  t.match(thrown(() => inApp('')).message, /must not be empty/)
  t.match(thrown(() => inApp(new URL('http://localhost/x'))).message, /must be a path or a file: URL/)
  t.match(thrown(() => inApp(file, { rounds: 5 } as never)).message, /inApp\(\) has no option named 'rounds'/)
  t.match(thrown(() => inApp(file, { description: '' })).message, /must not be empty/)
})

t.test('idle', async t => {
  t.same(idle(), { kind: 'idle', description: 'idle' })
  t.equal(idle({ description: 'metrics only' }).description, 'metrics only')
  t.match(thrown(() => idle({ seconds: 5 } as never)).message, /idle\(\) has no option named 'seconds'/)
})

t.test('nameWorkload', async t => {
  const file = `${t.testdir({ 'work.mjs': '' })}/work.mjs`
  const orders = async (): Promise<void> => {}
  const named = nameWorkload(orders)
  t.same(named, { kind: 'function', description: 'the workload function orders', run: orders })
  t.equal(nameWorkload((() => () => {})()).description, 'a workload function')
  t.same(nameWorkload(http({ path: '/a' })), http({ path: '/a' }))
  t.same(nameWorkload(inApp(file, { description: 'a' })), inApp(file, { description: 'a' }))
  t.same(nameWorkload(idle()), idle())
  t.same(nameWorkload({ kind: 'http', options: { path: '/a' } }), http({ path: '/a' }), 'made by hand')

  for (const [value, message] of [
    [
      undefined,
      /workload must be a function, or the value of http\(\), command\(\), inApp\(\) or idle\(\), got undefined/,
    ],
    ['http', /got 'http'/],
    [[], /got an array/],
    [{}, /got an object without any$/],
    [{ path: '/' }, /got an object with path: write http\(\{ path: … \}\)$/],
    [{ operation: 'a.js' }, /got an object with operation$/],
    [{ kind: 'htpp' }, /of kind 'htpp'/],
    [{ kind: 'http', options: { path: 5 } }, /path must be a string/],
    [{ kind: 'in-app', module: '/missing' }, /there is no file/],
    [http, /http must be called/],
    [idle, /idle must be called/],
  ] as const) {
    const error = thrown(() => nameWorkload(value))
    t.equal(error.code, 'ERR_OPTION_INVALID')
    t.match(error.message, message)
  }
})

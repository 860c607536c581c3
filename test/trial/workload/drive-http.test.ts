import { getEventListeners, once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  createSecureServer,
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { makeCertificate } from '../../../lib/collector/certificate.js'
import {
  driveHttp as driveRound,
  workloadFailure,
  type HttpRound,
  connectionPool,
} from '../../../lib/trial/workload/drive-http.js'
import { hangUps } from '../../../lib/trial/workload/hang-ups.js'
import { http } from '../../../lib/trial/workload/http.js'
import { httpPlan } from '../../../lib/trial/workload/http-plan.js'
import type { HttpOptions, HttpRequest } from '../../../lib/types/workload.js'

interface Seen {
  readonly url: string
  readonly server: Server
  /** Requests by method and url. */
  readonly requests: Map<string, number>
  readonly bodies: string[]
  connections: number
}

async function serve(
  test: Tap,
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<Seen> {
  const requests = new Map<string, number>()
  const bodies: string[] = []
  let number = 0
  const server = createServer((request, response) => {
    const key = `${String(request.method)} ${String(request.url)}`
    requests.set(key, (requests.get(key) ?? 0) + 1)
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      bodies.push(body)
      answer(request, response, ++number)
    })
  })
  const seen: Seen = { url: '', server, requests, bodies, connections: 0 }
  server.on('connection', () => seen.connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return Object.assign(seen, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

type Tap = Pick<typeof t, 'teardown'>

function round(
  url: string,
  operations: number,
  options: HttpOptions = {},
  more: Partial<HttpRound> = {},
): HttpRound {
  const { plan, requestsFor } = httpPlan(http(options))
  const index = more.index ?? 0
  return {
    url,
    plan,
    requests: requestsFor?.(index, operations) ?? null,
    operations,
    index,
    signal: new AbortController().signal,
    pool: connectionPool(),
    ...more,
  }
}

/** One round on connections of its own. */
async function driveHttp(alone: HttpRound): ReturnType<typeof driveRound> {
  try {
    return await driveRound(alone)
  } finally {
    alone.pool.close()
  }
}

const ok = (_: IncomingMessage, response: ServerResponse): void => {
  response.end('ok')
}

t.test('how long answers took is told of those that came whole', async t => {
  const waitMs = 30
  const { url } = await serve(t, (_, response, number) => {
    if (number === 3) response.destroy()
    else setTimeout(() => response.writeHead(number === 2 ? 500 : 200).end('late'), waitMs)
  })
  const took: number[] = []
  const counts = await driveHttp(
    round(url, 8, { connections: 2, maxFailureRate: 1 }, { onAnswer: ms => took.push(ms) }),
  )
  t.match(counts.byStatus, { 200: 6, 500: 1, error: 1 })
  t.equal(took.length, 7)
  // Timers of Node fire up to a millisecond early.
  t.ok(
    took.every(ms => ms >= waitMs - 1),
    'none before the server answered',
  )
})

t.test('every index is sent exactly once, whatever the number of connections', async t => {
  for (const connections of [1, 7, 10, 100]) {
    for (const operations of [1, 5, 64, 333]) {
      const app = await serve(t, ok)
      const path = (index: number): string => `/orders/${index}`
      const counts = await driveHttp(round(app.url, operations, { path, connections }, { index: 1000 }))
      const label = `${connections} connections, ${operations} operations`
      t.same(counts, { performed: operations, failed: 0, byStatus: { 200: operations } }, label)
      const expected = Array.from({ length: operations }, (_, offset) => `GET /orders/${1000 + offset}`)
      t.same([...app.requests.keys()].sort(), expected.sort(), `${label}: the paths`)
      t.ok(
        [...app.requests.values()].every(times => times === 1),
        `${label}: each once`,
      )
      t.equal(app.connections, Math.min(connections, operations), `${label}: connections`)
    }
  }
})

t.test('several paths are taken in turn, counted over the trial', async t => {
  const app = await serve(t, ok)
  await driveHttp(round(app.url, 10, { path: ['/a', '/b', '/c'], connections: 4 }, { index: 1 }))
  t.same(Object.fromEntries(app.requests), { 'GET /b': 4, 'GET /c': 3, 'GET /a': 3 })
})

t.test('whole requests keep their method, headers and body, and do not take those of others', async t => {
  const got: string[] = []
  const app = await serve(t, (request, response) => {
    const { 'content-length': length = '-', 'x-all': all = '-', 'x-one': one = '-', host } = request.headers
    got.push(
      `${String(request.method)} ${String(request.url)} ${length} ${String(all)} ${String(one)} ${String(host)}`,
    )
    response.end()
  })
  const requests: HttpRequest[] = [
    { path: '/post', method: 'post', body: 'hällo', headers: { 'x-one': '1' } },
    { path: '/get' },
    { path: '/delete', method: 'DELETE' },
  ]
  await driveHttp(round(app.url, 6, { requests, headers: { 'x-all': 'a' }, connections: 1 }))
  const host = new URL(app.url).host
  const expected = [`POST /post 6 a 1 ${host}`, `GET /get - a - ${host}`, `DELETE /delete - a - ${host}`]
  t.same(got, [...expected, ...expected])
  t.same(app.bodies, ['hällo', '', '', 'hällo', '', ''])
})

t.test('a function gives whole requests', async t => {
  const app = await serve(t, ok)
  const requests = (index: number): HttpRequest => ({ path: `/${index}`, method: 'PUT', body: `b${index}` })
  await driveHttp(round(app.url, 20, { requests, connections: 3 }, { index: 5 }))
  t.same(
    [...app.requests.keys()].sort(),
    Array.from({ length: 20 }, (_, offset) => `PUT /${5 + offset}`).sort(),
  )
  t.same([...app.bodies].sort(), Array.from({ length: 20 }, (_, offset) => `b${5 + offset}`).sort())
})

t.test('answers to HEAD have no body, and announce one', async t => {
  const app = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': '5' }).end()
  })
  const counts = await driveHttp(round(app.url, 30, { method: 'HEAD', connections: 3 }))
  t.same(counts, { performed: 30, failed: 0, byStatus: { 200: 30 } })
  t.same(Object.fromEntries(app.requests), { 'HEAD /': 30 })
})

t.test('HTTP/2, in the clear and over TLS; a server that speaks none of it counts as failed', async t => {
  const sessions = { count: 0 }
  const answer = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    response.end(request.httpVersion)
  }
  const listen = async (server: Http2Server): Promise<string> => {
    server.on('session', () => sessions.count++)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => server.close())
    return `127.0.0.1:${String((server.address() as AddressInfo).port)}`
  }
  const plain = `http://${await listen(createHttp2Server(answer))}`
  const { key, cert } = await makeCertificate()
  const secure = `https://${await listen(createSecureServer({ key, cert, allowHTTP1: true }, answer))}`
  const secureOnly = `https://${await listen(createSecureServer({ key, cert }, answer))}`
  for (const url of [plain, secure, secureOnly]) {
    sessions.count = 0
    const pool = connectionPool()
    const options = { http2: true, connections: 3, path: (index: number) => `/${String(index)}` }
    const counts = await driveRound(round(url, 50, options, { pool }))
    const again = await driveRound(round(url, 50, options, { pool }))
    pool.close()
    t.same([counts, again], Array(2).fill({ performed: 50, failed: 0, byStatus: { 200: 50 } }), url)
    t.equal(sessions.count, 3, `${url}: connections stay open between rounds`)
  }
  t.match(await driveHttp(round(secureOnly, 5)), { performed: 0, failed: 5 })
  const old = await serve(t, ok)
  t.match(await driveHttp(round(old.url, 5, { http2: true, timeoutMs: 1_000 })), { performed: 0, failed: 5 })
})

t.test('a server of TLS with a certificate of its own, which asks for one', async t => {
  const certificate = await makeCertificate()
  const server = createTlsServer(
    { ...certificate, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const shown =
        request.socket instanceof TLSSocket && Object.keys(request.socket.getPeerCertificate()).length > 0
      response.writeHead(shown ? 200 : 403).end()
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const shown = await driveHttp(round(url, 20, { tlsOptions: { ...certificate }, connections: 2 }))
  t.same(shown, { performed: 20, failed: 0, byStatus: { 200: 20 } })
  t.same((await driveHttp(round(url, 4))).byStatus, { 403: 4 })
})

t.test('a server on a socket file', { skip: process.platform === 'win32' }, async t => {
  const socketPath = join(mkdtempSync(join(tmpdir(), 'il-')), 'shop.sock')
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(String(request.url))
    response.end()
  })
  server.listen(socketPath)
  await once(server, 'listening')
  t.teardown(() => server.close())
  const path = (index: number): string => `/${String(index)}`
  const counts = await driveHttp(round('http://localhost', 20, { socketPath, path, connections: 4 }))
  t.same(counts, { performed: 20, failed: 0, byStatus: { 200: 20 } })
  t.equal(new Set(paths).size, 20)
})

t.test('ids are replaced in every request', async t => {
  const app = await serve(t, ok)
  await driveHttp(round(app.url, 8, { path: '/[<id>]', method: 'POST', body: '[<id>]', idReplacement: true }))
  t.equal(app.requests.size, 8)
  t.equal(new Set(app.bodies).size, 8)
  t.notOk(app.bodies.some(body => body.includes('<id>')))
})

t.test('a status that one request expects is expected of no other', async t => {
  const app = await serve(t, (_, response) => {
    response.statusCode = 404
    response.end()
  })
  const requests = [{ path: '/gone', expectStatus: [404] }, { path: '/orders' }]
  const failing = round(app.url, 40, { requests })
  const counts = await driveHttp(failing)
  t.match(counts, { performed: 20, failed: 20, byStatus: { 404: 40 } })
  t.match(workloadFailure(counts, failing.plan), /^20 of 40 requests failed \(20 answered with status 404\)/)
  const twin = round(app.url, 40, { requests: requests.slice(0, 1) })
  t.equal(workloadFailure(await driveHttp(twin), twin.plan), null)
  const also = round(app.url, 40, { requests, expectStatus: [404] })
  t.strictSame(await driveHttp(also), { performed: 40, failed: 0, byStatus: { 404: 40 } })
})

t.test('answers are counted by status, and only the expected ones are performed', async t => {
  const statuses = [200, 201, 302, 404, 500]
  const answer = (_: IncomingMessage, response: ServerResponse, number: number): void => {
    response.writeHead(statuses[number % 5] as number).end('x')
  }
  const app = await serve(t, answer)
  const standard = round(app.url, 50)
  const counts = await driveHttp(standard)
  t.same(counts, { performed: 30, failed: 20, byStatus: { 200: 10, 201: 10, 302: 10, 404: 10, 500: 10 } })
  t.equal(
    workloadFailure(counts, standard.plan),
    '20 of 50 requests failed (10 answered with status 404, 10 answered with status 500); ' +
      'expected 2xx or 3xx, and at most 1% may fail (maxFailureRate)',
  )
  const chosen = round(app.url, 50, { expectStatus: [200, '4xx'], maxFailureRate: 0.6 })
  const second = await driveHttp(chosen)
  t.match(second, { performed: 20, failed: 30 })
  t.equal(workloadFailure(second, chosen.plan), null, 'exactly as many as may fail')
  t.type(workloadFailure(second, { ...chosen.plan, maxFailureRate: 0.59 }), 'string')
})

t.test('answers without a body, and answers in pieces', async t => {
  const app = await serve(t, (_, response, number) => {
    if (number % 2 === 0) {
      response.writeHead(204).end()
      return
    }
    response.write('first')
    setImmediate(() => response.end('second'))
  })
  t.same((await driveHttp(round(app.url, 40))).byStatus, { 200: 20, 204: 20 })
})

t.test('a server that closes after each answer loses nothing', async t => {
  const app = await serve(t, (_, response) => {
    response.writeHead(200, { connection: 'close' }).end('bye')
  })
  const path = (index: number): string => `/${index}`
  const counts = await driveHttp(round(app.url, 100, { path, connections: 7 }))
  t.same(counts, { performed: 100, failed: 0, byStatus: { 200: 100 } })
  t.equal(app.requests.size, 100)
  t.equal(app.connections, 100)
})

t.test('a server that limits requests per connection loses nothing', async t => {
  const app = await serve(t, ok)
  app.server.maxRequestsPerSocket = 10
  const counts = await driveHttp(round(app.url, 205, { connections: 3 }))
  t.same(counts, { performed: 205, failed: 0, byStatus: { 200: 205 } })
})

t.test('reconnectRate opens new connections', async t => {
  const app = await serve(t, ok)
  const counts = await driveHttp(round(app.url, 100, { connections: 2, reconnectRate: 5 }))
  t.same(counts, { performed: 100, failed: 0, byStatus: { 200: 100 } })
  t.equal(app.connections, 20)
  t.equal(
    [...app.requests.values()].reduce((total, times) => total + times),
    100,
  )
})

t.test('requests whose connection is destroyed count as failed, and none is repeated', async t => {
  const app = await serve(t, (request, response, number) => {
    if (number % 4 === 0) request.socket.destroy()
    else response.end('ok')
  })
  const path = (index: number): string => `/${index}`
  const failing = round(app.url, 100, { path, connections: 1 })
  const counts = await driveHttp(failing)
  t.same(counts, { performed: 75, failed: 25, byStatus: { 200: 75, error: 25 } })
  t.equal(app.requests.size, 100)
  t.match(workloadFailure(counts, failing.plan), /^25 of 100 requests failed \(25 without an answer\)/)
  const many = await driveHttp(round(app.url, 100, { connections: 10 }))
  t.equal(many.performed + many.failed, 100)
})

t.test('an exact share of clients hangs up, on each of several requests', async t => {
  for (const { http2, share, afterMs, connections } of [
    { http2: false, share: 0.1, afterMs: 0, connections: 7 },
    { http2: false, share: 0.29, afterMs: 5, connections: 10 },
    { http2: true, share: 0.1, afterMs: 0, connections: 3 },
    { http2: false, share: 1, afterMs: 0, connections: 1 },
  ]) {
    const label = JSON.stringify({ http2, share, afterMs })
    const given = new Map<string, number>()
    let closed = 0
    const answer = (
      request: { readonly url?: string | undefined },
      response: ServerResponse | Http2ServerResponse,
    ): void => {
      const path = String(request.url)
      let isAnswered = false
      response.on('close', () => {
        if (isAnswered) return
        closed++
        given.set(path, (given.get(path) ?? 0) + 1)
      })
      if (path.endsWith('slow')) return
      isAnswered = true
      response.end('ok')
    }
    let requests = 0
    const counted = (
      request: IncomingMessage | Http2ServerRequest,
      response: ServerResponse | Http2ServerResponse,
    ) => {
      requests++
      answer(request, response)
    }
    const server = http2 ? createHttp2Server(counted) : createServer(counted)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    const operations = 400
    const aborted = Math.floor(operations * share + 1e-9)
    const abort = { share, afterMs }
    const hangs = hangUps({ share, seed: 1 })
    const path = (index: number): string => `/${String(index % 4)}${hangs(index) ? '-slow' : ''}`
    const counts = await driveHttp(round(url, operations, { http2, connections, abort, path }))
    t.strictSame(
      counts,
      {
        performed: operations,
        failed: 0,
        byStatus: { ...(share < 1 ? { 200: operations - aborted } : {}), aborted },
      },
      label,
    )
    while (closed < aborted) await new Promise(resolve => setTimeout(resolve, 10))
    t.equal(requests, operations, `${label}: the server was asked every time`)
    t.equal(closed, aborted, `${label}: and sees who is gone`)
    t.equal(given.size, 4, `${label}: on each of the paths that are taken in turn`)
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  }
})

t.test('which clients hang up: exact for every multiple of eight, drawn by the seed', async t => {
  for (const share of [1 / 8, 0.01, 0.1, 0.29, 1 / 3, 0.5, 0.999, 1]) {
    for (const seed of [0, 1, 2 ** 32 - 1]) {
      const hangs = hangUps({ share, seed })
      let count = 0
      for (let index = 0; index < 8 * 300; index++) {
        if (hangs(index)) count++
        if (index % 8 === 7) {
          const exact = Math.floor((index + 1) * share + 1e-9)
          if (count !== exact) t.equal(count, exact, `${String(share)}, ${String(index + 1)} operations`)
        }
      }
      t.equal(count, Math.floor(2400 * share + 1e-9))
    }
  }
  const [one, other] = [1, 2].map(seed => {
    const hangs = hangUps({ share: 0.25, seed })
    return Array.from({ length: 64 }, (_, index) => (hangs(index) ? 1 : 0)).join('')
  })
  t.not(one, other)
})

t.test('answers that come before the client would hang up', async t => {
  const app = await serve(t, ok)
  t.same(
    await driveHttp(round(app.url, 400, { abort: { share: 0.5 } })),
    { performed: 400, failed: 0, byStatus: { 200: 200, aborted: 200 } },
    'none does before a client that hangs up as soon as it has sent',
  )
  const abort = { share: 0.5, afterMs: 5_000 }
  const few = round(app.url, 64, { abort })
  const counts = await driveHttp(few)
  t.same(counts, { performed: 64, failed: 0, byStatus: { 200: 64 } })
  t.equal(workloadFailure(counts, few.plan), null)
  const many = round(app.url, 512, { abort })
  t.match(
    workloadFailure(await driveHttp(many), many.plan),
    /no client hung up: all 512 requests had ended 5000 ms/,
  )
  t.throws(() => http({ abort: { share: 0.1, afterMs: 10_000 } }), {
    code: 'ERR_OPTION_INVALID',
    message: 'http(): abort.afterMs must be less than timeoutMs, 10000, got 10000',
  })
  t.throws(() => http({ abort: { share: 0 } }), {
    message: /http\(\): abort\.share must be a number, greater than 0/,
  })
  t.equal(
    http({ abort: { share: 0.125 } }).description,
    'GET /, 10 connections, 12.5% hang up as soon as they are sent',
  )
})

t.test('requests that are not answered in time', async t => {
  const app = await serve(t, (request, response) => {
    if (request.url !== '/hang') response.end('ok')
  })
  const hanging = round(app.url, 6, { path: ['/a', '/hang', '/c'], timeoutMs: 1_000, connections: 2 })
  const counts = await driveHttp(hanging)
  t.same(counts, { performed: 4, failed: 2, byStatus: { 200: 4, timeout: 2 } })
  t.match(workloadFailure(counts, hanging.plan), /\(2 not answered in time\)/)
})

t.test('nobody listens', async t => {
  const app = await serve(t, ok)
  app.server.close()
  await once(app.server, 'close')
  const counts = await driveHttp(round(app.url, 50))
  t.same(counts, { performed: 0, failed: 50, byStatus: { error: 50 } })
})

t.test('the application dies in the middle', async t => {
  const app = await serve(t, (_, response, number) => {
    response.end('ok')
    if (number === 30) {
      app.server.close()
      app.server.closeAllConnections()
    }
  })
  const counts = await driveHttp(round(app.url, 2000))
  t.equal(counts.performed + counts.failed, 2000)
  t.ok(counts.performed <= 30)
})

t.test('an abort ends the round and leaves nothing behind', async t => {
  const aborter = new AbortController()
  const app = await serve(t, (_, response, number) => {
    if (number <= 20) response.end('ok')
    if (number === 25) aborter.abort()
  })
  // What the tests before have closed goes a moment later.
  await new Promise(resolve => setTimeout(resolve, 50))
  const before = resources()
  const counts = await driveHttp(round(app.url, 500, { connections: 5 }, { signal: aborter.signal }))
  t.match(counts, { performed: 20, byStatus: { 200: 20 } })
  t.ok(counts.performed + counts.failed < 500)
  app.server.closeAllConnections()
  await new Promise(resolve => setTimeout(resolve, 50))
  t.same(resources(), before)
  t.equal(getEventListeners(aborter.signal, 'abort').length, 0)
  t.same(await driveHttp(round(app.url, 500, {}, { signal: aborter.signal })), {
    performed: 0,
    failed: 0,
    byStatus: {},
  })
})

t.test('a round leaves no connection, timer or listener behind', async t => {
  const app = await serve(t, ok)
  const before = resources()
  const listeners = process.eventNames().map(name => [name, process.listenerCount(name)])
  const { signal } = new AbortController()
  for (let number = 0; number < 3; number++) await driveHttp(round(app.url, 200, {}, { signal }))
  await new Promise(resolve => setTimeout(resolve, 50))
  const open = await new Promise((resolve, reject) => {
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
  t.equal(open, 0)
  t.same(resources(), before)
  t.same(
    process.eventNames().map(name => [name, process.listenerCount(name)]),
    listeners,
  )
})

t.test('no operations, and another host to connect to', async t => {
  let host: string | undefined
  const app = await serve(t, (request, response) => {
    host = request.headers.host
    response.end()
  })
  t.same(await driveHttp(round(app.url, 0)), { performed: 0, failed: 0, byStatus: {} })
  const url = app.url.replace('127.0.0.1', 'orders.invalid')
  t.match(await driveHttp(round(url, 3, {}, { connectHost: '127.0.0.1' })), { performed: 3, failed: 0 })
  t.equal(host, new URL(url).host)
})

t.test('what does not speak HTTP counts as failed', async t => {
  const sockets = new Set<Socket>()
  const server = createTcpServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {}).end('220 mail.example ESMTP\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const counts = await driveHttp(round(url, 20, { timeoutMs: 1_000 }))
  t.equal(counts.performed, 0)
  t.equal(counts.failed, 20)
})

/** Sockets and timers that are open. */
function resources(): string[] {
  return process.getActiveResourcesInfo().filter(type => ['TCPSocketWrap', 'Timeout'].includes(type))
}

t.test('connections stay open between rounds, and beyond the idle time of the server', async t => {
  const app = await serve(t, ok)
  app.server.keepAliveTimeout = 2_500
  const pool = connectionPool()
  t.teardown(() => {
    pool.close()
  })
  const counts = []
  for (const index of [0, 40, 80]) {
    counts.push(await driveRound(round(app.url, 40, { connections: 4 }, { index, pool })))
    if (index === 40) await new Promise(resolve => setTimeout(resolve, 5_000))
  }
  t.match(counts, Array(3).fill({ performed: 40, failed: 0 }))
  t.equal(app.connections, 4, 'three rounds on the same four connections')
  t.equal(app.requests.get('GET /'), 120, 'what keeps them open is no request')

  pool.close()
  await driveRound(round(app.url, 4, { connections: 4 }, { pool }))
  t.equal(app.connections, 8, 'a closed pool has none and keeps none')
})

t.test('a connection that the server closed meanwhile is not used again', async t => {
  const app = await serve(t, ok)
  const pool = connectionPool()
  t.teardown(() => {
    pool.close()
  })
  await driveRound(round(app.url, 20, { connections: 4 }, { pool }))
  app.server.closeAllConnections()
  await new Promise(resolve => setTimeout(resolve, 100))
  t.match(await driveRound(round(app.url, 20, { connections: 4 }, { pool })), { performed: 20, failed: 0 })
  t.equal(app.connections, 8)
})

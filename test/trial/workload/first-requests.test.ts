import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createHttp2, createSecureServer } from 'node:http2'
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTls } from 'node:tls'
import t from 'tap'
import { makeCertificate } from '../../../lib/collector/certificate.js'
import { driveHttp, type HttpRound, connectionPool } from '../../../lib/trial/workload/drive-http.js'
import {
  FIRST_REQUESTS,
  firstRequests,
  type FirstRequests,
} from '../../../lib/trial/workload/first-requests.js'
import { http } from '../../../lib/trial/workload/http.js'
import { httpPlan } from '../../../lib/trial/workload/http-plan.js'
import type { HttpOptions } from '../../../lib/types/workload.js'

type Tap = Pick<typeof t, 'teardown'>

/** Origin of the server; what is open ends with the test. */
async function urlOf(test: Tap, server: Server): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)))
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

function roundOf(url: string, options: HttpOptions, firstAnswerMs: number): HttpRound {
  const { plan } = httpPlan(http(options))
  return {
    url,
    plan: { ...plan, firstAnswerMs },
    requests: null,
    operations: 50,
    index: 0,
    signal: new AbortController().signal,
    pool: connectionPool(),
  }
}

async function tried(
  test: Tap,
  server: Server,
  { firstAnswerMs = 20_000, ...options }: HttpOptions & { readonly firstAnswerMs?: number } = {},
): Promise<FirstRequests & { readonly url: string }> {
  const url = await urlOf(test, server)
  const round = roundOf(url, options, firstAnswerMs)
  try {
    return { ...(await firstRequests(round)), url }
  } finally {
    round.pool.close()
  }
}

t.test('a server that takes connections and never answers is given up', async t => {
  const hangs = createServer(() => undefined)
  const { failure, url } = await tried(t, hangs, { path: '/orders?token=x', firstAnswerMs: 300 })
  t.match(
    failure,
    `none of the first 4 requests to ${url} (GET /orders?…) was answered within 0.3 s. Check that`,
  )

  const silent = createTcp(socket => socket.resume())
  t.match((await tried(t, silent, { firstAnswerMs: 300 })).failure, /was answered within 0\.3 s/)
  const one = await tried(
    t,
    createServer(() => undefined),
    { connections: 1, firstAnswerMs: 300 },
  )
  t.match(one.failure, /^not even the first request to/)
  const soon = await tried(
    t,
    createServer(() => undefined),
    { timeoutMs: 1_000 },
  )
  t.match(soon.failure, /none of the first 4 requests/, 'its own limit comes first')
})

t.test('and its twins, which answer late, a little, or are meant to hang', async t => {
  const late = createServer((_, response) => {
    setTimeout(() => response.end(), 500)
  })
  t.match(await tried(t, late), { counts: { performed: 4, failed: 0 }, failure: null })

  let number = 0
  const some = createServer((_, response) => {
    if (++number % 2 === 0) response.end()
  })
  const half = await tried(t, some, { timeoutMs: 1_000, firstAnswerMs: 300 })
  t.match(half, { counts: { byStatus: { 200: 2, timeout: 2 } }, failure: null })

  const streams = createServer((_, response) => {
    response.write('first')
  })
  t.match(await tried(t, streams, { timeoutMs: 1_000, firstAnswerMs: 300 }), { failure: null })

  const hangs = createServer(() => undefined)
  const meant = await tried(t, hangs, { timeoutMs: 1_000, maxFailureRate: 1, firstAnswerMs: 300 })
  t.match(meant, { counts: { byStatus: { timeout: 4 } }, failure: null })

  const fails = createServer((_, response) => response.writeHead(500).end())
  t.match(await tried(t, fails), { counts: { failed: 4 }, failure: null }, 'the round says it')
  const resets = createServer(request => request.socket.destroy())
  t.match(await tried(t, resets), { counts: { byStatus: { error: 4 } }, failure: null }, 'here, too')
})

t.test('they are operations of the round', async t => {
  const paths: string[] = []
  const url = await urlOf(
    t,
    createServer((request, response) => {
      paths.push(String(request.url))
      response.end()
    }),
  )
  const round = roundOf(url, { path: Array.from({ length: 50 }, (_, index) => `/${String(index)}`) }, 20_000)
  await firstRequests(round)
  await driveHttp({ ...round, index: FIRST_REQUESTS, operations: 46 })
  round.pool.close()
  t.equal(new Set(paths).size, 50)
  t.equal(paths.length, 50)
})

t.test('a server that speaks something else is told by what it speaks', async t => {
  const certificate = await makeCertificate()
  const spoken = async (server: Server): Promise<string | null> =>
    (await tried(t, server, { timeoutMs: 1_000 })).failure

  t.match(
    await spoken(createHttp2()),
    /did not answer in HTTP\/1\.1: its first bytes are a SETTINGS frame of HTTP\/2/,
  )
  t.match(await spoken(createSecureServer(certificate)), /it speaks HTTP\/2 over TLS, and no HTTP\/1\.1/)
  t.match(
    await spoken(createTls(certificate, socket => socket.end())),
    /it speaks TLS\. .*https\.createServer/,
  )
  const alert = createTcp(socket => socket.end(Buffer.of(0x15, 3, 3, 0, 2, 2, 80)))
  t.match(await spoken(alert), /its first bytes are an alert of TLS/)
  const greets = createTcp(socket => socket.write('220 mail.example ESMTP\r\n'))
  t.match(await spoken(greets), /its first bytes are '220 mail\.example ESMTP', which is not HTTP/)
  const binary = createTcp(socket => socket.end(Buffer.of(0x4a, 0, 0, 0, 10)))
  t.match(await spoken(binary), /its first bytes are 4a0000000a, which is not HTTP/)
  t.equal(await spoken(createTcp(socket => socket.end())), null, 'one that closes says nothing')
})

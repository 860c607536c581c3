import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { Agent as SecureAgent, request as httpsRequest } from 'node:https'
import { connect as connectTo, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import t from 'tap'
import { makeCertificate } from '../../lib/collector/certificate.js'
import type { Certificate } from '../../lib/collector/certificate.js'
import { openCollector } from '../../lib/collector/collector.js'
import type { Collector, CollectorOptions } from '../../lib/collector/collector.js'
import { assertRefused, REFUSED_PORT } from '../../lib/collector/exchange.js'
import { framed, grpcCall } from '../support/grpc-client.js'
import { protobufOf } from '../support/protobuf-of.js'
import { ended, rawSocket } from '../support/raw-socket.js'

let certificate: Certificate

t.before(async () => {
  certificate = await makeCertificate()
})

const open = async (
  t: { teardown: (end: () => Promise<void>) => void },
  backend: CollectorOptions['backend'] = 'up',
): Promise<Collector> => {
  const collector = await openCollector({ backend, certificate })
  t.teardown(() => collector.close())
  return collector
}

const span = protobufOf([1, protobufOf([2, protobufOf([2, protobufOf([6, 2])])])])
const protobufType = { 'content-type': 'application/x-protobuf' }
const traceService = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'

interface Sent {
  readonly status: number | undefined
  readonly body: string
}

const send = (
  port: number,
  secure: boolean,
  path: string,
  body: Buffer | string,
  agent?: Agent,
): Promise<Sent> =>
  new Promise((resolve, reject) => {
    const options = { host: 'localhost', family: 4, port, path, method: 'POST', headers: protobufType }
    const request = secure
      ? httpsRequest({ ...options, ca: certificate.cert, agent: agent ?? false })
      : httpRequest({ ...options, agent: agent ?? false })
    request.once('error', reject)
    request.once('response', response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () =>
        resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() }),
      )
    })
    request.end(body)
  })

t.test('one port speaks http, https and http/2, also at once', async t => {
  const collector = await open(t)
  const { port } = collector
  const all = Array.from({ length: 60 }, async (_, n) => {
    if (n % 3 === 2) return (await grpcCall(port, traceService, [framed(span)])).grpcStatus
    return (await send(port, n % 3 === 1, '/v1/traces', span)).status
  })
  const expected = Array.from({ length: 60 }, (_, n) => (n % 3 === 2 ? '0' : 200))
  t.same(await Promise.all(all), expected)
  const { requests, items, unreadable } = collector.received()
  t.same([requests, items.entries, unreadable], [60, 60, 0])
  t.equal(collector.received().bytes, 60 * span.length + 20 * 5, 'bytes as they were sent')
})

t.test('a method that begins like the preface of http/2, and first bytes that come one by one', async t => {
  const collector = await open(t)
  const client = await rawSocket(collector.port)
  client.setNoDelay(true)
  for (const part of ['P', 'R', 'O', 'PFIND / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n']) {
    client.write(part)
    await new Promise(resolve => setImmediate(resolve))
  }
  const [answer] = (await once(client, 'data')) as [Buffer]
  t.match(answer.toString(), /^HTTP\/1.1 200 OK/)
  await ended(client)
  t.equal(collector.received().requests, 1)
})

t.test('http/2 without gRPC is answered as http', async t => {
  const collector = await open(t)
  const session = connectHttp2(`http://127.0.0.1:${collector.port}`)
  t.teardown(() => session.destroy())
  const stream = session.request({ ':method': 'POST', ':path': '/v1/traces', ...protobufType })
  stream.end(span)
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
  t.equal(headers[':status'], 200)
  stream.resume()
  await once(stream, 'end')
  t.equal(collector.received().items.entries, 1)
})

t.test('a connection is used again', async t => {
  const collector = await open(t)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  for (let sent = 0; sent < 5; sent += 1) await send(collector.port, false, '/v1/traces', span, agent)
  t.equal(Object.values(agent.freeSockets).flat().length, 1)
  t.equal(collector.received().requests, 5)
})

for (const secure of [false, true]) {
  t.test(
    `${secure ? 'https' : 'http'}: what waits for a next request is ended, what is under way is not`,
    async t => {
      const { port, endIdle } = await open(t)
      const agentFor = (): Agent =>
        secure ? new SecureAgent({ keepAlive: true, ca: certificate.cert }) : new Agent({ keepAlive: true })
      const waiting = agentFor()
      const underWay = agentFor()
      t.teardown(() => {
        waiting.destroy()
        underWay.destroy()
      })
      await send(port, secure, '/v1/traces', span, waiting)
      const [kept] = Object.values(waiting.freeSockets).flat()
      const begun = (secure ? httpsRequest : httpRequest)({
        ...{ host: 'localhost', family: 4, port, path: '/v1/traces', method: 'POST', agent: underWay },
        headers: { ...protobufType, 'content-length': span.length },
      })
      begun.write(span.subarray(0, 1))
      await new Promise(resolve => setTimeout(resolve, 50))
      endIdle()
      await once(kept as Socket, 'close')
      t.same(waiting.freeSockets, {})
      begun.end(span.subarray(1))
      const [response] = (await once(begun, 'response')) as [IncomingMessage]
      response.resume()
      t.equal(response.statusCode, 200)
      t.equal((await send(port, secure, '/v1/traces', span, waiting)).status, 200, 'and it goes on answering')
    },
  )
}

t.test('slow: requests are read and counted, and never answered', async t => {
  const collector = await open(t, 'slow')
  const { port } = collector
  const outcomes = [
    send(port, false, '/v1/traces', span),
    send(port, true, '/v1/traces', span),
    grpcCall(port, traceService, [framed(span)]).then(({ httpStatus }) => {
      if (httpStatus === undefined) throw new Error('not answered')
      return httpStatus
    }),
  ].map(sent =>
    sent.then(
      () => 'answered',
      () => 'not answered',
    ),
  )
  while (collector.received().items.entries < 3) await new Promise(resolve => setTimeout(resolve, 5))
  t.equal(
    await Promise.race([...outcomes, new Promise(resolve => setTimeout(resolve, 100, 'waits'))]),
    'waits',
  )
  await collector.close()
  t.same(
    await Promise.all(outcomes),
    ['not answered', 'not answered', 'not answered'],
    'close ends what waits',
  )
})

t.test('error: everything is answered with an error, and counted', async t => {
  const collector = await open(t, 'error')
  const { port } = collector
  t.equal((await send(port, false, '/v1/traces', span)).status, 500)
  t.equal((await send(port, true, '/any', '')).status, 500)
  const call = await grpcCall(port, traceService, [framed(span)])
  t.match(call, { httpStatus: 200, grpcStatus: '13', body: Buffer.alloc(0) })
  t.match(collector.received(), { requests: 3, items: { entries: 2 }, unreadable: 0 })
})

const outcomeOf = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    answer => {
      const { status, grpcStatus } = answer as { readonly status?: number; readonly grpcStatus?: string }
      return String(status ?? grpcStatus ?? 'ended')
    },
    (error: unknown) => ((error as NodeJS.ErrnoException).code === 'ECONNRESET' ? 'cut' : String(error)),
  )

t.test('reset: every third request is cut in place of its answer; up answers them all', async t => {
  const ways: readonly [string, string, (port: number) => Promise<unknown>][] = [
    ['http', '200', port => send(port, false, '/v1/traces', span)],
    ['https', '200', port => send(port, true, '/v1/traces', span)],
    ['gRPC', '0', port => grpcCall(port, traceService, [framed(span)])],
  ]
  for (const [name, answered, ask] of ways) {
    for (const backend of ['reset', 'up'] as const) {
      const collector = await open(t, backend)
      const outcomes: string[] = []
      for (let n = 0; n < 7; n += 1) outcomes.push(await outcomeOf(ask(collector.port)))
      const third = backend === 'up' ? answered : name === 'gRPC' ? 'ended' : 'cut'
      t.strictSame(
        outcomes.map(one => (name === 'gRPC' && one === 'cut' ? 'ended' : one)),
        [answered, answered, third, answered, answered, third, answered],
        `${name}, ${backend}`,
      )
      t.match(collector.received(), { requests: 7, items: { entries: 7 }, unreadable: 0 }, 'all were read')
    }
  }
})

t.test('reset: connections that are kept are cut with it, and those on them go on elsewhere', async t => {
  for (const secure of [false, true]) {
    const collector = await open(t, 'reset')
    const kept = secure
      ? new SecureAgent({ keepAlive: true, maxSockets: 1 })
      : new Agent({ keepAlive: true, maxSockets: 1 })
    t.teardown(() => kept.destroy())
    const outcomes = Array.from({ length: 6 }, () =>
      outcomeOf(send(collector.port, secure, '/v1/traces', span, kept)),
    )
    t.strictSame(await Promise.all(outcomes), ['200', '200', 'cut', '200', '200', 'cut'])
  }
})

t.test('reset: a connection is cut after a while whatever it does; its twin of up stays', async t => {
  for (const begin of ['', 'GET / HTTP/1.1\r\nhost: x\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
    for (const backend of ['reset', 'up'] as const) {
      const collector = await open(t, backend)
      const socket = connectTo(collector.port)
      const end = new Promise(resolve => {
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
        socket.once('end', () => resolve('ended'))
      })
      socket.resume()
      await once(socket, 'connect')
      socket.write(begin)
      const stays = new Promise(resolve => {
        if (backend === 'up') setTimeout(resolve, 1_000, 'stays')
      })
      const told = JSON.stringify(begin)
      t.equal(
        await Promise.race([end, stays]),
        backend === 'up' ? 'stays' : 'ECONNRESET',
        `${backend}, ${told}`,
      )
      socket.destroy()
    }
  }
})

t.test('down: connections are refused', async t => {
  await assertRefused()
  // A port that fetch refuses by itself would fail in another way than the network's.
  await t.rejects(fetch(`http://127.0.0.1:${REFUSED_PORT}`), { cause: { code: 'ECONNREFUSED' } })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  await t.rejects(assertRefused(port), {
    code: 'ERR_COLLECTOR',
    message: new RegExp(`127.0.0.1:${port} to be refused`),
  })
  await t.rejects(assertRefused(70_000), { code: 'ERR_SOCKET_BAD_PORT' })
})

t.test('clients that send garbage or break off', async t => {
  const collector = await open(t)
  const { port } = collector
  const starts = [
    Buffer.alloc(0),
    Buffer.from('P'),
    Buffer.from('garbage\r\n\r\n'),
    Buffer.from('PRI * HTTP/3.0\r\n\r\n'),
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnot frames of http/2'),
    Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5]),
    Buffer.from('CONNECT localhost:1 HTTP/1.1\r\nhost: a\r\n\r\n'),
    Buffer.from('GET // HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
    Buffer.from('POST /v1/traces HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\nhalf of it'),
  ]
  for (const start of starts) {
    for (const leave of [(client: Socket) => client.end(), (client: Socket) => client.resetAndDestroy()]) {
      const client = await rawSocket(port)
      const over = ended(client)
      client.write(start, () => leave(client))
      await over
    }
  }
  const secure = connectTls({ host: '127.0.0.1', port, ca: certificate.cert })
  await once(secure, 'secureConnect')
  secure.write('POST /v1/traces HTTP/1.1\r\ncontent-length: 9\r\n')
  secure.destroy()
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  const call = session.request({
    ':method': 'POST',
    ':path': traceService,
    'content-type': 'application/grpc',
  })
  call.on('error', () => {})
  call.write(framed(span).subarray(0, 7))
  await once(session, 'remoteSettings')
  session.destroy()
  t.equal((await send(port, false, '/v1/traces', span)).status, 200, 'it goes on')
  t.equal(collector.received().items.entries, 1)
  t.equal(collector.received().unreadable, 0, 'what was not sent to its end is not unreadable')
})

t.test('close ends all connections at once', async t => {
  const collector = await open(t)
  const { port } = collector
  const idle = await rawSocket(port)
  const begun = await rawSocket(port)
  begun.write('POST /v1/traces HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n')
  const secure = connectTls({ host: '127.0.0.1', port, ca: certificate.cert })
  await once(secure, 'secureConnect')
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  await once(session, 'remoteSettings')
  const gone = [
    ended(idle),
    ended(begun),
    ended(secure),
    new Promise(resolve => session.once('close', resolve)),
  ]
  await collector.close()
  await Promise.all(gone)
  await t.rejects(rawSocket(port), { code: 'ECONNREFUSED' })
  await collector.close()
  t.equal(collector.received().requests, 1, 'what it received is still told')
})

import { gzipSync } from 'node:zlib'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { fromAccessLog } from '../../../lib/trial/recorded/from-access-log.js'
import { http } from '../../../lib/trial/workload/http.js'
import type { AccessLogOptions } from '../../../lib/types/recording.js'
import type { HttpRequest, RecordedTraffic } from '../../../lib/types/workload.js'
import { failureOf } from './support/failure-of.js'

const folder = t.testdir({})
let written = 0

const write = (content: string | Buffer, name = `access-${String(written++)}.log`): string => {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

const read = (lines: readonly string[], options?: AccessLogOptions): Promise<RecordedTraffic> =>
  fromAccessLog(write(`${lines.join('\n')}\n`), options)

const only = async (line: string, options?: AccessLogOptions): Promise<HttpRequest> =>
  (await read([line], options)).requests[0]!

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

t.test('lines of servers, each as it writes them', async t => {
  const headers = { 'user-agent': agent, referer: 'https://shop.example/cart' }
  const lines: Readonly<Record<string, readonly [string, HttpRequest]>> = {
    'Apache, common': [
      '192.0.2.7 - frank [10/Oct/2026:13:55:36 -0700] "GET /orders/42 HTTP/1.0" 200 2326',
      { path: '/orders/42' },
    ],
    'Apache, combined': [
      `192.0.2.7 - - [10/Oct/2026:13:55:36 +0000] "GET /orders?page=2&sort=a HTTP/1.1" 200 512 "${headers.referer}" "${agent}"`,
      { path: '/orders?page=2&sort=a', headers },
    ],
    'Apache, combined behind the name of the host': [
      `shop.example:443 2001:db8::7 - - [10/Oct/2026:13:55:36 +0000] "HEAD / HTTP/1.1" 304 - "-" "${agent}"`,
      { path: '/', method: 'HEAD', headers: { 'user-agent': agent } },
    ],
    'Apache, what is escaped': [
      String.raw`192.0.2.7 - - [10/Oct/2026:13:55:36 +0000] "GET /a\"b?c=\\d HTTP/1.1" 404 12 "-" "it's \"quoted\""`,
      { path: '/a"b?c=\\d', headers: { 'user-agent': 'it\'s "quoted"' }, expectStatus: [404] },
    ],
    'nginx, combined with fields of its own': [
      `192.0.2.7 - - [10/Oct/2026:13:55:36 +0000] "DELETE /orders/7 HTTP/2.0" 204 0 "-" "curl/8.9.1" "198.51.100.9" rt=0.003`,
      { path: '/orders/7', method: 'DELETE', headers: { 'user-agent': 'curl/8.9.1' } },
    ],
    'nginx, bytes that are no text': [
      String.raw`192.0.2.7 - - [10/Oct/2026:13:55:36 +0000] "GET /caf\xC3\xA9 HTTP/1.1" 500 9 "-" "-"`,
      { path: '/caf%C3%A9', expectStatus: [500] },
    ],
    'nginx, JSON': [
      JSON.stringify({
        ...{ time_iso8601: '2026-10-10T13:55:36+00:00', remote_addr: '192.0.2.7', request_method: 'GET' },
        ...{ request_uri: '/orders?page=3', uri: '/orders', status: '200', http_user_agent: 'curl/8.9.1' },
        ...{ http_referer: '-', body_bytes_sent: '512' },
      }),
      { path: '/orders?page=3', headers: { 'user-agent': 'curl/8.9.1' } },
    ],
    'nginx, JSON with the first line of the request': [
      '{"remote_addr":"192.0.2.7","request":"GET /orders/1?x=1 HTTP/1.1","status":301}',
      { path: '/orders/1?x=1' },
    ],
    'nginx, JSON with the query apart': [
      '{"request_method":"GET","uri":"/orders","args":"page=4","status":200}',
      { path: '/orders?page=4' },
    ],
    Caddy: [
      JSON.stringify({
        ...{ level: 'info', ts: 1791640536.1, logger: 'http.log.access.log0', msg: 'handled request' },
        request: {
          ...{ remote_ip: '192.0.2.7', proto: 'HTTP/2.0', method: 'GET', host: 'shop.example' },
          uri: '/orders/5?full=1',
          headers: { 'User-Agent': [agent], Accept: ['text/html', '*/*'], Cookie: ['REDACTED'] },
        },
        ...{ bytes_read: 0, duration: 0.001, size: 512, status: 403, resp_headers: { Server: ['Caddy'] } },
      }),
      {
        path: '/orders/5?full=1',
        headers: { 'user-agent': agent, accept: 'text/html, */*' },
        expectStatus: [403],
      },
    ],
    'Traefik, common': [
      '192.0.2.7 - - [10/Oct/2026:13:55:36 +0000] "GET /orders/6 HTTP/1.1" 200 12 "-" "-" 17 "shop@docker" "http://198.51.100.2:3000" 4ms',
      { path: '/orders/6' },
    ],
    'Traefik, JSON': [
      JSON.stringify({
        ...{
          ClientHost: '192.0.2.7',
          RequestMethod: 'GET',
          RequestPath: '/orders?page=5',
          RequestHost: 'shop.example',
        },
        ...{ DownstreamStatus: 200, OriginStatus: 200, 'request_User-Agent': 'curl/8.9.1', level: 'info' },
      }),
      { path: '/orders?page=5', headers: { 'user-agent': 'curl/8.9.1' } },
    ],
    pino: [
      JSON.stringify({
        ...{ level: 30, time: 1791640536000, pid: 7, hostname: 'shop-1' },
        req: {
          ...{
            id: 1,
            method: 'GET',
            url: '/orders/8?full=1',
            query: { full: '1' },
            params: {},
            remotePort: 50_000,
          },
          headers: {
            host: 'shop.example',
            connection: 'keep-alive',
            'user-agent': 'curl/8.9.1',
            cookie: 'sid=planted',
          },
        },
        ...{
          res: { statusCode: 404, headers: { 'content-length': '2' } },
          responseTime: 3,
          msg: 'request completed',
        },
      }),
      { path: '/orders/8?full=1', headers: { 'user-agent': 'curl/8.9.1' }, expectStatus: [404] },
    ],
    'Fastify, which tells the answer in a line of its own': [
      '{"level":30,"reqId":"req-1","req":{"method":"GET","url":"/orders/9","host":"shop.example"},"msg":"incoming request"}',
      { path: '/orders/9' },
    ],
    ECS: [
      '{"http":{"request":{"method":"GET"},"response":{"status_code":200}},"url":{"original":"/orders/10?a=1"},"user_agent":{"original":"x"}}',
      { path: '/orders/10?a=1' },
    ],
    'Google Cloud': [
      '{"httpRequest":{"requestMethod":"GET","requestUrl":"https://shop.example/orders/11?a=1","status":200,"userAgent":"curl/8.9.1"}}',
      { path: '/orders/11?a=1', headers: { 'user-agent': 'curl/8.9.1' } },
    ],
  }
  for (const [name, [line, request]] of Object.entries(lines)) {
    t.strictSame(await only(line), request, name)
  }
  const all = await read(Object.values(lines).map(([line]) => line))
  t.strictSame(
    all.requests,
    Object.values(lines).map(([, request]) => request),
    'in their order, whatever the format',
  )
  t.equal(http(all).description, '16 requests of access-16.log, 10 connections')
})

t.test('what a proxy was asked for by its whole address is sent by its path', async t => {
  const line = (target: string): string => `192.0.2.7 - - [x] "GET ${target} HTTP/1.1" 200 1`
  t.strictSame(await only(line('http://shop.example/a?b=1')), { path: '/a?b=1' })
  t.strictSame(await only(line('https://shop.example')), { path: '/' })
  t.strictSame(await only(line('/a?b=1#top')), { path: '/a?b=1' })
})

const get = (path: string, status = 200): string =>
  `192.0.2.7 - - [x] "GET ${path} HTTP/1.1" ${String(status)} 1`

t.test('what is left out is counted by reason', async t => {
  const { requests, recording } = await read([
    get('/a'),
    get('/gone', 404),
    '192.0.2.7 - - [x] "POST /orders HTTP/1.1" 201 1',
    '192.0.2.7 - - [x] "PROPFIND / HTTP/1.1" 207 1',
    '192.0.2.7 - - [x] "CONNECT shop.example:443 HTTP/1.1" 400 1',
    get('/socket', 101),
    get('/slow', 499),
    String.raw`192.0.2.7 - - [x] "\x16\x03\x01\x02" 400 150 "-" "-"`,
    '192.0.2.7 - - [x] "-" 408 0',
    '192.0.2.7 - - [x] "GET /a b HTTP/1.1" 400 0',
    '192.0.2.7 - - [x] "OPTIONS * HTTP/1.0" 200 0',
    'starting worker process 7',
    '{"level":30,"msg":"listening on 3000"}',
    '{"level":30,"msg":"asking","method":"GET","url":"https://stock.example/7"}',
    '{"level":30,"req":{"method":"GET","ur',
    '[1]',
    '',
    get(`/${'a'.repeat(70_000)}`),
  ])
  t.strictSame(requests, [{ path: '/a' }, { path: '/gone', expectStatus: [404] }])
  t.strictSame(recording.dropped, {
    ...{ foreign: 0, unsupported: 3, unanswered: 1, withoutBody: 1, noRequest: 9, tooLong: 1, notDrawn: 0 },
    headers: [],
  })
  t.strictSame(recording.byStatus, { 200: 1, 404: 1 })
  t.match(recording, { format: 'common', origin: null, found: 17, kept: 2 })
})

t.test('requests without their body are kept where that is asked for', async t => {
  const lines = ['POST', 'PUT', 'PATCH', 'DELETE'].map(method => `x - - [x] "${method} / HTTP/1.1" 200 1`)
  const methods = async (options?: AccessLogOptions): Promise<unknown> =>
    (await read(lines, options)).requests.map(({ method }) => method)
  t.strictSame(await methods(), ['DELETE'])
  t.strictSame(await methods({ keepWithoutBody: true }), ['POST', 'PUT', 'PATCH', 'DELETE'])
})

t.test('a format, and a host of several', async t => {
  const json = '{"method":"GET","path":"/json","status":200,"host":"Shop.example:443"}'
  const mixed = [get('/text'), json, 'admin.example:443 x - - [x] "GET /admin HTTP/1.1" 200 1 "-" "curl"']
  const paths = async (options: AccessLogOptions): Promise<unknown> =>
    (await read(mixed, options)).requests.map(({ path }) => path)
  t.strictSame(await paths({}), ['/text', '/json', '/admin'])
  t.strictSame(await paths({ format: 'json' }), ['/json'])
  t.strictSame(await paths({ format: 'combined' }), ['/text', '/admin'])
  t.strictSame(await paths({ host: 'shop.example' }), ['/json'])
  t.strictSame(await paths({ host: 'ADMIN.example' }), ['/admin'])
  t.match((await read(mixed, { host: 'shop.example' })).recording, {
    format: 'json',
    dropped: { foreign: 2 },
  })
  t.match((await read(mixed)).recording, { format: 'common' })
  t.match((await read([mixed[2]!])).recording, { format: 'combined' })
  t.strictSame(
    (await read([mixed[2]!], { format: 'common' })).requests,
    [{ path: '/admin' }],
    'without headers',
  )
})

t.test('secrets are left out, named, and kept where that is asked for', async t => {
  const secrets = {
    ...{ Cookie: 'sid=planted', Authorization: 'Bearer planted', 'Proxy-Authorization': 'Basic planted' },
    ...{ 'X-Api-Key': 'planted', 'X-Auth-Token': 'planted', 'X-CSRF-Token': 'planted', 'X-XSRF': 'planted' },
    ...{
      'X-Session': 'planted',
      'X-Forwarded-Client-Cert': 'planted',
      'X-Upstream': 'Bearer planted-in-value',
    },
    Referer: 'https://shop.example/?access_token=planted',
  }
  const line = JSON.stringify({
    req: { method: 'GET', url: '/', headers: { ...secrets, Accept: '*/*', Host: 'x', 'X-Author': 'jane' } },
    res: { statusCode: 200 },
  })
  const { requests, recording } = await read([line])
  t.strictSame(requests, [{ path: '/', headers: { accept: '*/*', 'x-author': 'jane' } }])
  t.strictSame(
    recording.dropped.headers,
    Object.keys(secrets)
      .map(name => name.toLowerCase())
      .sort(),
  )
  t.notMatch(JSON.stringify(recording), /planted/)
  const kept = await only(line, { keepSecrets: true })
  t.match(kept.headers, { cookie: 'sid=planted', authorization: 'Bearer planted', 'x-api-key': 'planted' })
  t.equal(kept.headers?.host, undefined, 'it follows from how the request is sent')
})

t.test('gzip, a file: URL, a byte order mark, line ends of Windows, a last line without one', async t => {
  const lines = [get('/a'), get('/b')]
  const expected = [{ path: '/a' }, { path: '/b' }]
  const read = async (file: string | URL): Promise<unknown> => (await fromAccessLog(file)).requests
  t.strictSame(await read(write(gzipSync(lines.join('\n')))), expected)
  t.strictSame(
    await read(write(Buffer.concat(lines.map(line => gzipSync(`${line}\n`))))),
    expected,
    'as rotated',
  )
  t.strictSame(await read(pathToFileURL(write(lines.join('\n')))), expected)
  t.strictSame(await read(write(`\ufeff${lines.join('\r\n')}\r\n`)), expected)
})

t.test('what cannot be used is told', async t => {
  const fails = async (
    content: string | Buffer,
    message: RegExp,
    options?: AccessLogOptions,
  ): Promise<void> => {
    const failure = await failureOf(() => fromAccessLog(write(content), options))
    t.equal(failure.code, 'ERR_RECORDING', String(message))
    t.match(failure.message, message)
    t.notMatch(failure.message, /planted/)
  }
  await fails('', /expected an access log \(common, combined, or JSON lines\) at .*, got an empty file$/)
  await fails('\n\r\n', /got nothing but empty lines$/)
  await fails('hello, world\nagain', /got the first line 'hello, world'$/)
  await fails('{"log":{"entries":[]}}', /got the first line '\{"log"/)
  await fails(
    '#Fields: date time cs-uri cookie=planted-1234\n',
    /the first line '#Fields: date time cs-uri cookie=\*\*\*'/,
  )
  await fails('GET /reset?t=planted planted.planted.planted.planted', /'GET \/reset\?… \*\*\*'$/)
  await fails(`${'x'.repeat(70_000)}\n`, /a first line of more than 64 KiB$/)
  await fails(`${get('/a')}\n`, /got the first line/, { format: 'json' })
  await fails(gzipSync(get('/a')).subarray(0, -12), /got unexpected end of file$/)
  await fails(
    `x - - [x] "POST /?planted HTTP/1.1" 200 1\n${get('/a', 499)}\n`,
    /expected requests that can be sent in .*, got none of 2: 1 not answered by the server, 1 without their body \(keepWithoutBody\)$/,
  )
  const missing = await failureOf(() => fromAccessLog(join(folder, 'missing.log')))
  t.match(missing, { code: 'ERR_RECORDING', message: /at .*missing\.log, got no file$/ })
  t.match(await failureOf(() => fromAccessLog(folder)), {
    code: 'ERR_RECORDING',
    message: /got something that is no file$/,
  })
})

t.test('bad options', async t => {
  const file = write(get('/a'))
  for (const [options, message] of [
    [5, /fromAccessLog\(\): options must be an object, got 5/],
    [{ mots: 5 }, /fromAccessLog\(\) has no option named 'mots': did you mean most\?/],
    [{ most: 0 }, /fromAccessLog\(\): most must be a whole number, at least 1 and at most 100000, got 0/],
    [{ seed: 0.5 }, /seed must be a whole number/],
    [{ keepSecrets: 'yes' }, /keepSecrets must be true or false, got 'yes'/],
    [{ keepWithoutBody: 1 }, /keepWithoutBody must be true or false/],
    [{ format: 'w3c' }, /format must be 'common' or 'combined' or 'json', got 'w3c'/],
    [{ host: '' }, /host must not be empty/],
  ] as const) {
    const failure = await failureOf(() => fromAccessLog(file, options as never))
    t.equal(failure.code, 'ERR_OPTION_INVALID')
    t.match(failure.message, message)
  }
  t.match(await failureOf(() => fromAccessLog(5 as never)), { message: /file must be a string, got 5/ })
})

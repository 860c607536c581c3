import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { fromHar } from '../../../lib/trial/recorded/from-har.js'
import { http } from '../../../lib/trial/workload/http.js'
import type { HarOptions } from '../../../lib/types/recording.js'
import type { HttpRequest, RecordedTraffic } from '../../../lib/types/workload.js'
import { failureOf } from './support/failure-of.js'

const folder = t.testdir({})
let written = 0

const write = (content: string | Buffer): string => {
  const file = join(folder, `traffic-${String(written++)}.har`)
  writeFileSync(file, content)
  return file
}

const har = (entries: readonly unknown[], more: object = {}): string =>
  JSON.stringify({ log: { version: '1.2', creator: { name: 'x', version: '1' }, ...more, entries } })

const read = (entries: readonly unknown[], options?: HarOptions): Promise<RecordedTraffic> =>
  fromHar(write(har(entries)), options)

const SHOP = 'https://shop.example'

/** As Chrome exports it, HTTP/2. */
const chrome = (path: string, more: object = {}, status: unknown = 200): object => ({
  ...{
    _initiator: { type: 'other' },
    _priority: 'High',
    _resourceType: 'fetch',
    cache: {},
    connection: '443',
  },
  request: {
    ...{ method: 'GET', url: `${SHOP}${path}`, httpVersion: 'http/2.0' },
    headers: [
      { name: ':authority', value: 'shop.example' },
      { name: ':method', value: 'GET' },
      { name: ':path', value: path },
      { name: ':scheme', value: 'https' },
      { name: 'accept', value: '*/*' },
      { name: 'accept-encoding', value: 'gzip, deflate, br, zstd' },
      { name: 'cookie', value: 'sid=planted' },
    ],
    ...{ queryString: [], cookies: [{ name: 'sid', value: 'planted' }], headersSize: -1, bodySize: 0 },
    ...more,
  },
  response: {
    ...{ status, statusText: '', httpVersion: 'http/2.0', headers: [], cookies: [], redirectURL: '' },
    content: { size: 12, mimeType: 'application/json', text: '{"status": 500, "request": "}]\\""}' },
  },
  ...{ serverIPAddress: '192.0.2.1', startedDateTime: '2026-10-10T13:55:36.000Z', time: 12, timings: {} },
})

const headers = { accept: '*/*', 'accept-encoding': 'gzip, deflate, br, zstd' }

t.test('entries of Chrome', async t => {
  const file = write(
    har([
      chrome('/orders?page=2'),
      chrome('/orders/7', { method: 'DELETE' }, 404),
      chrome('/orders', {
        ...{ method: 'POST', bodySize: 16 },
        headers: [
          { name: 'content-type', value: 'application/json' },
          { name: 'content-length', value: '16' },
        ],
        postData: { mimeType: 'application/json', text: '{"quantity":"é"}' },
      }),
    ]),
  )
  const traffic = await fromHar(file)
  t.strictSame(traffic.requests, [
    { path: '/orders?page=2', headers },
    { path: '/orders/7', method: 'DELETE', headers, expectStatus: [404] },
    {
      ...{ path: '/orders', method: 'POST', headers: { 'content-type': 'application/json' } },
      body: '{"quantity":"é"}',
    },
  ])
  t.strictSame(traffic.recording, {
    ...{ file: 'traffic-0.har', format: 'har', origin: SHOP, found: 3, kept: 3 },
    byStatus: { 200: 2, 404: 1 },
    dropped: {
      ...{ foreign: 0, unsupported: 0, unanswered: 0, withoutBody: 0, noRequest: 0, tooLong: 0, notDrawn: 0 },
      headers: ['cookie'],
    },
  })
  const workload = http({ ...traffic, connections: 20 })
  t.equal(workload.description, '3 requests of traffic-0.har, 20 connections')
  t.strictSame(workload.options.requests, traffic.requests)
  t.match((await fromHar(file, { keepSecrets: true })).requests[0]?.headers, { cookie: 'sid=planted' })
})

t.test('entries of Firefox, HTTP/1.1', async t => {
  const entry = {
    ...{
      startedDateTime: '2026-10-10T13:55:36.000+02:00',
      pageref: 'page_1',
      cache: {},
      time: 3,
      timings: {},
    },
    request: {
      ...{ bodySize: 11, method: 'POST', url: 'http://localhost:3000/login#top', httpVersion: 'HTTP/1.1' },
      headers: [
        { name: 'Host', value: 'localhost:3000' },
        { name: 'Content-Type', value: 'application/x-www-form-urlencoded' },
        { name: 'Content-Length', value: '11' },
        { name: 'Connection', value: 'keep-alive' },
        { name: 'Accept-Language', value: 'en' },
        { name: 'Accept-Language', value: 'de' },
        { name: 'Cookie', value: 'a=1' },
        { name: 'Cookie', value: 'b=2' },
        { name: 'TE', value: 'trailers' },
        { name: 'x-odd', value: 'no\r\nheader' },
        { name: 'no name', value: 'x' },
        { name: '__proto__', value: 'x' },
      ],
      postData: {
        mimeType: 'application/x-www-form-urlencoded',
        params: [
          { name: 'user', value: 'a b' },
          { name: 'age', value: '7&8' },
        ],
        text: '',
      },
    },
    response: { status: 302, headers: [], content: { mimeType: 'text/html', size: 0, text: '' } },
  }
  const { requests } = await read([entry], { keepSecrets: true })
  t.strictSame(requests, [
    {
      ...{ path: '/login', method: 'POST' },
      headers: {
        ...{ 'content-type': 'application/x-www-form-urlencoded', 'accept-language': 'en, de' },
        cookie: 'a=1; b=2',
      },
      body: 'user=a+b&age=7%268',
    },
  ])
})

t.test('bodies: as text, base64, without a header of their type, and what is none', async t => {
  const bodyOf = async (postData: object, more: object = {}): Promise<readonly HttpRequest[]> =>
    (
      await read([chrome('/first'), chrome('/', { method: 'PUT', headers: [], postData, ...more })])
    ).requests.slice(1)
  const encoded = Buffer.from('é{}').toString('base64')
  t.strictSame(await bodyOf({ mimeType: 'text/plain', text: encoded, encoding: 'base64' }), [
    { path: '/', method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'é{}' },
  ])
  t.strictSame(await bodyOf({ mimeType: 'a/b', text: '\u00ff\u00fe', headers: [] }), [
    { path: '/', method: 'PUT', headers: { 'content-type': 'a/b' }, body: '\u00ff\u00fe' },
  ])
  t.strictSame(await bodyOf({}), [{ path: '/', method: 'PUT' }], 'none was sent')
  const binary = {
    mimeType: 'image/png',
    text: Buffer.from([0x89, 0x50]).toString('base64'),
    encoding: 'base64',
  }
  t.strictSame(await bodyOf(binary), [])
  t.strictSame(await bodyOf({ mimeType: 'a/b', text: 'a\0b' }), [])
  t.strictSame(
    await bodyOf({ mimeType: 'multipart/form-data', text: '' }, { bodySize: 70_000 }),
    [],
    'an upload',
  )
  const long = [{ name: 'content-length', value: '9' }]
  t.strictSame(await bodyOf({}, { headers: long, bodySize: -1 }), [])
  const { recording, requests } = await read([chrome('/', { method: 'PUT', postData: binary })], {
    keepWithoutBody: true,
  })
  t.strictSame(requests, [{ path: '/', method: 'PUT', headers: { ...headers, 'content-type': 'image/png' } }])
  t.equal(recording.dropped.withoutBody, 0)
})

t.test('one origin is kept, the most frequent or the one that is given', async t => {
  const entries = [
    chrome('/', { url: 'https://cdn.example/a.js' }),
    chrome('/a'),
    chrome('/b'),
    chrome('/', { url: 'https://shop.example:8443/' }),
    chrome('/', { url: 'wss://shop.example/socket' }),
    chrome('/', { url: 'data:text/plain,x' }),
  ]
  const traffic = await read(entries)
  t.strictSame(
    traffic.requests.map(({ path }) => path),
    ['/a', '/b'],
  )
  t.match(traffic.recording, { origin: SHOP, found: 6, kept: 2, dropped: { foreign: 2, unsupported: 2 } })
  const other = await read(entries, { origin: 'https://CDN.example/' })
  t.match(other.recording, { origin: 'https://cdn.example', kept: 1, dropped: { foreign: 3 } })
  t.strictSame(other.requests[0]?.path, '/a.js')
})

t.test('what is left out is counted by reason', async t => {
  const { requests, recording } = await read([
    chrome('/a'),
    chrome('/blocked', {}, 0),
    chrome('/no-status', {}, null),
    { ...chrome('/cached'), _fromCache: 'disk' },
    chrome('/socket', {}, 101),
    chrome('/dav', { method: 'PROPFIND' }),
    chrome('/no-url', { url: 5 }),
    chrome('/odd-url', { url: 'https://' }),
    chrome('/odd-method', { method: 'G T' }),
    { request: 'GET /', response: { status: 200 } },
    { request: null, response: { status: 200 } },
    { response: { status: 200 } },
    {},
    chrome('/large', { method: 'POST', postData: { text: 'x'.repeat(2 ** 20) } }),
    chrome('/after'),
  ])
  t.strictSame(
    requests.map(({ path }) => path),
    ['/a', '/after'],
  )
  t.match(recording, {
    ...{ found: 15, kept: 2 },
    dropped: { unsupported: 2, unanswered: 3, noRequest: 7, tooLong: 1 },
  })
})

t.test('the properties of a file may come in any order, with anything between them', async t => {
  const text = `\ufeff {"comment": [{"log": 1}], "log" : {"pages":[{"id":"}]"}],
    "entries" : [ { "response": {"content": {"text": "\\"}]"}, "status": 404 }, "request": {"url":"${SHOP}/a","method":"get"} }
    ], "version": "1.2" } , "last": null } \n`
  for (const content of [text, gzipSync(text)]) {
    t.strictSame((await fromHar(write(content))).requests, [{ path: '/a', expectStatus: [404] }])
  }
})

t.test('what cannot be used is told, without what stands there', async t => {
  const whole = har([chrome('/planted')])
  const fails = async (content: string | Buffer, message: RegExp, options?: HarOptions): Promise<void> => {
    const failure = await failureOf(() => fromHar(write(content), options))
    t.equal(failure.code, 'ERR_RECORDING', String(message))
    t.match(failure.message, message)
    t.notMatch(String(failure.stack), /planted/)
  }
  await fails('', /expected a HAR file at .*\.har, got an empty file$/)
  await fails('planted', /got something else from byte 0 on$/)
  await fails('  [1]', /got something else from byte 2 on$/)
  await fails('{}', /got JSON without log\.entries$/)
  await fails('{"log":{"entry":[]}}', /got JSON without log\.entries$/)
  await fails('{"log":{"entries":{}}}', /got something else from byte 18 on$/)
  await fails('{"log":{"entries":[planted]}}', /got something else from byte 19 on$/)
  await fails('{"log":{"entries":[{"x":planted-words}]}}', /got something else from byte \d+ on$/)
  await fails(whole.slice(0, -3), /got the end at byte \d+, too early$/)
  await fails(`${whole}x`, /got something else from byte \d+ on$/)
  await fails(`{"log":${'['.repeat(100_000)}`, /got something else from byte 7 on$/)
  await fails(`{"x":${'['.repeat(100_000)}`, /got something else from byte \d+ on$/)
  await fails(`{"${'planted'.repeat(1000)}":1}`, /got JSON without log\.entries$/)
  await fails(har([]), /expected requests in .*, got none$/)
  await fails(whole, /got none of 1: 1 sent to another origin or host \(origin, host\)$/, {
    origin: 'https://other.example',
  })
  t.match(await failureOf(() => fromHar(folder)), {
    code: 'ERR_RECORDING',
    message: /something that is no file$/,
  })
  t.match(await failureOf(() => fromHar(join(folder, 'no.har'))), {
    message: /expected a HAR file at .*, got no file$/,
  })
  for (const origin of ['shop.example', 'ftp://x', 5]) {
    const failure = await failureOf(() => fromHar(join(folder, 'no.har'), { origin: origin as string }))
    t.match(failure, { code: 'ERR_OPTION_INVALID', message: /origin must be one of http or https, .*, got / })
  }
  t.match(await failureOf(() => fromHar('x.har', { host: 'x' } as never)), {
    message: /no option named 'host'/,
  })
})

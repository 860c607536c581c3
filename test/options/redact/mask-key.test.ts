import t from 'tap'
import { looksLikeData, maskKey } from '../../../lib/options/redact/mask-key.js'

const names = [
  '',
  'a',
  '_events',
  '$scope',
  '__proto__',
  'requestCount',
  'getXYZFromURL',
  'XMLHttpRequestUpload',
  'getUserById2AndThenSomething',
  'utf8ToBase64Url',
  'readBigUInt64BE',
  'kNsPerSecBigInt',
  'sha256',
  'x509',
  'ipv6',
  'win32',
  'SIGUSR2',
  'ERR_HTTP2_STATUS_INVALID',
  'MAX_SAFE_INTEGER',
  'content-type',
  'x-request-id',
  'http.method',
  'net.peer.port',
  'db:query',
  '#private',
  'Symbol.iterator',
  '<symbol kHandle>',
  '<symbol OpenTelemetry Context Key SPAN>',
  '@opentelemetry/api',
  '@sentry/node',
  'lodash.debounce',
  'headers[0]',
]
const data = [
  'alice@example.com',
  'Alice Smith',
  'https://example.com/orders',
  '/orders/42',
  'orders/42',
  'C:\\Users\\alice',
  '/home/alice/.ssh/id_rsa',
  'order-20231105',
  '4111111111111111',
  '+44 20 7946 0958',
  '192.168.10.17',
  '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  'deadbeef01',
  'cafe-1f2e3d4c5b',
  'd41d8cd98f00b204e9800998ecf8427e',
  'dGhpc0lzQVNlY3JldFRva2Vu',
  'eyJhbGciOiJIUzI1NiJ9',
  'AKIAIOSFODNN7EXAMPLE1234',
  'x3a9Kq2',
  'sk_live_4eC39HqLyjWDarjtT1',
  'qzvxkwplmnrt',
  'a=1&b=2',
  '{"id":1}',
  'name="x"',
  'Grüße',
  'a'.repeat(41),
  'line\nbreak',
  '<symbol alice@example.com>',
]

t.test('what programmers write stays', async t => {
  for (const name of names) t.equal(maskKey(name), name)
})

t.test('what looks like data is masked', async t => {
  for (const text of data) t.equal(maskKey(text), `<${String(text.length)} chars>`, JSON.stringify(text))
})

t.test('how long a name may be', async t => {
  const long = 'removeEventListenersOfEveryOtherSubscriber'
  t.ok(looksLikeData(long))
  t.notOk(looksLikeData(long, 80))
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { IsolateLeakError } from '../../../lib/errors.js'
import { fromAccessLog } from '../../../lib/trial/recorded/from-access-log.js'
import { fromHar } from '../../../lib/trial/recorded/from-har.js'
import { http } from '../../../lib/trial/workload/http.js'
import type { RecordedTraffic } from '../../../lib/types/workload.js'
import fc from '../../support/seeded-fast-check.js'

const file = join(t.testdir({}), 'recording')

/** Whatever stands there: requests that `http()` takes, with every entry accounted for, or an error with its code. */
const holds = async (content: string | Uint8Array, read: typeof fromHar): Promise<void> => {
  writeFileSync(file, content)
  const traffic = await read(file).catch((error: unknown): RecordedTraffic | null => {
    if (error instanceof IsolateLeakError && error.code === 'ERR_RECORDING') return null
    throw error
  })
  if (traffic === null) return
  http(traffic)
  const { requests, recording } = traffic
  const { headers, ...counts } = recording.dropped
  const dropped = Object.values(counts).reduce((sum, count) => sum + count, 0)
  if (recording.kept !== requests.length || recording.found !== recording.kept + dropped)
    throw new Error('not all')
  const names = requests.flatMap(({ headers: kept = {} }) => Object.keys(kept))
  if (names.some(name => headers.includes(name) && name !== 'x-odd' && name !== 'referer'))
    throw new Error('kept')
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'GET',
    'POST',
    '/',
    '/a?b=c#d',
    'https://shop.example/a',
    'wss://x',
    '\\x',
    '\\"',
    '"',
    '[x]',
    '-',
  ),
)
const status = fc.oneof(fc.integer({ min: -1, max: 1000 }), text, fc.constant(null))
const header = fc.record({ name: fc.oneof(text, fc.constantFrom('cookie', 'x-odd', 'referer')), value: text })
const request = fc.record(
  {
    method: fc.oneof(text, fc.constantFrom('GET', 'POST')),
    url: fc.oneof(
      text,
      fc.webUrl(),
      fc.webPath().map(path => `https://shop.example${path}`),
    ),
    headers: fc.oneof(fc.array(header), fc.jsonValue()),
    postData: fc.oneof(fc.record({ mimeType: text, text, params: fc.array(header) }), fc.jsonValue()),
    bodySize: status,
  },
  { requiredKeys: [] },
)

t.test('any HAR file', async () => {
  const entry = fc.record(
    { request: fc.oneof({ weight: 5, arbitrary: request }, fc.jsonValue()), response: fc.record({ status }) },
    { requiredKeys: [] },
  )
  const content = fc
    .record({ log: fc.record({ entries: fc.array(entry) }) })
    .map(value => JSON.stringify(value))
  await fc.assert(fc.asyncProperty(content, content => holds(content, fromHar)))
  await fc.assert(
    fc.asyncProperty(content, fc.nat(), fc.string({ unit: 'binary' }), (whole, at, other) =>
      holds(`${whole.slice(0, at % whole.length)}${other}${whole.slice((at % whole.length) + 1)}`, fromHar),
    ),
  )
  await fc.assert(fc.asyncProperty(fc.uint8Array(), bytes => holds(bytes, fromHar)))
})

t.test('any log', async () => {
  const textLine = fc
    .tuple(text, text, text, status, text, text)
    .map(
      ([who, method, target, status, referer, agent]) =>
        `${who} [x] "${method} ${target} HTTP/1.1" ${String(status)} 1 "${referer}" "${agent}"`,
    )
  const jsonLine = fc
    .record(
      {
        ...{ method: text, path: text, status, req: request, res: fc.record({ statusCode: status }) },
        ...{ request: fc.oneof(request, text), user_agent: text, url: text },
      },
      { requiredKeys: [] },
    )
    .map(value => JSON.stringify(value))
  const content = fc.array(fc.oneof(textLine, jsonLine, text)).map(lines => lines.join('\n'))
  await fc.assert(fc.asyncProperty(content, content => holds(content, fromAccessLog)))
  await fc.assert(fc.asyncProperty(fc.uint8Array(), bytes => holds(bytes, fromAccessLog)))
})

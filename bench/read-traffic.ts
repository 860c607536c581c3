/**
 * Memory and time that reading recorded traffic takes, by the size of the file: `npm run build && npx tsc -p bench &&
 * node .cache/bench/bench/read-traffic.js --megabytes 1000`.
 *
 * Writes an access log, the same as JSON lines, and a HAR file of large answers, and reads each in a process of its own with a heap of 64 MB.
 */
import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs, promisify } from 'node:util'
import { mulberry32 } from '../lib/decide/stats/random.js'
import { projectPath } from '../test/support/project-path.js'

const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '250' } } })
const bytes = Number(values.megabytes) * 1e6

const HEAP_MB = 64
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const random = mulberry32(1)
const path = (): string =>
  `/orders/${String(Math.floor(random() * 1e6))}?page=${String(Math.floor(random() * 100))}`

const combined = (): string =>
  `192.0.2.7 - - [10/Oct/2026:13:55:36 +0000] "GET ${path()} HTTP/1.1" 200 512 "https://shop.example/" "${AGENT}"\n`
const json = (): string =>
  `${JSON.stringify({ req: { method: 'GET', url: path(), headers: { 'user-agent': AGENT, cookie: 'sid=1' } }, res: { statusCode: 200 } })}\n`
const answer = JSON.stringify('{"order": "é"}\n'.repeat(15_000))
const entry = (): string =>
  `{"request":{"method":"GET","url":"https://shop.example${path()}","headers":[{"name":"accept","value":"*/*"}]},"response":{"status":200,"content":{"text":${answer}}}}`

function* until(size: number, piece: () => string, between = ''): Generator<string> {
  for (let written = 0; written < size;) {
    const text = (written === 0 ? '' : between) + piece()
    written += Buffer.byteLength(text)
    yield text
  }
}

function* har(size: number): Generator<string> {
  yield '{"log":{"version":"1.2","entries":['
  yield* until(size, entry, ',\n')
  yield ']}}'
}

const READ = `
const { fromHar, fromAccessLog } = await import(process.argv[1])
const file = process.argv[2]
const began = performance.now()
const { recording } = await (file.endsWith('.har') ? fromHar : fromAccessLog)(file)
const ms = performance.now() - began
const { found, kept } = recording
console.log(JSON.stringify({ found, kept, ms, rssMegabytes: process.resourceUsage().maxRSS / 1024 }))
`

const folder = await mkdtemp(join(tmpdir(), 'isolate-leak-traffic-'))
try {
  for (const size of [1e6, bytes]) {
    for (const [name, pieces] of [
      ['access.log', until(size, combined)],
      ['pino.log', until(size, json)],
      ['traffic.har', har(size)],
    ] as const) {
      const file = join(folder, name)
      await pipeline(Readable.from(pieces), createWriteStream(file))
      const { stdout } = await promisify(execFile)(process.execPath, [
        ...[`--max-old-space-size=${String(HEAP_MB)}`, '--input-type=module', '--eval', READ],
        ...[projectPath('dist', 'index.js'), file],
      ])
      const read = JSON.parse(stdout) as Record<'found' | 'kept' | 'ms' | 'rssMegabytes', number>
      const megabytes = (await stat(file)).size / 1e6
      console.log(
        `${name} of ${megabytes.toFixed(0)} MB: ${String(read.kept)} of ${String(read.found)} requests in ` +
          `${(read.ms / 1000).toFixed(1)} s, resident memory at most ${read.rssMegabytes.toFixed(0)} MB`,
      )
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

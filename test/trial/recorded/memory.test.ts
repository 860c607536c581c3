import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip } from 'node:zlib'
import t from 'tap'
import { projectPath } from '../../support/project-path.js'

const BYTES = 32e6
/** Heap of the process that reads, which ends when it holds more. */
const HEAP_MB = 32

const folder = t.testdir({})
const line = `192.0.2.7 - - [x] "GET /orders?page=2 HTTP/1.1" 200 1 "-" "${'a'.repeat(100)}"\n`
const ANSWER = 'answer '.repeat(3e6)

function* log(): Generator<string> {
  const piece = line.repeat(1000)
  for (let written = 0; written < BYTES; written += piece.length) yield piece
}

/** Requests, one of them too long, and answers that are most of it. */
function* har(): Generator<string> {
  const entry = (url: string): string =>
    `{"request":{"method":"GET","url":"http://x/${url}"},"response":{"status":200,"content":{"text":"${ANSWER}"}}}`
  yield `{"log":{"entries":[${entry('a')},`
  yield `${entry('a'.repeat(BYTES / 4))},`
  yield `${entry('b')}]}}`
}

const run = async (
  script: string,
  file: string,
): Promise<{ readonly found?: number; readonly kept?: number }> => {
  const args = [`--max-old-space-size=${String(HEAP_MB)}`, '--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...args,
    projectPath('dist', 'index.js'),
    file,
  ])
  return JSON.parse(stdout) as object
}

const failureOf = (script: string, file: string): Promise<unknown> =>
  run(script, file).then(
    () => null,
    (error: unknown) => (error as { readonly signal?: unknown }).signal,
  )

const READS = (name: string): string => `
const library = await import(process.argv[1])
console.log(JSON.stringify((await library.${name}(process.argv[2])).recording))`

const HOLDS = `
import { readFileSync } from 'node:fs'
const lines = readFileSync(process.argv[2], 'utf8').split('\\n').map(line => ({ line: line + ' ' + line.length, words: line.split(' ') }))
console.log(JSON.stringify({ found: lines.length }))`

t.test('a log is read in memory that does not grow with it', async t => {
  const file = join(folder, 'access.log')
  await pipeline(Readable.from(log()), createWriteStream(file))
  const found = Math.ceil(BYTES / (1000 * line.length)) * 1000
  t.match(await run(READS('fromAccessLog'), file), { found, kept: 10_000 })
  t.equal(await failureOf(HOLDS, file), 'SIGABRT', 'who holds its lines does not come to the end')
  const compressed = `${file}.gz`
  await pipeline(Readable.from(log()), createGzip({ level: 1 }), createWriteStream(compressed))
  t.match(await run(READS('fromAccessLog'), compressed), { found, kept: 10_000 })
})

t.test('answers of a HAR file are not held', async t => {
  const file = join(folder, 'traffic.har')
  await pipeline(Readable.from(har()), createWriteStream(file))
  t.match(await run(READS('fromHar'), file), { found: 3, kept: 2, dropped: { tooLong: 1 } })
})

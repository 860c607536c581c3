import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { durationsPath, filesOf, partOf, readDurations, TIERS, type Part, type Tier } from './find-files.js'
import { linkProject } from './link-project.js'
import { endAll, runFile, type FileResult } from './run-file.js'

/**
 * Runs test files as plain Node processes, compiled before: started by tap's own runner, which compiles everything that
 * is imported once more for each of them, a file takes 5 s of CPU before its first assertion.
 *
 * `node .cache/js/test/harness/main.js TIER... [--jobs 3] [--part 1/3] [--only TEXT]...`
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    // Some of them only wait. The night, which waits for verdicts that load makes worse, has its own number.
    jobs: { type: 'string', default: String(availableParallelism() + 1) },
    part: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
  },
})

const LIMIT_MS: Readonly<Record<Tier, number>> = {
  test: 600_000,
  e2e: 600_000,
  nightly: 3_600_000,
  matrix: 3_600_000,
  release: 1_800_000,
}

const fail = (message: string): never => {
  console.error(message)
  process.exit(64)
}

const isTier = (name: string): name is Tier => (TIERS as readonly string[]).includes(name)
const tierOf = (name: string): Tier =>
  isTier(name) ? name : fail(`expected some of ${TIERS.join(', ')}, got ${name}`)

const parsePart = (text: string): Part => {
  const [, index = 0, count = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  return index >= 1 && index <= count
    ? { index, count }
    : fail(`--part must be a part of so many, such as 1/3, got ${text}`)
}

const part = values.part === undefined ? { index: 1, count: 1 } : parsePart(values.part)
const jobs = Number(values.jobs)
if (!Number.isSafeInteger(jobs) || jobs < 1) fail(`--jobs must be a whole number from 1, got ${values.jobs}`)
const tiers = positionals.map(tierOf)
// One other Node will do for a change, but not for a night.
if (tiers.includes('nightly')) process.env.ISOLATE_LEAK_MATRIX ??= 'full'
const isWanted = (file: string): boolean =>
  values.only.length === 0 || values.only.some(text => file.includes(text))
const queue = partOf(tiers.flatMap(filesOf), part).filter(isWanted)
if (queue.length === 0) fail(`no file of ${positionals.join(', ')} is wanted`)

// Test files that are killed do not remove what is theirs. A short name: sockets have theirs in it.
const temporary = mkdtempSync(join(tmpdir(), 'il-'))
process.env.TMPDIR = temporary
process.once('exit', () => {
  rmSync(temporary, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    endAll()
    process.exit(1)
  })
}

const tierOfFile = (file: string): Tier => tierOf(/\.(\w+)\.ts$/.exec(file)?.[1] ?? '')
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1).padStart(7)} s`
const line = ({ file, counts: { pass, fail }, durationMs }: FileResult): string =>
  `${fail > 0 ? 'FAIL' : 'ok  '} ${seconds(durationMs)} ${String(pass).padStart(6)} passed ${fail > 0 ? `${String(fail)} failed ` : ''} ${file}`

linkProject()
const startedAtMs = performance.now()
const results: FileResult[] = []
const work = async (files: string[]): Promise<void> => {
  for (let file = files.shift(); file !== undefined; file = files.shift()) {
    const result = await runFile(file, LIMIT_MS[tierOfFile(file)])
    results.push(result)
    console.log(line(result))
  }
}
// One tier after the other: what measures real processes is not measured beside tests that keep the processors busy.
for (const tier of tiers) {
  const files = queue.filter(file => tierOfFile(file) === tier)
  await Promise.all(Array.from({ length: jobs }, async () => work(files)))
}

mkdirSync(dirname(durationsPath), { recursive: true })
const measured = Object.fromEntries(results.map(({ file, durationMs }) => [file, Math.round(durationMs)]))
writeFileSync(durationsPath, JSON.stringify({ ...readDurations(), ...measured }, null, 1))

for (const { file, trouble } of results)
  if (trouble.length > 0) console.log(`\n--- ${file}: ${trouble.join('\n')}`)
console.log('\nWhat took longest')
for (const result of [...results].sort((a, b) => b.durationMs - a.durationMs).slice(0, 30))
  console.log(line(result))
const sum = (name: keyof FileResult['counts']): number =>
  results.reduce((total, { counts }) => total + counts[name], 0)
console.log(`\n${String(results.length)} files in ${seconds(performance.now() - startedAtMs).trim()}`)
const skipped = sum('skip') === 0 ? '' : `, ${String(sum('skip'))} skipped`
console.log(`${String(sum('pass'))} passed, ${String(sum('fail'))} failed${skipped}`)
process.exitCode = sum('fail') > 0 ? 1 : 0

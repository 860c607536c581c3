/**
 * Fuzzes the reader of heap snapshots: `npx tsc -p bench && node .cache/bench/bench/fuzz-snapshot.js MINUTES [SEED]`
 *
 * Snapshots made by hand, by a grammar, and of real small heaps are changed at random and read in random pieces. Each has to be
 * read or to be `ERR_SNAPSHOT_INVALID`, with the same outcome however it is cut, and what was read has to be in range and
 * the same as by `JSON.parse`; dominators, paths and classes of it have to be found. The cases run in a process of their own,
 * which must not crash, stay in one case, or grow. A case is made again from its seed and number: add `only=NUMBER`. `corpus=FOLDER`
 * writes the smallest input for each kind of outcome.
 */
import { fork, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RawSnapshot } from '../test/support/columns-of.js'
import { checkCase } from './fuzz/check-case.js'
import { makeCase } from './fuzz/make-case.js'
import { smallReal } from './fuzz/small-real.js'

const [minutes = 1, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number)
const option = (name: string): string | undefined =>
  process.argv.find(argument => argument.startsWith(`${name}=`))?.slice(name.length + 1)
const REPORT_EVERY = 200
const STUCK_MS = 60_000
const MOST_BYTES = 1.5e9

interface Report {
  readonly cases: number
  readonly read: number
  readonly kinds: number
  readonly peakBytes: number
  readonly slowestMs: number
  readonly finds: readonly string[]
}

const realSnapshots = (): string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'isolate-leak-fuzz-'))
  try {
    const file = join(folder, 'real.heapsnapshot')
    const script = 'require("node:v8").writeHeapSnapshot(process.argv[1])'
    spawnSync(process.execPath, ['--eval', script, file], { stdio: 'inherit' })
    const real = JSON.parse(readFileSync(file, 'utf8')) as RawSnapshot
    return [5, 40, 400].map(nodes => smallReal(real, nodes))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const runCases = async (): Promise<void> => {
  const end = Date.now() + minutes * 60_000
  const reals = realSnapshots()
  const smallest = new Map<string, Buffer>()
  const only = option('only')
  const finds: string[] = []
  let read = 0
  let slowestMs = 0
  for (let index = Number(only ?? 0); Date.now() < end || only !== undefined; index++) {
    const { bytes, isValid, random } = makeCase(seed, index, reals)
    const begin = performance.now()
    const { invalid, find } = await checkCase(bytes, random)
    const tookMs = performance.now() - begin
    slowestMs = Math.max(slowestMs, tookMs)
    if (invalid === null) read++
    const wrong =
      isValid && invalid !== null ? `right, but ${invalid}` : tookMs > 5000 ? `${tookMs} ms` : find
    if (wrong !== null) finds.push(`case ${index} of seed ${seed}: ${wrong}`)
    const kind = (invalid ?? 'read')
      .replace(/^.*?byte \d+: /, '')
      .replace(/\d+/g, 'N')
      .replace(/got .*/, '')
    if (bytes.length < (smallest.get(kind)?.length ?? Infinity)) smallest.set(kind, bytes)
    if (only !== undefined) {
      console.log(bytes.toString('latin1'), '\n', invalid, '\n', wrong)
      return
    }
    if (index % REPORT_EVERY === 0) {
      const peakBytes = process.resourceUsage().maxRSS * 1024
      const report: Report = {
        cases: index + 1,
        read,
        kinds: smallest.size,
        peakBytes,
        slowestMs,
        finds: finds.splice(0),
      }
      process.send?.(report)
    }
  }
  const corpus = option('corpus')
  if (corpus === undefined) return
  mkdirSync(corpus, { recursive: true })
  const names = new Set<string>()
  for (const [kind, bytes] of smallest) {
    const words = kind.replace(/\W+/g, '-').replace(/^-|-$/g, '').slice(0, 60)
    const name = names.has(words) ? `${words}-${names.size}` : words
    names.add(name)
    writeFileSync(join(corpus, `${name}.heapsnapshot`), bytes)
  }
}

const watch = (): void => {
  const [, file = '', ...rest] = process.argv
  const child = fork(
    fileURLToPath(import.meta.url),
    [String(minutes), String(seed), ...rest.slice(2), 'child=1'],
    {
      execArgv: ['--max-old-space-size=600'],
    },
  )
  let last: Report | null = null
  let lastAt = Date.now()
  let finds = 0
  const tell = (text: string): void => console.log(`${new Date().toISOString()} ${text}`)
  const summary = (): string =>
    last === null
      ? 'no case'
      : `seed ${seed}: ${last.cases} cases, ${last.read} read, ${last.kinds} kinds of outcome, slowest ${Math.round(last.slowestMs)} ms, peak ${Math.round(last.peakBytes / 1e6)} MB, finds ${finds}`
  child.on('message', (report: Report) => {
    last = report
    lastAt = Date.now()
    finds += report.finds.length
    for (const find of report.finds) tell(`FIND ${find}`)
    if (report.peakBytes > MOST_BYTES) {
      tell(`FIND memory at about case ${report.cases} of seed ${seed}`)
      child.kill('SIGKILL')
    }
  })
  const timer = setInterval(() => {
    tell(summary())
    if (Date.now() - lastAt > STUCK_MS) {
      tell(`FIND stuck after case ${last?.cases ?? 0} of seed ${seed}`)
      child.kill('SIGKILL')
    }
  }, 30_000)
  child.on('exit', (code, signal) => {
    clearInterval(timer)
    if (code !== 0)
      tell(`FIND ended with ${code ?? signal ?? 'nothing'} after case ${last?.cases ?? 0} of ${file}`)
    tell(`end: ${summary()}`)
    process.exitCode = code === 0 && finds === 0 ? 0 : 1
  })
}

if (option('child') === undefined && option('only') === undefined) watch()
else await runCases()

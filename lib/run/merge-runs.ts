import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { checkUnused, journalPath, reportFile } from './journal/journal.js'
import { reportPath } from '../report/json/json-report.js'
import { openLineFile, replaceFile } from './journal/line-file.js'
import { type JournalContent, readJournal } from './journal/read-journal.js'
import { lockFolder } from './journal/run-lock.js'
import { createReport } from '../report/create-report.js'
import { judgeContent } from './judge-journal.js'
import type { IsolationReport, RunWarning, TrialRecord } from '../types/index.js'
import { IsolateLeakError } from '../errors.js'
import { judgeRun } from '../decide/judge-run.js'
import { differing } from './journal/open-run.js'
import type { EndLine, EvidenceLine, JournalLine, RunLine, TrialLine } from '../report/journal-lines.js'

/** The answer of `mergeRuns()`. */
export interface MergedRuns {
  readonly report: IsolationReport
  /**
   * Whether an unsharded run would have launched nothing more. When an agent leaks, or all together grow more than each alone, it may go
   * on with sets of agents of several shards.
   */
  readonly complete: boolean
}

/**
 * Makes one report of the shards of an experiment, and writes it where that is asked for.
 * @param folders `outDir` of every shard, or its `journal.jsonl`, in any order
 * @throws IsolateLeakError `ERR_SHARD`, `ERR_JOURNAL`, `ERR_OUTPUT`
 */
export async function mergeShardsOf(
  folders: readonly string[],
  outDir: string | undefined,
): Promise<MergedRuns> {
  const journals = await Promise.all(
    folders.map(async folder => {
      const path = await fileOf(resolve(folder))
      return { path, content: await readJournal(path) }
    }),
  )
  const merged = mergeShards(journals)
  const { report, complete } = judgeContent(merged)
  if (outDir !== undefined) {
    const folder = resolve(outDir)
    const lock = await lockFolder(folder)
    try {
      await checkUnused(folder, { journal: journalPath(folder), report: reportPath(folder) })
      await (await openLineFile(journalPath(folder), linesOf(merged))).close()
      await replaceFile(reportPath(folder), reportFile(report))
    } finally {
      await lock.release()
    }
  }
  return { report: createReport(report), complete }
}

async function fileOf(path: string): Promise<string> {
  // What is not there is told by reading it.
  const found = await stat(path).catch(() => null)
  return found?.isDirectory() === true ? journalPath(path) : path
}

/** The journal of one shard, and where it is, for messages. */
interface ShardJournal {
  readonly path: string
  readonly content: JournalContent
}

interface Numbered extends ShardJournal {
  readonly index: number
  readonly count: number
  readonly end: EndLine
}

/**
 * One journal of all shards: what an unsharded run with the same trials would have written. Where the trials of all leave
 * something open that those of each did not, it has no last line, so that it can be gone on with. Pure.
 * @throws IsolateLeakError `ERR_SHARD` that says which is missing, twice there, not finished, or of another experiment
 */
function mergeShards(journals: readonly ShardJournal[]): JournalContent {
  const shards = complete(journals)
  const [first] = shards
  if (first === undefined) throw shardError('expected the journals of all shards, got none')
  for (const shard of shards) checkSame(first, shard)

  const run = wholeRun(shards)
  const trials = renumbered(shards)
  const evidence = distinct(shards.flatMap(({ content }) => content.evidence))
  const spent = shards.map(({ end }) => end.spentBudgetMs).filter(ms => ms !== null)
  const end: EndLine = {
    type: 'end',
    totalMs: Math.max(...shards.map(shard => shard.end.totalMs)),
    spentBudgetMs: spent.length === 0 ? null : Math.max(...spent),
  }
  const decision = judgeRun(
    trials.map(({ record }) => record),
    run,
  )
  const open = !decision.done && end.spentBudgetMs === null
  return {
    lines: [run, ...trials, ...evidence],
    ...{ run, resumed: [], trials, evidence, end: open ? null : end },
  }
}

/** All lines of a journal, to be written. */
function linesOf({ lines, end }: JournalContent): readonly JournalLine[] {
  return end === null ? lines : [...lines, end]
}

function complete(journals: readonly ShardJournal[]): readonly Numbered[] {
  const shards = journals.map(({ path, content }): Numbered => {
    const { shard } = content.run
    if (shard === undefined)
      throw shardError(`expected the journal of a shard, but ${path} is of a whole run`)
    const { end } = content
    if (end === null)
      throw shardError(
        `expected shard ${name(shard)} to be finished, but ${path} has no end: run it again with --resume`,
      )
    return { path, content, ...shard, end }
  })
  const count = Math.max(0, ...shards.map(shard => shard.count))
  for (const shard of shards) {
    if (shard.count !== count)
      throw shardError(`expected shards of ${String(count)}, but ${shard.path} is shard ${name(shard)}`)
    const twin = shards.find(other => other !== shard && other.index === shard.index)
    if (twin !== undefined)
      throw shardError(`expected shard ${name(shard)} once, got ${shard.path} and ${twin.path}`)
  }
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter(
    index => !shards.some(shard => shard.index === index),
  )
  if (missing.length > 0)
    throw shardError(
      `expected all ${String(count)} shards, but ${missing.map(index => name({ index, count })).join(', ')} ` +
        `${missing.length === 1 ? 'is' : 'are'} missing`,
    )
  return [...shards].sort((a, b) => a.index - b.index)
}

function checkSame(first: Numbered, other: Numbered): void {
  const { shard = { index: 0, count: 0 } } = first.content.run
  const different = differing(first.content.run, { ...other.content.run, shard })
  if (different.length > 0)
    throw shardError(
      `expected all shards to be of one experiment, but ${different.join(', ')} of ${other.path} ` +
        `${different.length === 1 ? 'differs' : 'differ'} from ${first.path}`,
    )
}

/** The run that all are parts of, begun when the first of them was. */
function wholeRun(shards: readonly Numbered[]): RunLine {
  const runs = shards.map(({ content }) => content.run)
  const [first] = runs
  if (first === undefined) throw new Error('expected a run')
  const { shard, ...run } = first
  if (shard === undefined) throw new Error('expected the run of a shard')
  const startedAt = runs.map(one => one.startedAt).sort()[0] ?? run.startedAt
  return { ...run, startedAt, warnings: [...runs.flatMap(({ warnings }) => warnings), ...machines(runs)] }
}

/** Readings of machines that are not alike are comparable as far as growth an operation is. */
function machines(runs: readonly RunLine[]): RunWarning[] {
  const kinds = new Set(
    runs.map(
      ({ environment: { release, cpus, memoryBytes } }) =>
        `${String(cpus)} CPUs, ${(memoryBytes / 1e9).toFixed(0)} GB, release ${release}`,
    ),
  )
  if (kinds.size === 1) return []
  return [
    {
      code: 'SHARDS_DIFFER',
      message: `The shards ran on different machines: ${[...kinds].join('; ')}. Trials of all of them were compared.`,
      downgrades: false,
    },
  ]
}

/** Numbered as one run would have, in order of their numbers and shards. */
function renumbered(shards: readonly Numbered[]): TrialLine[] {
  const all = shards
    .flatMap(({ index, content }) => content.trials.map(line => ({ index, line })))
    .sort((a, b) => a.line.record.id - b.line.record.id || a.index - b.index)
  const key = (index: number, id: number): string => `${String(index)} ${String(id)}`
  const numbers = new Map(all.map(({ index, line }, at) => [key(index, line.record.id), at + 1]))
  return all.map(({ index, line }) => {
    const renumber = (id: number): number => numbers.get(key(index, id)) ?? id
    return { ...line, record: { ...withNumbers(line.record, renumber), shard: index } }
  })
}

function withNumbers(record: TrialRecord, renumber: (id: number) => number): TrialRecord {
  return {
    ...record,
    id: renumber(record.id),
    ...(record.continues === undefined ? {} : { continues: renumber(record.continues) }),
    warnings: record.warnings.map(warning =>
      warning.trial === undefined ? warning : { ...warning, trial: renumber(warning.trial) },
    ),
  }
}

/** What more than one shard found out is told once: that of the first. */
function distinct(lines: readonly EvidenceLine[]): EvidenceLine[] {
  const seen = new Map<string, EvidenceLine>()
  for (const line of lines) {
    const key = JSON.stringify(line.culprit)
    if ((seen.get(key)?.evidence ?? null) === null) seen.set(key, line)
  }
  return [...seen.values()]
}

function name({ index, count }: { readonly index: number; readonly count: number }): string {
  return `${String(index)}/${String(count)}`
}

function shardError(message: string): IsolateLeakError {
  return new IsolateLeakError('ERR_SHARD', message)
}

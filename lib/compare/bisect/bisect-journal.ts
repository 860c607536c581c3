import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { IsolateLeakError } from '../../errors.js'
import { differences } from '../../run/journal/open-run.js'
import { openLineFile, replaceFile } from '../../run/journal/line-file.js'
import { checkUnused } from '../../run/journal/journal.js'
import type { ReportedOptions, TrialRecord } from '../../types/index.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import type { Candidates } from './candidates.js'
import type { BisectData } from '../../types/bisect.js'

/** Form of the lines; another number cannot be read. */
const SCHEMA_VERSION = 1

/** First line: what the search depends on besides its trials. */
export interface BisectLine {
  readonly type: 'bisect'
  readonly schemaVersion: number
  /** The agent and which of its versions were asked for, without values of variables. */
  readonly wanted: Readonly<Record<string, unknown>>
  readonly settings: DecisionSettings
  readonly options: Omit<ReportedOptions, 'seed' | 'concurrency'>
  readonly workload: string
  readonly node: string
  readonly seed: number
  readonly candidates: Candidates
}

/** A version that could not be installed or found in what was installed. */
export interface RefusedLine {
  readonly type: 'refused'
  readonly version: string
  readonly reason: string
}

type Line = BisectLine | RefusedLine | { readonly type: 'trial'; readonly record: TrialRecord }

/** What an earlier call left. */
export interface EarlierSearch {
  readonly header: BisectLine
  readonly records: readonly TrialRecord[]
  readonly refused: ReadonlyMap<string, string>
}

/** Keeps every finished trial in `outDir`, in `bisect.jsonl`, and the answer. */
export interface BisectJournal {
  record(record: TrialRecord): Promise<void>
  refuse(version: string, reason: string): Promise<void>
  /** Writes the answer to `bisect.json`. */
  end(report: BisectData): Promise<void>
  close(): Promise<void>
}

const nowhere: BisectJournal = {
  record: async () => Promise.resolve(),
  refuse: async () => Promise.resolve(),
  end: async () => Promise.resolve(),
  close: async () => Promise.resolve(),
}

const fileIn = (outDir: string): string => join(outDir, 'bisect.jsonl')
const reportIn = (outDir: string): string => join(outDir, 'bisect.json')

/**
 * Refuses to write over an earlier search.
 * @throws IsolateLeakError `ERR_OUTPUT`
 */
export async function checkNoSearch(outDir: string): Promise<void> {
  const files = { journal: fileIn(outDir), report: reportIn(outDir) }
  await checkUnused(outDir, files, 'go on with it (resume, --resume), ')
}

/**
 * What an earlier call left in `outDir`; `null`: nothing. A last line without its line break was being written when the call was killed,
 * and is left out.
 * @throws IsolateLeakError `ERR_JOURNAL`
 */
export async function readSearch(outDir: string): Promise<EarlierSearch | null> {
  const path = fileIn(outDir)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new IsolateLeakError(
      'ERR_JOURNAL',
      `expected a journal at ${path}, got: ${(cause as Error).message}`,
      {
        cause,
      },
    )
  })
  if (text === null) return null
  const lines = text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => parseLine(line, index, path))
  const [header, ...rest] = lines
  if (header === undefined) return null
  if (header.type !== 'bisect' || header.schemaVersion !== SCHEMA_VERSION)
    throw new IsolateLeakError('ERR_JOURNAL', `expected the settings of a search in line 1 of ${path}`)
  return {
    header,
    records: rest.flatMap(line => (line.type === 'trial' ? [line.record] : [])),
    refused: new Map(
      rest.flatMap(line => (line.type === 'refused' ? [[line.version, line.reason] as const] : [])),
    ),
  }
}

function parseLine(line: string, index: number, path: string): Line {
  try {
    const value = JSON.parse(line) as Line
    if (['bisect', 'trial', 'refused'].includes(value.type)) return value
    throw new Error(`unknown type ${(value as { type: string }).type}`)
  } catch (cause) {
    const got = line.slice(0, 120)
    throw new IsolateLeakError(
      'ERR_JOURNAL',
      `expected a line of a search in line ${String(index + 1)} of ${path}, got: ${got}`,
      { cause },
    )
  }
}

/**
 * Refuses to go on with other settings.
 * @throws IsolateLeakError `ERR_JOURNAL` that names what differs
 */
export function checkSameSearch(earlier: BisectLine, now: BisectLine, outDir: string): void {
  const parts = ['wanted', 'settings', 'options', 'workload', 'node'] as const
  const plain = JSON.parse(JSON.stringify(now)) as BisectLine
  const different = parts.flatMap(part => differences(part, earlier[part], plain[part]))
  if (different.length === 0) return
  throw new IsolateLeakError(
    'ERR_JOURNAL',
    `expected the options of the search in ${fileIn(outDir)} to go on with it, but ${different.join(', ')} ` +
      `${different.length === 1 ? 'differs' : 'differ'}: use them, or another outDir`,
  )
}

/**
 * Opens the journal for writing; what an earlier call left is replaced unless it is gone on with.
 * @throws IsolateLeakError `ERR_OUTPUT`
 */
export async function openBisectJournal(
  outDir: string | null,
  header: BisectLine,
  earlier: EarlierSearch | null,
): Promise<BisectJournal> {
  if (outDir === null) return nowhere
  const known: readonly Line[] = [
    header,
    ...(earlier?.records ?? []).map(record => ({ type: 'trial', record }) as const),
    ...[...(earlier?.refused ?? [])].map(
      ([version, reason]) => ({ type: 'refused', version, reason }) as const,
    ),
  ]
  const file = await openLineFile(fileIn(outDir), known)
  return {
    record: async record => file.write({ type: 'trial', record }),
    refuse: async (version, reason) => file.write({ type: 'refused', version, reason }),
    end: async report => replaceFile(reportIn(outDir), `${JSON.stringify(report, null, 2)}\n`),
    close: file.close,
  }
}

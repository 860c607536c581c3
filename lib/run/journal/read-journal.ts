import { readFile } from 'node:fs/promises'
import { IsolateLeakError } from '../../errors.js'
import {
  JOURNAL_SCHEMA_VERSION,
  type EndLine,
  type JournalLine,
  type ResumeLine,
  type RunLine,
} from '../../report/journal-lines.js'
import type { EvidenceLine, TrialLine } from '../../report/journal-lines.js'
import { backendsOf } from '../../decide/growth/conditions.js'

/** What a journal holds. */
export interface JournalContent {
  /** All lines but the last one of a run that came to an answer. */
  readonly lines: readonly JournalLine[]
  readonly run: RunLine
  /** When a killed run went on, oldest first. */
  readonly resumed: readonly ResumeLine[]
  readonly trials: readonly TrialLine[]
  readonly evidence: readonly EvidenceLine[]
  /** `null` for a run that was killed or failed. */
  readonly end: EndLine | null
}

/**
 * Reads a `journal.jsonl`. A last line without its line break was being written when the run was killed, and is
 * left out.
 * @throws IsolateLeakError `ERR_JOURNAL`, with the number of the line, when the file cannot be read, a line is
 * damaged or out of place, or the journal was written by another version of the library
 */
export async function readJournal(path: string): Promise<JournalContent> {
  return parseJournal(await textOf(path), path)
}

/** The same from the file's text; `path` is for messages. */
export function parseJournal(text: string, path: string): JournalContent {
  const lines = text.split('\n')
  // Empty where the last line is whole.
  lines.pop()
  const damaged = (index: number, expected: string, options?: ErrorOptions): IsolateLeakError =>
    new IsolateLeakError(
      'ERR_JOURNAL',
      `expected ${expected} in line ${index + 1} of ${path}, got: ${(lines[index] ?? 'nothing').slice(0, 120)}`,
      options,
    )
  const parsed = lines.map((line, index) => {
    try {
      return lineOf(JSON.parse(line))
    } catch (cause) {
      throw damaged(index, 'a line of a journal', { cause })
    }
  })
  const [run, ...rest] = parsed
  if (run?.type !== 'run') throw damaged(0, 'the settings of the run')
  const end = rest.at(-1)?.type === 'end' ? (rest.pop() as EndLine) : null
  const resumed: ResumeLine[] = []
  const trials: TrialLine[] = []
  const evidence: EvidenceLine[] = []
  for (const [index, line] of rest.entries()) {
    if (line.type === 'evidence') evidence.push(line)
    else if (line.type === 'resume') resumed.push(line)
    else if (line.type === 'trial' && judging(rest.slice(0, index))) trials.push(line)
    else throw damaged(index + 1, 'a trial')
  }
  return { lines: [run, ...rest], run, resumed, trials, evidence, end }
}

/** Whether trials may follow: evidence is only gathered when all is decided, but more may be asked of a run that goes on. */
function judging(before: readonly JournalLine[]): boolean {
  const types = before.map(({ type }) => type)
  return types.lastIndexOf('evidence') <= types.lastIndexOf('resume')
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { message } = cause as Error
    throw new IsolateLeakError('ERR_JOURNAL', `expected a journal at ${path}, got: ${message}`, { cause })
  }
}

function lineOf(value: unknown): JournalLine {
  const line = value as JournalLine | null
  switch (line?.type) {
    case 'run': {
      const version: number = line.schemaVersion
      if (version !== JOURNAL_SCHEMA_VERSION)
        throw new Error(`expected schemaVersion ${JOURNAL_SCHEMA_VERSION}, got ${version}`)
      required(line, ['settings', 'options', 'workload', 'warnings', 'environment', 'startedAt'])
      // Journals from before conditions of the agents' collector were told apart have but one.
      return { ...line, options: { ...line.options, backends: backendsOf(line.settings) } }
    }
    case 'resume':
      required(line, ['at', 'elapsedMs'])
      return line
    case 'trial':
      required(line, ['record'])
      required(line.record, ['id', 'agents', 'purpose', 'operations', 'outcome', 'samples'])
      return line
    case 'evidence':
      required(line, ['culprit', 'evidence', 'warnings'])
      return line
    case 'end':
      required(line, ['totalMs'])
      return line
    case undefined:
    default:
      throw new Error('expected a type of run, resume, trial, evidence or end')
  }
}

function required(value: object | null | undefined, names: readonly string[]): void {
  const missing = names.filter(name => !(name in (value ?? {})))
  if (missing.length > 0) throw new Error(`expected ${missing.join(', ')}`)
}

import { stat } from 'node:fs/promises'
import { IsolateLeakError } from '../../errors.js'
import { differences } from './differences.js'
import { journalPath } from './journal.js'
import type { RunLine } from '../../report/journal-lines.js'
import { readJournal, type JournalContent } from './read-journal.js'

/**
 * What an earlier call left in `outDir`; `null`: nothing.
 * @throws IsolateLeakError `ERR_JOURNAL` for a journal that cannot be read
 */
export async function earlierRun(outDir: string): Promise<JournalContent | null> {
  const path = journalPath(outDir)
  const found = await stat(path).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new IsolateLeakError(
      'ERR_JOURNAL',
      `expected a journal at ${path}, got: ${(cause as Error).message}`,
      { cause },
    )
  })
  return found === null ? null : readJournal(path)
}

/**
 * Refuses to go on with another experiment: trials of both would be compared with each other. The order of trials and how many run at a
 * time may differ; values of variables are in no journal and cannot be compared.
 * @throws IsolateLeakError `ERR_JOURNAL` that names what differs
 */
export function checkSameRun(earlier: RunLine, now: RunLine, outDir: string): void {
  const different = differing(earlier, now)
  if (different.length === 0) return
  throw new IsolateLeakError(
    'ERR_JOURNAL',
    `expected the experiment of ${journalPath(outDir)} to go on with it, but ${different.join(', ')} ` +
      `${different.length === 1 ? 'differs' : 'differ'}: use what it was begun with, or another outDir`,
  )
}

/** Names of what makes two runs different experiments. */
export function differing(a: RunLine, b: RunLine): readonly string[] {
  const [left, right] = [a, b].map(run => JSON.parse(JSON.stringify(comparable(run))) as object)
  return Object.keys(comparable(a)).flatMap(part =>
    differences(part, left?.[part as keyof typeof left], right?.[part as keyof typeof right]),
  )
}

function comparable({ shard, settings, options, workload, conflict, environment }: RunLine): object {
  const { isolateLeak, node, v8, platform, arch } = environment
  return {
    shard,
    settings,
    // Limits and what is found out about a culprit may be others.
    options: { ...options, seed: 0, concurrency: 0, rerun: null },
    workload,
    conflict,
    environment: { isolateLeak, node, v8, platform, arch },
  }
}

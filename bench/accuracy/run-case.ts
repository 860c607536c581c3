import { createHash } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isolateLeak, type IsolateLeakOptions } from 'isolate-leak'
import { replaceFile } from '../../lib/run/journal/line-file.js'
import { readJournal } from '../../lib/run/journal/read-journal.js'
import { checkReported, startBackends } from './backends.js'
import type { AccuracyCase, CaseWorkload } from './cases/types.js'
import { naiveScript, type NaiveMeasured } from './naive-script.js'
import { workloadOf } from './workload-of.js'

/** What a run leaves beside the journal. */
export interface Measured {
  /** `null` where the peers were not asked for. */
  readonly naive: NaiveMeasured | null
  /** Requests that the collectors received, by kind. */
  readonly received: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export interface RunSettings {
  /** Folder of all cases. */
  readonly out: string
  readonly withPeers: boolean
  readonly signal: AbortSignal
  /** The naive script first, or last: the machine may be slower at one of the two. */
  readonly naiveFirst: boolean
  readonly onProgress: (text: string) => void
  /** Of cases that set none themselves. */
  readonly effort: NonNullable<IsolateLeakOptions['effort']>
  /** One short launch of each arm, to see that the case starts. */
  readonly attempt: boolean
}

/** Long enough for every agent to report to its collector; the budget ends it after the first launches. */
const attempted = ({ kind }: CaseWorkload): Partial<IsolateLeakOptions> => ({
  ...{ operations: kind === 'idle' ? 16 : 512, retentionMs: 0, budgetMs: 2_000, concurrency: 2 },
})

export const folderOf = (out: string, { id }: Pick<AccuracyCase, 'id'>): string => join(out, ...id.split('/'))

/** Runs a case and leaves its journal, its report and `measured.json` in its folder. */
export const runCase = async (accuracyCase: AccuracyCase, settings: RunSettings): Promise<void> => {
  const { out, withPeers, signal, naiveFirst, attempt, onProgress } = settings
  const folder = folderOf(out, accuracyCase)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const backends = await startBackends(accuracyCase, out)
  try {
    const subject = await accuracyCase.subject(backends.running)
    const naive = async (): Promise<NaiveMeasured | null> => {
      if (withPeers) onProgress('naive script')
      return withPeers ? naiveScript(accuracyCase, subject, signal) : null
    }
    const before = naiveFirst ? await naive() : null
    let trials = 0
    onProgress('trial 1')
    await isolateLeak({
      ...{ entry: subject.entry, agents: subject.agents, workload: workloadOf(accuracyCase.workload) },
      effort: settings.effort,
      ...(attempt ? attempted(accuracyCase.workload) : accuracyCase.changed?.options),
      ...{ outDir: folder, seed: seedOf(accuracyCase), signal, evidence: 'none' },
      onEvent: event => {
        if (event.type === 'trial-end') onProgress(`trial ${(++trials + 1).toString()}`)
      },
    })
    const after = naiveFirst ? before : await naive()
    checkReported(accuracyCase.backends ?? {}, backends.received())
    await save(folder, { naive: after, received: backends.received() })
  } finally {
    await backends.close()
  }
}

/** The same in every run of a case, another for each case. */
const seedOf = ({ id }: AccuracyCase): number => createHash('sha256').update(id).digest().readUInt32BE()

const save = async (folder: string, measured: Measured): Promise<void> =>
  replaceFile(join(folder, 'measured.json'), `${JSON.stringify(measured, null, 2)}\n`)

/** What a finished case left; `null` where it is to be run, for the first time or again. */
export const finished = async (
  accuracyCase: AccuracyCase,
  out: string,
  withPeers: boolean,
): Promise<Measured | null> => {
  const folder = folderOf(out, accuracyCase)
  try {
    const measured = JSON.parse(await readFile(join(folder, 'measured.json'), 'utf8')) as Measured
    const { end } = await readJournal(join(folder, 'journal.jsonl'))
    return end === null || (withPeers && measured.naive === null) ? null : measured
  } catch (error) {
    const { code, cause } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException }
    if (code === 'ENOENT' || cause?.code === 'ENOENT') return null
    throw error
  }
}

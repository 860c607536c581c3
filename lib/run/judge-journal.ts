import type { ReportData } from '../types/index.js'
import { readJournal } from './journal/read-journal.js'
import type { JournalContent } from './journal/read-journal.js'
import { judgeRun } from '../decide/judge-run.js'
import { overBudget } from '../decide/components/warnings.js'
import { nextLaunches } from '../decide/next/next-launches.js'
import { reportData } from '../report/report-data.js'
import { inWords } from '../report/words/in-words.js'

/** The report that follows from a journal by the rule as it is now. */
export interface Rejudged {
  readonly report: ReportData
  /** Whether the run came to its end; `totalMs` of one that did not is the time of its last trial. */
  readonly complete: boolean
  /** Whether the rule wants no more trials than the journal has. */
  readonly decided: boolean
}

/**
 * Judges the trials of a journal again, without launching anything. Where the rule has not changed since, the report
 * is the same to the byte.
 * @throws IsolateLeakError `ERR_JOURNAL` for a journal that cannot be read
 */
export async function judgeJournal(path: string): Promise<Rejudged> {
  return judgeContent(await readJournal(path))
}

/** The same from what was read. */
export function judgeContent({ run, resumed, trials, evidence, end }: JournalContent): Rejudged {
  const records = trials.map(({ record }) => record)
  const decision = judgeRun(records, run)
  const budgetMs = end?.spentBudgetMs ?? null
  return {
    report: reportData({
      run,
      resumed,
      decision: inWords(budgetMs === null ? decision : overBudget(decision, budgetMs, end?.spentMs ?? null)),
      trials: records,
      evidence,
      next: nextLaunches(decision, records, run),
      load: end?.load ?? null,
      totalMs: end?.totalMs ?? trials.at(-1)?.elapsedMs ?? 0,
    }),
    complete: end !== null,
    decided: decision.done,
  }
}

import { judgeJournal } from '../../../lib/run/judge-journal.js'
import type { ReportData } from '../../../lib/types/index.js'
import { projectPath } from '../../support/project-path.js'

/** The report of a real run of the demo, from its journal: `audit` leaks, `tracer`, `cache` and the server do not. */
export async function demoReport(): Promise<ReportData> {
  return (await judgeJournal(projectPath('test', 'fixtures', 'reports', 'demo.jsonl'))).report
}

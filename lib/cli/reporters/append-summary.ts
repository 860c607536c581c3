import { appendFile } from 'node:fs/promises'
import { IsolateLeakError } from '../../errors.js'
import { replaceFile } from '../../run/journal/line-file.js'
import { githubSummary } from '../../report/github/github-report.js'
import type { ReportData } from '../../types/index.js'
import type { ReportFlags } from '../commands/report-options.js'

/**
 * Adds the summary of a job to the file that GitHub Actions names, or writes it to `file`; nowhere where there is neither.
 * @throws IsolateLeakError `ERR_OUTPUT`
 */
export async function appendSummary(
  report: ReportData,
  { rate }: ReportFlags,
  file: string | null,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const summary = githubSummary(report, { operationsPerSecond: rate })
  if (file !== null) return replaceFile(file, summary)
  const named = env.GITHUB_STEP_SUMMARY ?? ''
  if (named === '') return
  try {
    await appendFile(named, `${summary}\n`)
  } catch (cause) {
    const { message } = cause as Error
    throw new IsolateLeakError(
      'ERR_OUTPUT',
      `expected to add to GITHUB_STEP_SUMMARY ${named}, got: ${message}`,
      { cause },
    )
  }
}

import { fileURLToPath } from 'node:url'
import { isRecord } from '../../options/check/is-record.js'
import { invalidOption } from '../../options/check/invalid-option.js'
import { checkObject } from '../../options/check/check-object.js'
import { isUrl } from '../../options/check/to-path.js'
import { showValue } from '../../options/check/show-value.js'
import { isolateInstrumentation } from '../instrumentation/isolate-instrumentation.js'
import { isolateLeak } from '../../isolate-leak.js'
import type { IsolateLeakOptions } from '../../options/types.js'
import { parseReport } from '../../report/read/parse-report.js'
import { withCleanErrors } from '../../report/redact/clean-errors.js'
import { readReport } from '../../report/read-report.js'
import type { IsolationReport, ReportData } from '../../types/index.js'
import { replayData } from './compare.js'
import { rebuildOptions } from './rebuild-options.js'
import { createReplayReport } from './replay-text.js'
import type { ReplayOptions, ReplayReport } from './types.js'

/**
 * Runs the experiment of a report again, on the same versions or on others, and says whether what it found still happens: to
 * verify a fix, months later too, or to show an incident to those who were not there. Versions that the library had
 * installed are installed again; values of variables, which a report does not hold, are taken from the environment under
 * their names.
 *
 * @param report a report, or the path of its file
 * @returns `still happens`, `no longer happens`, `new leak`, `still clean`, `clean` or `inconclusive`, with growth then and now,
 * and what differs
 * @throws IsolateLeakError `ERR_REPORT` for what is no report, `ERR_REPLAY` with all that it does not tell and the options do not
 * either, and as {@link isolateLeak}
 */
export async function replay(
  report: ReportData | string | URL,
  options: ReplayOptions = {},
): Promise<ReplayReport> {
  return withCleanErrors(options, async () => replayWith(runOnce, report, options))
}

/** Runs an experiment; with a carrier, whose instrumentations are tried. */
export type RunOnce = (options: IsolateLeakOptions, hasCarrier: boolean) => Promise<IsolationReport>

/** As {@link replay}, with whatever runs the experiment. */
export async function replayWith(
  run: RunOnce,
  report: ReportData | string | URL,
  options: ReplayOptions,
): Promise<ReplayReport> {
  const given = checkObject('the options of replay()', options) as ReplayOptions
  const was = await reportFrom(report)
  const rebuilt = rebuildOptions(was, given, process.env)
  const now = await run(rebuilt.options, Boolean(was.options.carrier))
  return createReplayReport(replayData(was, now, rebuilt))
}

async function reportFrom(report: unknown): Promise<ReportData> {
  if (typeof report === 'string') return readReport(report)
  if (isUrl(report)) return readReport(fileURLToPath(report))
  if (!isRecord(report)) {
    throw invalidOption(`replay() takes a report or the path of its file, got ${showValue(report)}`)
  }
  // Checked as a file is, also one that was parsed by the caller and has null for infinite bounds.
  return parseReport(JSON.stringify(report), 'the report that was given')
}

async function runOnce(options: IsolateLeakOptions, hasCarrier: boolean): Promise<IsolationReport> {
  if (!hasCarrier) return isolateLeak(options)
  const { agents, strategy, ...rest } = options
  const [agent] = agents
  if (agent === undefined || strategy !== undefined) throw new Error('expected the agent alone')
  return (await isolateInstrumentation({ ...rest, agent })).report
}

import type { IsolateLeakOptions } from '../options/types.js'
import { reportText, type TextOptions } from '../report/text.js'
import type { IsolationReport, ReportData, RunEvent } from '../types/index.js'
import type { CommandIo } from './commands/command-io.js'
import { errorText } from './error-text.js'
import { EXIT, verdictStatus } from './exit-status.js'
import { openProgress } from './progress/open-progress.js'
import { progressMode } from './progress/progress-mode.js'
import type { Reporters } from './reporters/reporters.js'
import { onSignals } from './signals.js'

/** What is run, and how its answer is told. */
export interface Task<Options, Report> {
  readonly run: (options: Options) => Promise<Report>
  readonly text: (report: Report, options: TextOptions) => string
  readonly status: (report: Report) => number
  /** The experiment that the answer rests on; absent: there is not one, and only text and JSON can tell of it. */
  readonly report?: (report: Report) => ReportData
  /** What is said on stderr after the report. */
  readonly after?: () => Promise<string>
}

/** What every run can be given. */
type Common = Pick<IsolateLeakOptions, 'signal' | 'onEvent' | 'outDir'>

/**
 * Runs the experiment with progress, stops it on signals, has it reported, and gives the exit status: that of a failure where
 * a report could not be written.
 * @throws what `isolateLeak()` throws, unless it was stopped by a signal
 */
export async function runExperiment(
  options: IsolateLeakOptions,
  reporters: Reporters,
  io: CommandIo,
  more: Partial<Pick<Task<IsolateLeakOptions, IsolationReport>, 'status' | 'after'>> = {},
): Promise<number> {
  const task = {
    ...{ run: io.context.isolateLeak, text: reportText },
    status: ({ verdict }: IsolationReport) => verdictStatus(verdict),
    report: (report: IsolationReport) => report,
    ...more,
  }
  return runTask(task, options, reporters, io)
}

/**
 * As {@link runExperiment}, for whatever answers with a report.
 * @throws what the task throws, unless it was stopped by a signal
 */
export async function runTask<Options extends Common, Report>(
  task: Task<Options, Report>,
  options: Options,
  reporters: Reporters,
  io: CommandIo,
): Promise<number> {
  const { context, stderr } = io
  const progress = openProgress(context, reporters.progress)
  const signals = onSignals(context, name => {
    progress.note(`${name}: stopping and cleaning up (once more: leave at once)`)
  })
  let report: Report
  try {
    report = await task.run({
      ...options,
      signal: options.signal ? AbortSignal.any([options.signal, signals.signal]) : signals.signal,
      onEvent: (event: RunEvent) => {
        progress.event(event)
        options.onEvent?.(event)
      },
    })
  } catch (error) {
    const status = signals.status()
    if (status === null) throw error
    progress.close()
    await stderr(errorText(error, context.env))
    await reporters.fail(error)
    return status
  } finally {
    progress.close()
    signals.close()
  }
  const mode = progressMode(context.stderr, context.env, reporters.progress)
  if (mode === 'live') await stderr('\n')
  const isTold = await reporters.tell({
    text: options => task.text(report, options),
    data: report,
    report: task.report?.(report) ?? null,
  })
  if (options.outDir !== undefined && mode !== 'none') await stderr(`Journal and report: ${options.outDir}\n`)
  await stderr((await task.after?.()) ?? '')
  return signals.status() ?? (isTold ? task.status(report) : EXIT.failed)
}

import type { IsolateLeakOptions } from '../options/types.js'
import { plainPaint, terminalPaint } from '../report/text/paint.js'
import { reportText, type TextOptions } from '../report/text.js'
import type { IsolationReport, RunEvent } from '../types.js'
import type { CommandIo } from './commands/command-io.js'
import type { ReportFlags } from './commands/report-options.js'
import { isLive, wantsColour, type CliContext } from './context.js'
import { errorText } from './error-text.js'
import { verdictStatus } from './exit-status.js'
import { openProgress } from './progress/open-progress.js'
import { onSignals } from './signals.js'

const NARROWEST = 60
const WIDEST = 100

/** What is run, and how its answer is told. */
export interface Task<Options, Report> {
  readonly run: (options: Options) => Promise<Report>
  readonly text: (report: Report, options: TextOptions) => string
  readonly status: (report: Report) => number
}

/** What every run can be given. */
type Common = Pick<IsolateLeakOptions, 'signal' | 'onEvent' | 'outDir'>

/**
 * Runs the experiment with progress, stops it on signals, prints the report, and gives the exit status.
 * @throws what `isolateLeak()` throws, unless it was stopped by a signal
 */
export async function runExperiment(
  options: IsolateLeakOptions,
  flags: ReportFlags,
  io: CommandIo,
  statusOf: (report: IsolationReport) => number = report => verdictStatus(report.verdict),
): Promise<number> {
  const task = { run: io.context.isolateLeak, text: reportText, status: statusOf }
  return runTask(task, options, flags, io)
}

/**
 * As {@link runExperiment}, for whatever answers with a report.
 * @throws what the task throws, unless it was stopped by a signal
 */
export async function runTask<Options extends Common, Report>(
  task: Task<Options, Report>,
  options: Options,
  flags: ReportFlags,
  io: CommandIo,
): Promise<number> {
  const { context, stdout, stderr } = io
  const progress = openProgress(context)
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
    return status
  } finally {
    progress.close()
    signals.close()
  }
  if (isLive(context.stderr, context.env)) await stderr('\n')
  await stdout(
    flags.json === true
      ? `${JSON.stringify(report, null, 2)}\n`
      : task.text(report, textOptions(flags, context)),
  )
  if (options.outDir !== undefined) await stderr(`Journal and report: ${options.outDir}\n`)
  return signals.status() ?? task.status(report)
}

/** How the text report is written to stdout. */
export function textOptions({ rate }: ReportFlags, context: CliContext): TextOptions {
  const columns = context.stdout.isTTY === true ? context.stdout.columns : undefined
  return {
    width: Math.max(NARROWEST, Math.min(columns ?? WIDEST, WIDEST)),
    operationsPerSecond: rate,
    paint: wantsColour(context.stdout, context.env) ? terminalPaint : plainPaint,
  }
}

import type { IsolateLeakOptions } from '../options/types.js'
import { plainPaint, terminalPaint } from '../report/text/paint.js'
import { reportText, type TextOptions } from '../report/text.js'
import type { IsolationReport, RunEvent } from '../types.js'
import type { RunSettings } from './arguments.js'
import { isLive, wantsColour, type CliContext } from './context.js'
import { errorText } from './error-text.js'
import { verdictStatus } from './exit-status.js'
import { openProgress } from './progress/open-progress.js'
import { onSignals } from './signals.js'

const NARROWEST = 60
const WIDEST = 100

/** Where texts go, in order. */
export interface Writers {
  readonly stdout: (text: string) => Promise<void>
  readonly stderr: (text: string) => Promise<void>
}

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
  settings: RunSettings,
  context: CliContext,
  writers: Writers,
  statusOf: (report: IsolationReport) => number = report => verdictStatus(report.verdict),
): Promise<number> {
  const task = { run: context.isolateLeak, text: reportText, status: statusOf }
  return runTask(task, options, settings, context, writers)
}

/**
 * As {@link runExperiment}, for whatever answers with a report.
 * @throws what the task throws, unless it was stopped by a signal
 */
export async function runTask<Options extends Common, Report>(
  task: Task<Options, Report>,
  options: Options,
  settings: RunSettings,
  context: CliContext,
  writers: Writers,
): Promise<number> {
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
    await writers.stderr(errorText(error, context.env))
    return status
  } finally {
    progress.close()
    signals.close()
  }
  if (isLive(context.stderr, context.env)) await writers.stderr('\n')
  await writers.stdout(
    settings.json
      ? `${JSON.stringify(report, null, 2)}\n`
      : task.text(report, textOptions(settings, context)),
  )
  if (options.outDir !== undefined) await writers.stderr(`Journal and report: ${options.outDir}\n`)
  return signals.status() ?? task.status(report)
}

function textOptions({ operationsPerSecond }: RunSettings, context: CliContext): TextOptions {
  const columns = context.stdout.isTTY === true ? context.stdout.columns : undefined
  return {
    width: Math.max(NARROWEST, Math.min(columns ?? WIDEST, WIDEST)),
    operationsPerSecond,
    paint: wantsColour(context.stdout, context.env) ? terminalPaint : plainPaint,
  }
}

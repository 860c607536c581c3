import type { IsolateLeakOptions } from '../options/types.js'
import { type TextOptions, reportText } from '../report/text.js'
import type { IsolationReport, ReportData, RunEvent } from '../types/index.js'
import type { CommandIo } from './commands/command-io.js'
import { EXIT, verdictStatus, errorText } from './exit-status.js'
import { openProgress, progressMode } from './progress/open-progress.js'
import type { Reporters } from './reporters/reporters.js'
import type { CliContext } from './context.js'

/** What is run, and how its answer is told. */
interface Task<Options, Report> {
  readonly run: (options: Options) => Promise<Report>
  readonly text: (report: Report, options: TextOptions) => string
  readonly status: (report: Report) => number
  /** The experiment that the answer rests on; absent: there is not one, and only text and JSON can tell of it. */
  readonly report?: (report: Report) => ReportData
  /** A comment on a pull request; absent: that of the experiment. */
  readonly comment?: (report: Report) => string
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
    ...(task.comment === undefined ? {} : { comment: () => task.comment?.(report) ?? '' }),
  })
  if (options.outDir !== undefined && mode !== 'none') await stderr(`Journal and report: ${options.outDir}\n`)
  await stderr((await task.after?.()) ?? '')
  return signals.status() ?? (isTold ? task.status(report) : EXIT.failed)
}

const STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
type StopSignal = keyof typeof STATUS

/** Signals that ask the command to stop. */
interface Signals {
  /** Aborted by the first of them. */
  readonly signal: AbortSignal
  /** Exit status of the first of them, `null` while there was none. */
  status(): number | null
  close(): void
}

/**
 * Turns the first signal into an abort, so that the run cleans up; a second one ends the command at once (what it
 * started notices that it is gone, and ends too).
 */
function onSignals(context: Pick<CliContext, 'signals' | 'exit'>, onFirst: (name: string) => void): Signals {
  const controller = new AbortController()
  let first: StopSignal | null = null
  const listeners = (Object.keys(STATUS) as StopSignal[]).map(name => {
    const listener = (): void => {
      if (first !== null) {
        context.exit(STATUS[first])
        return
      }
      first = name
      onFirst(name)
      controller.abort()
    }
    context.signals.on(name, listener)
    return { name, listener }
  })
  return {
    signal: controller.signal,
    status: () => (first === null ? null : STATUS[first]),
    close: () => {
      for (const { name, listener } of listeners) context.signals.off(name, listener)
    },
  }
}

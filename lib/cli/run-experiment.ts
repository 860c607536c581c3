import type { IsolateLeakOptions } from '../options/types.js'
import { plainPaint, terminalPaint } from '../report/text/paint.js'
import { reportText } from '../report/text.js'
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
  const progress = openProgress(context)
  const signals = onSignals(context, name => {
    progress.note(`${name}: stopping and cleaning up (once more: leave at once)`)
  })
  let report: IsolationReport
  try {
    report = await context.isolateLeak({
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
  await writers.stdout(render(report, settings, context))
  if (options.outDir !== undefined) await writers.stderr(`Journal and report: ${options.outDir}\n`)
  return signals.status() ?? statusOf(report)
}

function render(report: IsolationReport, settings: RunSettings, context: CliContext): string {
  if (settings.json) return `${JSON.stringify(report, null, 2)}\n`
  const columns = context.stdout.isTTY === true ? context.stdout.columns : undefined
  return reportText(report, {
    width: Math.max(NARROWEST, Math.min(columns ?? WIDEST, WIDEST)),
    operationsPerSecond: settings.operationsPerSecond,
    paint: wantsColour(context.stdout, context.env) ? terminalPaint : plainPaint,
  })
}

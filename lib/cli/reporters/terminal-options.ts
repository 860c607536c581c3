import { plainPaint, terminalPaint } from '../../report/text/paint.js'
import { DEFAULT_WIDTH, type TextOptions } from '../../report/text.js'
import type { ReportFlags } from '../commands/report-options.js'
import { wantsColour, type CliContext } from '../context.js'

const NARROWEST = 60
const WIDEST = 100

/** How a text is written on stdout: as wide as the terminal, in colours where they are wanted. */
export function terminalOptions({ rate }: ReportFlags, context: CliContext): TextOptions {
  const columns = context.stdout.isTTY === true ? context.stdout.columns : undefined
  return {
    width: Math.max(NARROWEST, Math.min(columns ?? DEFAULT_WIDTH, WIDEST)),
    operationsPerSecond: rate,
    paint: wantsColour(context.stdout, context.env) ? terminalPaint : plainPaint,
  }
}

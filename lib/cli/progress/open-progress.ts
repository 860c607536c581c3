import { plainPaint, terminalPaint, type Paint } from '../../report/text/paint.js'
import type { RunEvent } from '../../types/index.js'
import { DEFAULT_WIDTH } from '../../report/text.js'
import { wantsColour, type CliContext } from '../context.js'
import { eventLine, wrapped, type EventLine } from './event-lines.js'
import { liveBlock } from './live-block.js'
import { liveLines } from './live-lines.js'
import { plainLines } from './plain-lines.js'
import { progressMode } from './progress-mode.js'
import { afterEvent, INITIAL_STATE } from './progress-state.js'

const REDRAW_MS = 250
const DEFAULT_COLUMNS = 80
const WIDEST = 100

/** Shows a run on stderr. What is noted is always told. */
export interface Progress {
  event(event: RunEvent): void
  /** A line that stays. */
  note(text: string): void
  /** Removes what is redrawn and gives the terminal back as it was. Again: nothing. */
  close(): void
}

type ProgressContext = Pick<CliContext, 'stderr' | 'env' | 'signals' | 'now'>

/**
 * Shows a run as {@link progressMode} says.
 * @param asked `--progress` or `--no-progress`; default neither
 */
export function openProgress(context: ProgressContext, asked?: boolean): Progress {
  const paint = wantsColour(context.stderr, context.env) ? terminalPaint : plainPaint
  switch (progressMode(context.stderr, context.env, asked)) {
    case 'live':
      return liveProgress(context, paint)
    case 'plain':
      return plainProgress(context, paint)
    case 'none':
      return {
        event: event => {
          // The report, which is told without progress as well, does not have it.
          if (isAfterReport(event)) writePlain(event, context.stderr, paint)
        },
        note: text => context.stderr.write(`${text}\n`),
        close: () => undefined,
      }
  }
}

/** What is only known when the report is there. */
function isAfterReport(event: RunEvent): boolean {
  return event.type === 'warning' && ['NOTIFY_FAILED', 'HISTORY_FAILED'].includes(event.warning.code)
}

function writePlain(event: RunEvent, stderr: CliContext['stderr'], paint: Paint): void {
  const line = eventLine(event)
  for (const text of line === null ? [] : toLines(line, paint, DEFAULT_WIDTH)) stderr.write(`${text}\n`)
}

function toLines(line: EventLine, paint: Paint, width: number): string[] {
  const { tone } = line
  return wrapped(line, width).map(text => (tone === null ? text : paint(tone, text)))
}

function plainProgress({ stderr, now }: ProgressContext, paint: Paint): Progress {
  const linesOf = plainLines()
  return {
    event: event => {
      const lines = linesOf(event, now()).flatMap(line => toLines(line, paint, DEFAULT_WIDTH))
      for (const line of lines) stderr.write(`${line}\n`)
    },
    note: text => {
      stderr.write(`${text}\n`)
    },
    close: () => undefined,
  }
}

function liveProgress(context: ProgressContext, paint: Paint): Progress {
  const { stderr, signals, now } = context
  const block = liveBlock(stderr)
  const openedAtMs = now()
  let state = INITIAL_STATE
  let closed = false
  // the last column stays free: a full line would make some terminals wrap
  const columnsNow = (): number => Math.max(10, (stderr.columns ?? DEFAULT_COLUMNS) - 1)
  const draw = (above: readonly string[] = []): void => {
    const columns = columnsNow()
    const lines = liveLines(state, now(), now() - openedAtMs, columns).slice(
      0,
      Math.max(1, (stderr.rows ?? 24) - 1),
    )
    block.draw(
      above,
      lines.map(line => paint('faint', line)),
    )
  }
  const timer = setInterval(draw, REDRAW_MS, [])
  timer.unref()
  const close = (): void => {
    if (closed) return
    closed = true
    clearInterval(timer)
    signals.off('exit', close)
    block.close()
  }
  signals.on('exit', close)
  draw()
  return {
    event: event => {
      state = afterEvent(state, event, now())
      const line = eventLine(event)
      draw(line === null ? [] : toLines(line, paint, Math.min(columnsNow(), WIDEST)))
    },
    note: text => {
      draw([text])
    },
    close,
  }
}

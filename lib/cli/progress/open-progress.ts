import { plainPaint, terminalPaint, type Paint } from '../../report/text/paint.js'
import type { RunEvent } from '../../types.js'
import { isLive, wantsColour, type CliContext } from '../context.js'
import { eventLines, type EventLine } from './event-lines.js'
import { liveBlock } from './live-block.js'
import { liveLines } from './live-lines.js'
import { afterEvent, INITIAL_STATE } from './progress-state.js'

const REDRAW_MS = 250
const DEFAULT_COLUMNS = 80

/** Shows a run on stderr. */
export interface Progress {
  event(event: RunEvent): void
  /** A line that stays. */
  note(text: string): void
  /** Removes what is redrawn and gives the terminal back as it was. Again: nothing. */
  close(): void
}

type ProgressContext = Pick<CliContext, 'stderr' | 'env' | 'signals' | 'now'>

/** A few redrawn lines below those that stay, on a terminal; elsewhere plain lines only. */
export function openProgress(context: ProgressContext): Progress {
  const paint = wantsColour(context.stderr, context.env) ? terminalPaint : plainPaint
  const toText = ({ text, tone }: EventLine): string => (tone === null ? text : paint(tone, text))
  return isLive(context.stderr, context.env)
    ? liveProgress(context, paint, toText)
    : plainProgress(context, toText)
}

function plainProgress({ stderr }: ProgressContext, toText: (line: EventLine) => string): Progress {
  return {
    event: event => {
      for (const line of eventLines(event, false)) stderr.write(`${toText(line)}\n`)
    },
    note: text => {
      stderr.write(`${text}\n`)
    },
    close: () => undefined,
  }
}

function liveProgress(context: ProgressContext, paint: Paint, toText: (line: EventLine) => string): Progress {
  const { stderr, signals, now } = context
  const block = liveBlock(stderr)
  const openedAtMs = now()
  let state = INITIAL_STATE
  let closed = false
  const draw = (above: readonly string[] = []): void => {
    // the last column stays free: a full line would make some terminals wrap
    const columns = Math.max(10, (stderr.columns ?? DEFAULT_COLUMNS) - 1)
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
      draw(eventLines(event, true).map(toText))
    },
    note: text => {
      draw([text])
    },
    close,
  }
}

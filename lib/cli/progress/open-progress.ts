import { type Paint, plainPaint, terminalPaint } from '../../report/text/short-names.js'
import type { EstimateSoFar, RunEvent } from '../../types/index.js'
import { DEFAULT_WIDTH } from '../../report/text.js'
import { type CliContext, type OutputStream, isCi, isLive, wantsColour } from '../context.js'
import { type EventLine, eventLine, growthInShort, isKnown, verdictWord, wrapped } from './event-lines.js'
import { liveLines, timeLeftText } from './live-lines.js'
import { INITIAL_STATE, type ProgressState, afterEvent, trialsInAll } from './progress-state.js'
import { listFew } from '../../report/format/visible-text.js'

const REDRAW_MS = 250
const DEFAULT_COLUMNS = 80
const WIDEST = 100

/** Shows a run on stderr. What is noted is always told. */
interface Progress {
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

const HIDE_CURSOR = '\u001B[?25l'
const SHOW_CURSOR = '\u001B[?25h'
const ERASE_REST_OF_LINE = '\u001B[K'
const ERASE_BELOW = '\u001B[J'

/** Lines at the bottom of a terminal that are written again and again in place. */
interface LiveBlock {
  /** Writes lines that stay above the block, and the block anew, in one piece so that nothing flickers. */
  draw(above: readonly string[], lines: readonly string[]): void
  /** Removes the block and shows the cursor again. */
  close(): void
}

/** A block on a terminal; lines must fit its width. */
function liveBlock(stream: OutputStream): LiveBlock {
  let drawn = 0
  let hidden = false
  let previous = ''
  const toTop = (): string => (drawn === 0 ? '' : `\u001B[${String(drawn)}A\r`)
  return {
    draw: (above, lines) => {
      const body = lines.map(line => `${line}${ERASE_REST_OF_LINE}\n`).join('')
      if (above.length === 0 && body === previous) return
      const fixed = above.map(line => `${line}${ERASE_REST_OF_LINE}\n`).join('')
      const hide = hidden ? '' : HIDE_CURSOR
      const shrunk = lines.length < drawn ? ERASE_BELOW : ''
      stream.write(`${hide}${toTop()}${fixed}${body}${shrunk}`)
      hidden = true
      drawn = lines.length
      previous = body
    },
    close: () => {
      if (!hidden) return
      stream.write(`${toTop()}${ERASE_BELOW}${SHOW_CURSOR}`)
      hidden = false
      drawn = 0
      previous = ''
    },
  }
}

/** So many lines come as they are; after them, lines that only say that it goes on come at this distance. */
const FREE_LINES = 20
const DISTANCE_MS = 30_000
const MOST_NAMES = 4

/**
 * Turns events into lines of a log: what every trial found, what is known so far and how long it may take. However long the
 * run, they are a moderate number: some twenty, then two a minute, and whatever has to be told.
 */
export function plainLines(): (event: RunEvent, nowMs: number) => EventLine[] {
  let state = INITIAL_STATE
  let free = FREE_LINES
  let lastMs = -Infinity
  const warned = new Set<string>()

  const isDue = (nowMs: number): boolean => {
    if (free <= 0 && nowMs - lastMs < DISTANCE_MS) return false
    free -= 1
    lastMs = nowMs
    return true
  }
  return (event, nowMs) => {
    state = afterEvent(state, event, nowMs)
    const line = event.type === 'estimate' ? estimateLine(event.components, state, nowMs) : eventLine(event)
    if (line === null) return []
    if (event.type === 'warning') {
      const isNew = !warned.has(line.text)
      warned.add(line.text)
      return isNew ? [line] : []
    }
    const isRoutine =
      event.type === 'estimate' || (event.type === 'trial-end' && event.record.outcome.kind === 'completed')
    return isRoutine && !isDue(nowMs) ? [] : [line]
  }
}

/** `so far (5 of about 13 trials, about 40 s left): audit 971 B/op (959 to 984 B), cache ...` */
function estimateLine(
  components: readonly EstimateSoFar[],
  state: ProgressState,
  nowMs: number,
): EventLine | null {
  const known = components.filter(({ growth }) => isKnown(growth))
  if (known.length === 0) return null
  const open = known.filter(({ verdict }) => verdict === 'inconclusive')
  const named = (open.length > 0 ? open : known).map(
    ({ component, growth, verdict }) =>
      `${component} ${growthInShort(growth)}${verdict === 'inconclusive' ? '' : ` ${verdictWord(verdict)}`}`,
  )
  const count = `${String(state.done)} of about ${String(trialsInAll(state))} trials`
  const where = [count, timeLeftText(state, nowMs)].filter(Boolean).join(', ')
  return { text: `so far (${where}): ${listFew(named, MOST_NAMES)}`, tone: null }
}

/**
 * How a run is shown on stderr: a few redrawn lines below those that stay, lines that stay only, or not at all (errors are
 * always told).
 */
type ProgressMode = 'live' | 'plain' | 'none'

/**
 * Redrawn lines where somebody looks at a terminal that can do it, plain lines on a terminal that cannot. Where stderr is no
 * terminal, or belongs to a job of a CI service, nothing is shown unless it is asked for.
 * @param asked `--progress` or `--no-progress`; `undefined`: neither
 */
export function progressMode(
  stderr: OutputStream,
  env: CliContext['env'],
  asked: boolean | undefined,
): ProgressMode {
  if (asked === false) return 'none'
  if (isLive(stderr, env)) return 'live'
  return asked === true || (stderr.isTTY === true && !isCi(env)) ? 'plain' : 'none'
}

import { formatNumber } from '../../report/format/bytes.js'
import { formatDuration } from '../../report/format/duration.js'
import { shorten } from '../../report/format/layout.js'
import { armName, heapOf, megabytes } from './event-lines.js'
import { share, type ProgressState, type RunningTrial } from './progress-state.js'

const BAR_WIDTH = 24
const ARM_WIDTH = 32

/** The lines that are redrawn, none longer than `columns`. */
export function liveLines(state: ProgressState, nowMs: number, elapsedMs: number, columns: number): string[] {
  const running = [...state.running.values()].map(trial => trialLine(trial, nowMs))
  const decided = [...state.decided].map(
    ([name, verdict]) => `${name} ${verdict === 'leak' ? 'LEAK' : verdict}`,
  )
  const lines = [
    overview(state, nowMs, elapsedMs, columns),
    ...running,
    ...(decided.length === 0 ? [] : [`decided: ${decided.join(', ')}`]),
  ]
  return lines.map(line => cut(line, columns))
}

function overview(state: ProgressState, nowMs: number, elapsedMs: number, columns: number): string {
  const total = state.planned.size
  const count = total === 0 ? 'preparing' : `${String(state.done)} of ${String(total)} trials done`
  const left = state.expectedEndMs === null ? 0 : state.expectedEndMs - nowMs
  const remaining =
    left > 1000 && state.running.size > 0 ? `, about ${formatDuration(roundUp(left))} left` : ''
  const width = Math.min(BAR_WIDTH, Math.max(0, columns - 50))
  const filled = Math.round(share(state) * width)
  const bar = width < 8 ? '' : `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] `
  return `${bar}${count}, ${formatDuration(Math.floor(elapsedMs / 1000) * 1000)}${remaining}`
}

/** An estimate that jumps by the second only looks exact. */
function roundUp(ms: number): number {
  const step = ms > 60_000 ? 10_000 : 5000
  return Math.ceil(ms / step) * step
}

function trialLine({ info, ready, first, last, startedAtMs }: RunningTrial, nowMs: number): string {
  const name = `trial ${String(info.id)}: ${shorten(armName(info), ARM_WIDTH)}`
  if (!ready && last === null) return `${name}, starting, ${formatDuration(nowMs - startedAtMs)}`
  const done = `${formatNumber(last?.operations ?? 0)} of ${formatNumber(info.operations)} operations`
  const [from, now] = [heapOf(first), heapOf(last)]
  if (from === null || now === null) return `${name}, ${done}`
  const grown = now - from
  return `${name}, ${done}, heap ${megabytes(now)} (${grown < 0 ? '' : '+'}${megabytes(grown)})`
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}~`
}

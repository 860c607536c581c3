import { formatDuration } from '../../report/format/duration.js'
import { share, trialsInAll, type ProgressState } from './progress-state.js'

/** Less than one trial's worth of work says little about the others. */
const LEAST_TRIALS = 1
const LEAST_MS = 1000

/**
 * Time that the rest of the run is expected to take, ms: the trials that are left, at the pace of those before. `null` before
 * there is a pace. More than was forecast may follow, so it is an estimate for the usual case.
 */
export function timeLeftMs(state: ProgressState, nowMs: number): number | null {
  const plannedMs = state.expectedEndMs === null ? 0 : Math.max(0, state.expectedEndMs - nowMs)
  const total = trialsInAll(state)
  const done = share(state) * total
  const made = done - state.resumed
  if (state.firstStartMs === null || made < LEAST_TRIALS) return plannedMs > 0 ? plannedMs : null
  const paceMs = (nowMs - state.firstStartMs) / made
  return Math.max(plannedMs, paceMs * (total - done))
}

/** `about 1 min 20 s left`, or nothing where it is not known or over. */
export function timeLeftText(state: ProgressState, nowMs: number): string {
  const leftMs = timeLeftMs(state, nowMs)
  return leftMs === null || leftMs < LEAST_MS ? '' : `about ${formatDuration(roundUp(leftMs))} left`
}

/** An estimate that jumps by the second only looks exact. */
function roundUp(ms: number): number {
  const step = ms > 600_000 ? 60_000 : ms > 60_000 ? 10_000 : 5000
  return Math.ceil(ms / step) * step
}

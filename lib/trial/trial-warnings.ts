import type { Warning, WarningCode } from '../types.js'
import type { Progress } from './progress.js'
import type { TrialSpec } from './types.js'

/** Beyond this share of its limit, the heap is collected so often that growth no longer means what it says. */
const NEAR_LIMIT_SHARE = 0.85
const CLOCK_JUMP_MS = 2_000

/** What happened in one trial that may take its verdict away. */
export function trialWarnings(spec: TrialSpec, progress: Progress): Warning[] {
  const warnings: Warning[] = []
  const warn = (code: WarningCode, message: string, downgrades: boolean): void => {
    warnings.push({ code, message, downgrades, agents: spec.agents, trial: spec.id })
  }

  const counts = progress.driver?.counts() ?? null
  if (counts !== null && counts.failed > 0) {
    const total = counts.performed + counts.failed
    const message = `${String(counts.failed)} of ${String(total)} requests failed, fewer than maxFailureRate allows`
    warn('LOAD_INCOMPLETE', message, false)
  }
  const children = Math.max(0, ...progress.samples.map(sample => sample.children ?? 0))
  if (children > 0) {
    warn(
      'CHILD_PROCESSES_UNMEASURED',
      `the application had up to ${String(children)} child processes, whose memory is not measured`,
      true,
    )
  }
  const workers = Math.max(0, ...progress.samples.map(sample => sample.workers ?? 0))
  if (workers > 0) {
    warn(
      'WORKER_THREADS_UNMEASURED',
      `the application had up to ${String(workers)} worker threads, whose heaps are not measured`,
      true,
    )
  }
  const highest = Math.max(0, ...progress.samples.map(sample => sample.values.heap ?? 0))
  if (progress.heapLimitBytes > 0 && highest > NEAR_LIMIT_SHARE * progress.heapLimitBytes) {
    const percent = Math.round((100 * highest) / progress.heapLimitBytes)
    warn('NEAR_HEAP_LIMIT', `the heap reached ${String(percent)}% of V8's limit`, true)
  }
  if (progress.clockJumpMs > CLOCK_JUMP_MS) {
    const seconds = (progress.clockJumpMs / 1000).toFixed(1)
    warn('CLOCK_JUMP', `the clock jumped by ${seconds} s: the machine slept or its time was set`, true)
  }
  return warnings
}

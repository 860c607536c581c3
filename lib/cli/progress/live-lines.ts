import { formatDuration, formatNumber } from '../../report/format/bytes.js'
import { shorten } from '../../report/format/layout.js'
import type { EstimateSoFar, Verdict } from '../../types/index.js'
import { armName, heapOf, verdictWord, growthInShort, heapSize, isKnown, rateText } from './event-lines.js'
import { type ProgressState, type RunningTrial, share, trialsInAll } from './progress-state.js'

const BAR_WIDTH = 20
const ARM_WIDTH = 24
const NAME_WIDTH = 24
const MOST_ESTIMATES = 6
const ORDER: Readonly<Record<Verdict, number>> = { leak: 0, inconclusive: 1, clean: 2 }

/** The lines that are redrawn, none longer than `columns`. */
export function liveLines(state: ProgressState, nowMs: number, elapsedMs: number, columns: number): string[] {
  const running = [...state.running.values()].map(trial => trialLine(trial, nowMs))
  const lines = [overview(state, nowMs, elapsedMs, columns), ...running, ...estimateLines(state.estimates)]
  return lines.map(line => cut(line, columns))
}

function overview(state: ProgressState, nowMs: number, elapsedMs: number, columns: number): string {
  const total = trialsInAll(state)
  const about = total > state.planned.size ? 'about ' : ''
  const count = total === 0 ? 'preparing' : `${String(state.done)} of ${about}${String(total)} trials`
  const left = state.running.size > 0 ? timeLeftText(state, nowMs) : ''
  const text = [count, formatDuration(Math.floor(elapsedMs / 1000) * 1000), left].filter(Boolean).join(', ')
  const width = Math.min(BAR_WIDTH, Math.max(0, columns - 50))
  const filled = Math.round(share(state) * width)
  const bar = width < 8 ? '' : `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] `
  return `${bar}${text}`
}

function trialLine({ info, ready, first, before, last, startedAtMs }: RunningTrial, nowMs: number): string {
  const name = `trial ${String(info.id)}: ${shorten(armName(info), ARM_WIDTH)}`
  if (!ready && last === null) return `${name}, starting, ${formatDuration(nowMs - startedAtMs)}`
  const done = `${formatNumber(last?.operations ?? 0)} of ${formatNumber(info.operations)}`
  const [from, now] = [heapOf(first), heapOf(last)]
  const grown = from === null || now === null ? null : now - from
  return [
    name,
    done,
    rateText(before, last),
    grown === null || now === null ? '' : `heap ${heapSize(now)} (${grown < 0 ? '' : '+'}${heapSize(grown)})`,
  ]
    .filter(Boolean)
    .join(', ')
}

/** What is known so far, worst first. */
function estimateLines(estimates: readonly EstimateSoFar[]): string[] {
  const known = estimates.filter(({ growth }) => isKnown(growth))
  const sorted = known.toSorted((a, b) => ORDER[a.verdict] - ORDER[b.verdict])
  const shown = sorted.length > MOST_ESTIMATES ? sorted.slice(0, MOST_ESTIMATES - 1) : sorted
  const width = Math.max(0, ...shown.map(({ component }) => Math.min(NAME_WIDTH, component.length)))
  const more = sorted.length - shown.length
  return [
    ...shown.map(({ component, verdict, growth }) => {
      const name = shorten(component, NAME_WIDTH).padEnd(width)
      return `  ${name}  ${growthInShort(growth)}${verdict === 'inconclusive' ? '' : `, ${verdictWord(verdict)}`}`
    }),
    ...(more > 0 ? [`  and ${String(more)} more`] : []),
  ]
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}~`
}

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

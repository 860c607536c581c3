import { formatNumber } from '../../report/format/bytes.js'
import { formatDuration } from '../../report/format/duration.js'
import { shorten } from '../../report/format/layout.js'
import type { EstimateSoFar, Verdict } from '../../types/index.js'
import { armName, heapOf, verdictWord } from './event-lines.js'
import { share, trialsInAll, type ProgressState, type RunningTrial } from './progress-state.js'
import { growthInShort, heapSize, isKnown, rateText } from './sizes.js'
import { timeLeftText } from './time-left.js'

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

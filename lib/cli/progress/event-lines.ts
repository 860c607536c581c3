import { formatDuration, formatNumber } from '../../report/format/bytes.js'
import { hanging, list, plural } from '../../report/format/layout.js'
import type { Tone } from '../../report/text/short-names.js'
import type { Growth, PlannedTrial, RunEvent, Sample, TrialRecord, Verdict } from '../../types/index.js'
import { amountText, growthText, isBytes, perWhat } from '../../report/format/growth.js'

/** A line that stays on the screen, and its look. */
export interface EventLine {
  readonly text: string
  readonly tone: Tone | null
}

const PURPOSES = { measure: '', retention: ', idle check', evidence: ', evidence' }

/** What is switched on in a trial, in words. */
export function armName({ agents, backend, purpose }: PlannedTrial): string {
  const collector = backend === 'up' ? '' : ` (collector ${backend})`
  const who = agents.length === 0 ? 'no agents' : `${list(agents)}${collector}`
  return `${who}${PURPOSES[purpose]}`
}

/** `LEAK`, or the verdict as it is. */
export function verdictWord(verdict: Verdict): string {
  return verdict === 'leak' ? 'LEAK' : verdict
}

/** What an event has to tell, in one piece; nothing for events that only move what is redrawn. */
export function eventLine(event: RunEvent): EventLine | null {
  switch (event.type) {
    case 'trial-end': {
      const text = `trial ${String(event.trial.id)}: ${armName(event.trial)}, ${ending(event.record)}`
      return { text, tone: null }
    }
    case 'verdict':
      // the reason is in the report, which follows
      return { text: `${event.component}: ${verdictWord(event.verdict)}`, tone: event.verdict }
    case 'warning':
      return { text: `warning: ${event.warning.message} (${event.warning.code})`, tone: 'inconclusive' }
    case 'node':
      return { text: `on Node ${event.node} (${String(event.index)} of ${String(event.count)})`, tone: null }
    case 'upgrade': {
      const versions = event.from === event.to ? event.to : `${event.from} → ${event.to}`
      const text = `${event.agent} ${versions} (${String(event.index)} of ${String(event.count)})`
      return { text, tone: null }
    }
    case 'resume':
      return { text: `going on after ${plural(event.trials, 'finished trial')}`, tone: null }
    case 'plan':
      return event.trials[0]?.id === 1 ? { text: planText(event), tone: null } : null
    case 'install':
      return event.step === 'install' ? { text: `installing ${event.package} ...`, tone: null } : null
    case 'first-answers':
      return firstAnswersLine(event)
    case 'estimate':
    case 'trial-start':
    case 'trial-ready':
    case 'trial-sample':
      return null
  }
}

/** Slower answers are waited for rather than computed: then the first says how long all take. */
const SLOW_MS = 100

/** How the application alone answered first, and what that means for the run; of launches with agents only what is wrong. */
function firstAnswersLine({
  trial,
  answers: { driven, byStatus, firstMs, refused, expectedMs },
}: Extract<RunEvent, { type: 'first-answers' }>): EventLine | null {
  const isOk = (status: string): boolean => /^[123]\d\d$/.test(status)
  const isWrong = refused !== null || !Object.keys(byStatus).some(isOk)
  if (trial.agents.length > 0 && !isWrong) return null
  const where = driven.openedBy === null ? driven.url : `${driven.url} (${driven.openedBy})`
  const beside = driven.others.length === 0 ? '' : `, not ${list(driven.others)}`
  const statuses = Object.entries(byStatus).map(([status, count]) => `${status} (${String(count)} times)`)
  const isSlow = firstMs !== null && expectedMs !== null && firstMs >= SLOW_MS
  const pace = isSlow
    ? `; the first answer took ${formatDuration(firstMs)}: if all do, a trial takes at least ${formatDuration(expectedMs)}`
    : ''
  const text = `${where}${beside} answered ${list(statuses)}${pace}${refused === null ? '' : `; ${refused}`}`
  return { text: `trial ${String(trial.id)}: ${text}`, tone: isWrong ? 'inconclusive' : null }
}

/** A line of at most `width` characters; what is longer goes on below, further in. */
export function wrapped({ text }: EventLine, width: number): string[] {
  const [first = '', ...rest] = hanging('  ', text.trim(), width)
  return text.length <= width ? [text] : [first.trimStart(), ...rest]
}

/** What the run begins with, and what it is expected to take. */
function planText({ sets, forecast }: Extract<RunEvent, { type: 'plan' }>): string {
  const { clean, oneLeak } = forecast
  const backends = new Set(sets.filter(({ agents }) => agents.length > 0).map(({ backend }) => backend))
  const alone = new Set(sets.filter(({ why }) => why === 'alone').map(({ agents }) => agents.join())).size
  const together = sets.find(({ why }) => why === 'together')?.agents.length ?? 0
  const what = [
    'no agents',
    ...(alone > 0 ? [alone === 1 ? 'the agent' : `each of ${String(alone)} agents alone`] : []),
    ...(together > 0 ? [together > 2 ? `all ${String(together)} together` : 'both together'] : []),
  ]
  const leak = oneLeak === null ? '' : `, about ${String(oneLeak)} if one agent leaks`
  const collector = backends.size > 1 ? `, with the collector ${list([...backends])}` : ''
  return `plan: ${list(what)}${collector}; ${String(clean)} trials if nothing leaks${leak}`
}

function ending({ outcome, samples, timings, operations }: TrialRecord): string {
  const took = formatDuration(timings.totalMs)
  if (outcome.kind !== 'completed')
    return `${outcome.kind.replaceAll('-', ' ')} after ${took}: ${outcome.message}`
  const [from, to] = [heapOf(samples[0]), heapOf(samples.at(-1))]
  const heap = from === null || to === null ? '' : `heap ${heapSize(from)} to ${heapSize(to)}`
  return [heap, perSecond(operations, timings.loadMs), took].filter(Boolean).join(', ')
}

/** Settled heap of a sample, bytes. */
export function heapOf(sample: Sample | null | undefined): number | null {
  return sample?.values.heap ?? null
}

/** `34.2 MB`, `1.23 GB`: fine enough to see it move. */
export function heapSize(bytes: number): string {
  return Math.abs(bytes) < 999_950_000 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}

/** `971 B/op (959 to 984 B)`; without an interval while there is none. */
export function growthInShort(growth: Growth): string {
  const { amount, interval } = growthText(growth)
  const per = perWhat(growth) === 'second' ? 's' : 'op'
  if (interval === '') return `about ${isBytes(growth) ? amountText(growth.estimate, growth) : amount}/${per}`
  return `${amount}/${per} (${interval})`
}

/** Whether anything is known of a growth: before the first trials it is nothing, give or take anything. */
export function isKnown({ estimate, low }: Growth): boolean {
  return Number.isFinite(estimate) && (estimate !== 0 || Number.isFinite(low))
}

/** `640/s`: operations a second between two samples; empty where there is no telling. */
export function rateText(from: Sample | null, to: Sample | null): string {
  if (from === null || to === null || to.elapsedMs <= from.elapsedMs || to.operations <= from.operations)
    return ''
  return perSecond(to.operations - from.operations, to.elapsedMs - from.elapsedMs)
}

/** `640/s`, or `0.4/s`. */
export function perSecond(operations: number, ms: number): string {
  if (!(ms > 0)) return ''
  const rate = (operations * 1000) / ms
  return `${formatNumber(rate, rate < 10 ? 1 : 0)}/s`
}

import { formatDuration } from '../../report/format/duration.js'
import { formatNumber } from '../../report/format/bytes.js'
import { list, plural } from '../../report/format/layout.js'
import type { Tone } from '../../report/text/paint.js'
import type { PlannedTrialInfo, RunEvent, Sample, TrialRecord } from '../../types.js'

/** A line that stays on the screen, and its look. */
export interface EventLine {
  readonly text: string
  readonly tone: Tone | null
}

const PURPOSES = { measure: '', retention: ', idle check', evidence: ', evidence' }

/** What is switched on in a trial, in words. */
export function armName({ agents, backend, purpose }: PlannedTrialInfo): string {
  const collector = backend === 'up' ? '' : ` (collector ${backend})`
  const who = agents.length === 0 ? 'no agents' : `${list(agents)}${collector}`
  return `${who}${PURPOSES[purpose]}`
}

/** `34.2 MB` */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

/** The lines that tell of an event; the start of a trial has one only where nothing is redrawn. */
export function eventLines(event: RunEvent, live: boolean): EventLine[] {
  switch (event.type) {
    case 'trial-start': {
      const { trial } = event
      const text = `trial ${String(trial.id)}: ${armName(trial)}, ${formatNumber(trial.operations)} operations ...`
      return live ? [] : [{ text, tone: null }]
    }
    case 'trial-end':
      return [
        {
          text: `trial ${String(event.trial.id)}: ${armName(event.trial)}, ${ending(event.record)}`,
          tone: null,
        },
      ]
    case 'verdict': {
      // the reason is in the report, which follows
      const verdict = event.verdict === 'leak' ? 'LEAK' : event.verdict
      return [{ text: `${event.component}: ${verdict}`, tone: event.verdict }]
    }
    case 'warning':
      return [{ text: `warning: ${event.warning.message} (${event.warning.code})`, tone: 'inconclusive' }]
    case 'resume':
      return [{ text: `going on after ${plural(event.trials, 'finished trial')}`, tone: null }]
    case 'plan':
      return event.trials[0]?.id === 1 ? [{ text: planText(event), tone: null }] : []
    case 'install':
      return event.step === 'install' ? [{ text: `installing ${event.package} ...`, tone: null }] : []
    case 'trial-ready':
    case 'trial-sample':
      return []
  }
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

function ending({ outcome, samples, timings }: TrialRecord): string {
  const took = formatDuration(timings.totalMs)
  if (outcome.kind !== 'completed')
    return `${outcome.kind.replaceAll('-', ' ')} after ${took}: ${outcome.message}`
  const [from, to] = [heapOf(samples[0]), heapOf(samples.at(-1))]
  const heap = from === null || to === null ? '' : `heap ${megabytes(from)} to ${megabytes(to)}, `
  return `${heap}${took}`
}

/** Settled heap of a sample, bytes. */
export function heapOf(sample: Sample | null | undefined): number | null {
  return sample?.values.heap ?? null
}

import type { MetricBecause, Place, Settles } from '../../decide/because.js'
import { armName } from '../../decide/growth/arms.js'
import { isCount } from '../../decide/growth/thresholds.js'
import type { NextLook } from '../../decide/rule/replay.js'
import { formatBytes } from '../format/bytes.js'
import { amount, interval, metricName, whole } from './warning-messages.js'

/** Why a metric has its verdict, in words. */
export function metricSentences(because: MetricBecause): string {
  const { metric, growth, threshold } = because
  const grown = growsBy(because)
  const limit = amount(threshold, metric, growth.unit)
  switch (because.code) {
    case 'released':
      return `${grown}, but ${idle(because.waitMs)} released it: what stays is ${amount(because.keptGrowth, metric, growth.unit)}, below the threshold of ${limit}.`
    case 'partly-released':
      return `${grown}. After ${idle(because.waitMs)}, ${whole(because.keptShare * 100)}% of what had grown in the last half was left: neither enough to call it a leak nor little enough to rule one out. ${longerWait(because.waitMs, because.operations, word(because))}`
    case 'not-due':
      return `${grown}, and ${idle(because.waitMs)} did not release it; ${whole(because.count)} timers that the operations started were not due by then, the longest of ${whole(because.longestMs / 1000)} s. What they hold stands as high as the rate of operations times that delay, and grows no further. A run with a \`retentionMs\` of ${whole(because.longestMs + 2_000)} would tell it from a leak.`
    case 'leak': {
      const kept = because.waitMs === null ? '' : `, and ${idle(because.waitMs)} did not release it`
      const type = because.resource === null ? '' : ` The type that grows is ${because.resource}.`
      const place = because.where === null ? '' : ` It grows in ${placeName(because.where)}.`
      const pool = because.poolBytes === null ? '' : ` ${inPools(because.poolBytes, growth)}`
      const same = isCount(metric) ? '' : ` ${lookAlike(because)}`
      return `${grown} in every part of the trials after the first quarter, above the threshold of ${limit}${kept}.${place}${type}${pool}${same}`
    }
    case 'unchecked':
      return `${grown}, above the threshold of ${limit}. Whether idle time releases it was not checked before the run ended.`
    case 'few':
      return `${grown}: below ${limit} in most trials.`
    case 'ruled-out': {
      const why = because.inPieces
        ? `it moves in pieces, as pools do, and not in every trial; one of 4 MiB would make ${limit}`
        : `the threshold is ${limit}`
      return `${grown}: growth above ${amount(because.most, metric, growth.unit)} is ruled out, ${why}.`
    }
    case 'early':
      return `${grown}. ${tooEarly(because, because.trials, because.next)}`
    case 'undecided':
      return `${grown}. ${whyOpen(because, limit)} ${settling(because.settles, because)}`
  }
}

/** The thread or process that grows, as it is called in sentences. */
export function placeName(place: Place): string {
  const plural = place.label.replace(/^(worker thread|child process)/, kind =>
    kind.endsWith('s') ? `${kind}es` : `${kind}s`,
  )
  switch (place.code) {
    case 'one':
      return `the ${place.label}`
    case 'several':
      return `the ${String(place.count)} ${plural}`
    case 'more-and-more':
      return `the ${plural}, of which there are more and more (${String(place.from)}, then ${String(place.to)})`
  }
}

function growsBy({ subject, metric, growth }: MetricBecause): string {
  const by = Number.isFinite(growth.high)
    ? interval(growth, metric)
    : amount(growth.estimate, metric, growth.unit)
  const what = `the ${metricName(metric)}`
  if (subject.kind === 'application') return `In the application alone ${what} grows by ${by}`
  const without = subject.reference === '[]' ? 'without' : `with ${armName(subject.reference ?? '[]')} alone`
  return growth.estimate < 0
    ? `With ${subject.name} ${what} grows no faster than ${without}, by ${by}`
    : `With ${subject.name} ${what} grows by ${by} more than ${without}`
}

/** A Buffer of a few bytes keeps all of what it shares with others. */
function inPools(poolBytes: number, { estimate, unit }: MetricBecause['growth']): string {
  const per = whole(poolBytes / estimate)
  const words = unit.endsWith('/second') ? 'seconds' : 'operations'
  return `A kept Buffer of a few bytes keeps the whole pool that it shares with others, on this Node ${formatBytes(poolBytes)}: one in ${per} ${words} would be enough.`
}

/** What is no leak and would look like this one, with the numbers from which on it does. */
function lookAlike(because: Extract<MetricBecause, { code: 'leak' }>): string {
  const { operations, waitMs } = because
  const quarter = whole(operations / 4)
  if (word(because) === 'seconds')
    return `Memory that is held for more than ${quarter} s would look the same.`
  const held = waitMs === null ? '' : `, or memory that is held for more than ${whole(waitMs / 1000)} s,`
  return `A bounded cache of more than ${quarter} entries${held} would look the same.`
}

/** What would tell growth that idle time releases in part from a leak. */
function longerWait(waitMs: number, operations: number, words: string): string {
  const longer = `${whole(operations * 2)} ${words} a trial or more`
  return `A run with a \`retentionMs\` of ${whole(waitMs * 2)} or more and ${longer} would tell.`
}

function tooEarly(because: MetricBecause, trials: number, next: NextLook): string {
  const size = `${whole(next.operations)} ${word(because)}`
  const needed =
    because.subject.reference === null
      ? `${whole(next.trials)} trials`
      : `${whole(next.trials)} trials with it and ${whole(next.reference)} without`
  return (
    `The run ended too early to decide, after ${seen(trials)}: ` +
    `the next look needs ${needed}, of ${size} each.`
  )
}

function whyOpen({ status, trials }: Extract<MetricBecause, { code: 'undecided' }>, limit: string): string {
  switch (status) {
    case 'filling':
      return 'The growth slows down from one part of the trials to the next, as that of a cache that fills.'
    case 'late':
      return 'The growth began only in the last half of the trials: it may be a single step or a leak that begins late.'
    case 'close':
      return `It is near the threshold of ${limit}, which needs longer trials to confirm.`
    case 'warming':
      return 'So few operations do not tell it from the growth of what is still warming up.'
    case 'apart':
      return 'One trial grows throughout by a multiple of the threshold, the others do not.'
    case 'few':
    case 'open':
    case 'clean':
    case 'leak':
      return `After ${seen(trials)} neither a leak nor its absence is shown at the threshold of ${limit}.`
  }
}

function settling(settles: Settles, because: MetricBecause): string {
  const { metric, growth, threshold } = because
  const words = word(because)
  const option = (bytes: number): string => amount(bytes, 'heap', growth.unit)
  switch (settles.code) {
    case 'longer': {
      const longer = `A run with ${whole(settles.operations)} ${words} a trial or more would tell`
      if (settles.step)
        return `${longer}: a single step does not come again, and a leak is then seen through half of the trial.`
      return `${longer}${settles.forgives === null ? '' : forgiven(settles.forgives, words)}.`
    }
    case 'longer-or-threshold':
      return `A run with about ${whole(settles.operations)} ${words} a trial, or a threshold above ${option(settles.above)}, would settle it.`
    case 'threshold': {
      const below = settles.below === null ? '' : `below ${option(settles.below)} or `
      return `It is too near the threshold of ${amount(threshold, metric, growth.unit)} to be told from it: a threshold ${below}above ${option(settles.above)} would settle it.`
    }
  }
}

/** How large a cache may be that longer trials, and those of the next stage, tell from a leak. */
function forgiven(most: number, words: string): string {
  return words === 'seconds'
    ? ` it from memory that is held for up to ${whole(most)} s`
    : ` it from a cache of up to ${whole(most)} entries`
}

function seen(trials: number): string {
  return `${whole(trials)} ${trials === 1 ? 'trial' : 'trials'} of each arm`
}

function idle(waitMs: number): string {
  return `${whole(waitMs / 1000)} s of idle time`
}

function word({ growth }: MetricBecause): 'seconds' | 'operations' {
  return growth.unit.endsWith('/second') ? 'seconds' : 'operations'
}

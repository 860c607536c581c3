import type { DecidedWarning, SetOpen, WarningBecause } from '../../decide/because.js'
import { armName } from '../../decide/growth/arms.js'
import { formatBytes } from '../format/bytes.js'
import type { Growth, Metric, TrialOutcome } from '../../types/index.js'
import { isCount } from '../../decide/growth/thresholds.js'

const SETS: Readonly<Record<SetOpen, string>> = {
  together: 'whether they leak together was not settled',
  'which-is-open': 'together they grow, and which of them it takes was not found out before the run ended',
  'whether-it-is-a-leak': 'together they grow, but whether that is a leak was not settled',
  'run-ended': 'the run ended before it was known what they do together',
}

/** What a warning says; the condition that it concerns is named with it. */
export function warningMessage({ because, backend }: Pick<DecidedWarning, 'because' | 'backend'>): string {
  const message = messageOf(because)
  return backend === undefined ? message : `${message} (collector: ${backend})`
}

const SEEN = 'nothing of Node patched, no listener, timer, handle or connection of its own'

/** What nobody saw at work, and what to write so that it works or can be seen. */
function lifeless({ arm, loads, isSilent }: Extract<WarningBecause, { code: 'lifeless' }>): string {
  const silence = isSilent ? ', and nothing reached its collector' : ''
  const start = `./start-${fileName(armName(arm))}.cjs`
  switch (loads) {
    case 'package':
      return `${armName(arm)} was loaded and left no sign of life in the application: ${SEEN}${silence}; start it as its documentation says, in a file that is the agent (agents: ['${start}']), or name a package that has a preset`
    case 'file':
      return `${armName(arm)} was loaded and left no sign of life in the application: ${SEEN}${silence}; let the file start what it is there for, and where that cannot be seen from outside, set a global when it has started (globalThis.started = true)`
    case 'nothing':
      return `${armName(arm)} loads no file, and its settings left no sign of life in the application: ${SEEN}${silence}; name the file or package that starts it (require, import)`
  }
}

function fileName(agent: string): string {
  return agent
    .replace(/(?<=.)@.*$/, '')
    .replace(/^@/, '')
    .replace(/[^\w.-]+/g, '-')
}

function messageOf(because: WarningBecause): string {
  switch (because.code) {
    case 'told':
      return because.message
    case 'failed': {
      const { arm, end } = because
      return `trial ${whole(end.trial)} of ${armName(arm)} ${howItEnded(end.outcome)}`
    }
    case 'unsettled':
      return `${whole(because.restless)} of ${whole(because.readings)} readings of ${armName(because.arm)} never came to rest${because.widestBytes < 1 ? '' : `: they differed by up to ${whole(because.widestBytes)} bytes`}, which makes them count for less`
    case 'resident': {
      const more = because.isLarge ? ', and too much to call it clean' : ''
      return `the resident memory of ${armName(because.arm)} grows by at least ${amount(because.least, 'rss', because.unit)} in every trial, which neither the heap nor buffers explain: native memory may leak${more}`
    }
    case 'noisy':
      return `trials of ${armName(because.arm)} differ so much that leaks below about ${amount(because.least, 'heap', because.unit)} cannot be told from noise with ${whole(because.trials)} of them`
    case 'apart': {
      const { trial, arm, metric, growth, unit, still } = because
      const others = still === 1 ? 'another as long it does' : `${whole(still)} others as long it does`
      return `in trial ${whole(trial)} of ${armName(arm)} the ${metricName(metric)} grows by ${amount(growth, metric, unit)} throughout, in ${others} not: it may leak in some launches only`
    }
    case 'under-load': {
      const { arm, growth, unit, most } = because
      return `${armName(arm)} keeps ${amount(growth, 'heap', unit)} on connections while the load lasts, which goes when idle time closes them (${formatBytes(most)} at once): traffic that never pauses would not release it; look for listeners and requests that are kept on sockets, or let what it calls keep connections open for longer than the idle time, so that the holder is named`
    }
    case 'lifeless':
      return lifeless(because)
    case 'set-open':
      return `${because.name}: ${SETS[because.why]}`
    case 'sum-grows':
      return `${because.name} together grow by more than the threshold, which is the sum of little from each: none of them does alone`
    case 'grows-more':
      return `${because.agents.join(' + ')} together grow by much more than the sum of what they add alone`
    case 'suppressed': {
      const { leaking, others } = because
      return `together with ${others.join(', ') || 'each other'}, ${leaking.join(' and ')} ${leaking.length > 1 ? 'leak' : 'leaks'} less than alone: something in that set holds the leak back, and without it the leak shows`
    }
  }
}

const NAMES: Readonly<Record<Metric, string>> = {
  heap: 'heap',
  arrayBuffers: 'memory in array buffers',
  external: 'external memory',
  code: 'compiled code',
  rss: 'resident memory',
  handles: 'number of active resources',
  listeners: 'number of listeners of process',
  fds: 'number of file descriptors',
  threads: 'number of threads',
  contexts: 'number of native contexts',
}

/** How a metric is called in sentences. */
export function metricName(metric: Metric): string {
  return NAMES[metric]
}

/** A whole number, with commas between thousands. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function digits(value: number): string {
  return Math.abs(value) < 9.95
    ? Object.is(Math.round(value * 10), -0)
      ? '0.0'
      : value.toFixed(1)
    : whole(value)
}

/** An amount of growth with its unit, for example `31.5 B/op` or `4.0 per 1,000 operations`. */
export function amount(value: number, metric: Metric, unit: Growth['unit']): string {
  const perSecond = unit.endsWith('/second')
  if (!isCount(metric)) return `${digits(value)} ${perSecond ? 'B/s' : 'B/op'}`
  if (perSecond) return `${digits(value * 60)} per minute`
  return Math.abs(value) >= 0.1
    ? `${digits(value)} per operation`
    : `${digits(value * 1000)} per 1,000 operations`
}

/** An estimate with its interval: `31.5 B/op (between 30 B/op and 33 B/op)`; exact counts have none. */
export function interval(growth: Growth, metric: Metric): string {
  const { low, high } = growth
  if (low === null || high === null || low === high) return amount(growth.estimate, metric, growth.unit)
  const from = amount(low, metric, growth.unit)
  const to = amount(high, metric, growth.unit)
  return `${amount(growth.estimate, metric, growth.unit)} (between ${from} and ${to})`
}

/** `a`, `a and b`, `a, b and c`; of more than four names the first three. */
export function list(names: readonly string[]): string {
  if (names.length > 4) return `${names.slice(0, 3).join(', ')} and ${String(names.length - 3)} others`
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
}

/** How a trial ended, as the predicate of a sentence. */
export function howItEnded(outcome: TrialOutcome): string {
  switch (outcome.kind) {
    case 'completed':
      return 'was completed'
    case 'crashed':
      return `crashed with ${outcome.signal ?? `exit code ${String(outcome.exitCode)}`} (${outcome.message})`
    case 'exited':
      return `ended by itself before its operations were done (${outcome.message})`
    case 'out-of-memory':
      return `ran out of memory (${outcome.message})`
    case 'not-started':
      return `did not start (${outcome.message})`
    case 'hung':
      return `did not answer within ${outcome.limit} (${outcome.message})`
  }
}

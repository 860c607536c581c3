import type { CaseResult, Outcome } from './judge.js'

/** How often each way of deciding was right, over cases with an answer. */
export interface Tally {
  readonly cases: number
  readonly right: number
  readonly wrongAccusations: number
  readonly missed: number
  readonly inconclusive: number
  /** Of those inconclusive, cases in which that is a right answer. */
  readonly inconclusiveAllowed: number
  readonly errors: number
}

export interface PeerTally {
  readonly name: string
  readonly cases: number
  readonly right: number
  readonly wrongAccusations: number
  readonly missed: number
}

export interface Totals {
  /** Without A/A calls. */
  readonly all: Tally
  readonly real: Tally
  readonly madeUp: Tally
  /** The ways of deciding beside it, on the same cases. */
  readonly peers: readonly PeerTally[]
  /** Median of the time to the verdict over that of the naive script; `null` where none was measured. */
  readonly timeRatio: {
    readonly all: number | null
    readonly real: number | null
    readonly madeUp: number | null
  }
  /** Median time to the verdict, ms. */
  readonly medianMs: number | null
  /** Verdicts on components of A/A calls: all are harmless. */
  readonly aa: { readonly calls: number; readonly agents: VerdictTally; readonly applications: VerdictTally }
}

export interface VerdictTally {
  readonly verdicts: number
  readonly accused: number
  readonly inconclusive: number
}

export const median = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const [upper, lower] = [sorted[half], sorted[sorted.length - 1 - half]]
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2
}

export const totalsOf = (results: readonly CaseResult[]): Totals => {
  const cases = results.filter(({ group }) => group !== 'a-a')
  const madeUp = cases.filter(({ group }) => group === 'made-up' || group === 'twin')
  const real = cases.filter(result => !madeUp.includes(result))
  return {
    all: tally(cases),
    real: tally(real),
    madeUp: tally(madeUp),
    peers: peerTallies(cases),
    timeRatio: { all: ratio(cases), real: ratio(real), madeUp: ratio(madeUp) },
    medianMs: median(cases.filter(({ outcome }) => outcome !== 'error').map(({ totalMs }) => totalMs)),
    aa: aaOf(results.filter(({ group }) => group === 'a-a')),
  }
}

const tally = (results: readonly CaseResult[]): Tally => {
  const count = (wanted: Outcome): number => results.filter(({ outcome }) => outcome === wanted).length
  return {
    cases: results.length,
    right: count('right'),
    wrongAccusations: count('wrong accusation'),
    missed: count('missed'),
    inconclusive: count('inconclusive'),
    inconclusiveAllowed: results.filter(
      ({ outcome, allowedBecause }) => outcome === 'inconclusive' && allowedBecause !== undefined,
    ).length,
    errors: count('error'),
  }
}

const ratio = (results: readonly CaseResult[]): number | null =>
  median(results.flatMap(({ timeRatio }) => timeRatio ?? []))

const peerTallies = (results: readonly CaseResult[]): readonly PeerTally[] => {
  const answers = results.flatMap(({ peers }) => peers)
  return [...new Set(answers.map(({ name }) => name))].map(name => {
    const own = answers.filter(answer => answer.name === name)
    const wrong = own.filter(({ right }) => !right)
    return {
      name,
      cases: own.length,
      right: own.length - wrong.length,
      wrongAccusations: wrong.filter(({ accuses }) => accuses).length,
      missed: wrong.filter(({ accuses }) => !accuses).length,
    }
  })
}

const aaOf = (calls: readonly CaseResult[]): Totals['aa'] => {
  const components = calls.flatMap(call => call.components)
  const of = (isApplication: boolean): VerdictTally => {
    const own = components.filter(({ name }) => (name === 'application') === isApplication)
    return {
      verdicts: own.length,
      accused: own.filter(({ verdict }) => verdict === 'leak').length,
      inconclusive: own.filter(({ verdict }) => verdict === 'inconclusive').length,
    }
  }
  return { calls: calls.length, agents: of(false), applications: of(true) }
}

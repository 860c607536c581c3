import type { VersionEvidence } from '../../lib/compare/bisect/growth-model.js'
import { beliefOf, nextStep, type Belief, type History } from '../../lib/compare/bisect/search.js'
import type { Random } from '../../lib/decide/stats/random.js'

/** A made-up history of versions. */
export interface SimulatedHistory {
  readonly lines: readonly string[]
  /** Growth of one trial of a version beyond the application's own, in thresholds; `null`: it does not start. */
  readonly grow: (version: number) => number | null
  /** What the rule answers; `inconclusive` takes the version out of the search. */
  readonly rule: (version: number) => 'leak' | 'clean' | 'inconclusive'
  readonly noise: readonly number[]
}

export interface SimulatedSearch {
  readonly belief: Belief
  readonly evidence: readonly VersionEvidence[]
  /** Trials of versions before and between confirmations. */
  readonly tests: number
  /** Versions that the rule was asked about. */
  readonly confirmed: number
  /** Versions as they were tested. */
  readonly order: readonly number[]
}

/** Plays a search to its end, or up to the first confirmation. */
export function simulatedSearch(
  { lines, grow, rule, noise }: SimulatedHistory,
  { confirm = true }: { readonly confirm?: boolean } = {},
): SimulatedSearch {
  const evidence: VersionEvidence[] = lines.map(() => ({ scores: [], ruled: null, unusable: false }))
  const history: History = { lines, evidence, noise }
  const order: number[] = []
  let confirmed = 0
  for (;;) {
    const step = nextStep(history)
    if (step.kind === 'done' || (step.kind === 'confirm' && !confirm)) {
      return { belief: beliefOf(history), evidence, tests: order.length, confirmed, order }
    }
    if (order.length > 2000) throw new Error('The search never ends')
    for (const version of step.versions) {
      const known = evidence[version] as VersionEvidence
      if (step.kind === 'confirm') {
        const answer = rule(version)
        confirmed++
        evidence[version] =
          answer === 'inconclusive' ? { ...known, ruled: 'open' } : { ...known, ruled: answer }
        continue
      }
      order.push(version)
      const growth = grow(version)
      evidence[version] =
        growth === null ? { ...known, unusable: true } : { ...known, scores: [...known.scores, growth] }
    }
  }
}

/** Standard normal deviate by Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Minor lines of so many versions, each. */
export function linesOf(versions: number, each: number): string[] {
  return Array.from({ length: versions }, (_, index) => `1.${String(Math.floor(index / each))}`)
}

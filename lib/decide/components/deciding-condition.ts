import type { Verdict } from '../../types/index.js'
import type { DecidedCondition } from '../decided.js'
import { mainFirst } from './component.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

type Weighed = Pick<DecidedCondition, 'verdict' | 'growth' | 'metrics'>

/** What an agent is called that was judged under several conditions. */
export function verdictUnder(conditions: readonly Pick<DecidedCondition, 'verdict'>[]): Verdict {
  const verdicts = conditions.map(({ verdict }) => verdict)
  if (verdicts.includes('leak')) return 'leak'
  return verdicts.every(verdict => verdict === 'clean') ? 'clean' : 'inconclusive'
}

/**
 * The condition whose figures stand for all: of those with the verdict that counts the one with the largest leak, otherwise
 * the one with the largest upper bound; the first among equals.
 */
export function decidingCondition<T extends Weighed>(
  conditions: readonly T[],
  settings: Pick<DecisionSettings, 'threshold'>,
): T | undefined {
  const verdict = verdictUnder(conditions)
  const weight = (condition: T): readonly [number, number] =>
    verdict === 'leak' ? leakWeight(condition, settings) : [0, condition.growth.high]
  return conditions
    .filter(condition => condition.verdict === verdict)
    .reduce<T | undefined>((most, condition) => {
      if (most === undefined) return condition
      const [[first, second], [mostFirst, mostSecond]] = [weight(condition), weight(most)]
      return first > mostFirst || (first === mostFirst && second > mostSecond) ? condition : most
    }, undefined)
}

/** Growth of the heap before that of other metrics, which are compared by the factor over their threshold. */
function leakWeight(
  { metrics, growth }: Weighed,
  { threshold }: Pick<DecisionSettings, 'threshold'>,
): [number, number] {
  const [main] = mainFirst(metrics.filter(result => result.verdict === 'leak'))
  // Running out of memory leaves no metric to point at.
  if (main === undefined) return [1, growth.estimate / threshold]
  return [main.metric === 'heap' ? 1 : 0, main.growth.estimate / main.threshold]
}

import { boundsOf } from '../growth/thresholds.js'
import type { Backend, Verdict } from '../../types/index.js'
import type { DecidedComponent, DecidedCondition, DecidedCulprit, Need } from '../types.js'
import { mainFirst } from './component.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import type { Interaction } from '../search/findings.js'
import type { Because } from '../because.js'

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
    verdict === 'leak' ? leakWeight(condition, settings) : [0, boundsOf(condition.growth).high]
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

/** For each purpose and size the largest number that is wanted. */
export function largestNeeds(needs: readonly Need[]): readonly Need[] {
  const byKind = new Map<string, Need>()
  for (const need of needs) {
    const kind = `${need.purpose} ${String(need.operations)}`
    if ((byKind.get(kind)?.trials ?? 0) < need.trials) byKind.set(kind, need)
  }
  return [...byKind.values()]
}

/** The component with the metric that explains most of it; nobody when it does not leak. */
export function culpritOf(component: DecidedComponent, backend: Backend): readonly DecidedCulprit[] {
  if (component.verdict !== 'leak') return []
  const agents = component.kind === 'application' ? [] : [component.name]
  return [{ kind: component.kind, agents, ...grownBy(component, backend), because: component.because }]
}

/** Agents that leak only together; nobody when the component of their set does not leak after all. */
export function interactionOf(
  {
    agents,
    beside,
    component,
  }: Pick<Interaction, 'agents' | 'beside'> & { readonly component: DecidedComponent },
  backend: Backend,
): readonly DecidedCulprit[] {
  if (component.verdict !== 'leak') return []
  const alone: Because =
    beside.length === 0
      ? { about: 'company', code: 'none-alone' }
      : { about: 'company', code: 'on-top', beside }
  const because = [...component.because, alone]
  return [{ kind: 'interaction', agents, ...grownBy(component, backend), because }]
}

function grownBy(
  { metrics, growth }: DecidedComponent,
  backend: Backend,
): Omit<DecidedCulprit, 'kind' | 'agents' | 'because'> {
  const [main, ...others] = mainFirst(metrics.filter(({ verdict }) => verdict === 'leak'))
  return {
    metric: main?.metric ?? 'heap',
    growth: main?.growth ?? growth,
    backend,
    backends: [backend],
    alsoGrows: others.map(other => ({ metric: other.metric, growth: other.growth })),
    ...(main?.where === undefined ? {} : { where: main.where }),
  }
}

import type { Interaction } from '../search/findings.js'
import type { Backend, Component, Culprit } from '../../types.js'
import { mainFirst } from './component.js'
import { list } from './wording.js'

/** The component with the metric that explains most of it; nobody when it does not leak. */
export function culpritOf(component: Component, backend: Backend): readonly Culprit[] {
  if (component.verdict !== 'leak') return []
  const agents = component.kind === 'application' ? [] : [component.name]
  return [{ kind: component.kind, agents, ...grownBy(component, backend), reason: component.reason }]
}

/** Agents that leak only together; nobody when the component of their set does not leak after all. */
export function interactionOf(
  { agents, beside, component }: Pick<Interaction, 'agents' | 'beside'> & { readonly component: Component },
  backend: Backend,
): readonly Culprit[] {
  if (component.verdict !== 'leak') return []
  const alone =
    beside.length === 0
      ? 'Alone none of them does.'
      : `That comes on top of what ${list(beside)} ${beside.length > 1 ? 'add' : 'adds'} alone.`
  const { reason } = component
  return [{ kind: 'interaction', agents, ...grownBy(component, backend), reason: `${reason} ${alone}` }]
}

function grownBy(
  { metrics, growth }: Component,
  backend: Backend,
): Omit<Culprit, 'kind' | 'agents' | 'reason'> {
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

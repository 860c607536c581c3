import type { Interaction } from '../search/findings.js'
import type { Component, Culprit } from '../types.js'
import { mainFirst } from './component.js'
import { list } from './wording.js'

/** The leaking components, each with the metric that explains most of it. */
export function culpritsOf(components: readonly Component[]): readonly Culprit[] {
  return components
    .filter(({ verdict }) => verdict === 'leak')
    .map(component => ({
      kind: component.kind,
      agents: component.kind === 'application' ? [] : [component.name],
      ...grownBy(component),
      reason: component.reason,
    }))
}

/** Agents that leak only together; nobody when the component of their set does not leak after all. */
export function interactionOf({
  agents,
  beside,
  component,
}: Pick<Interaction, 'agents' | 'beside'> & { readonly component: Component }): readonly Culprit[] {
  if (component.verdict !== 'leak') return []
  const alone =
    beside.length === 0
      ? 'Alone none of them does.'
      : `That comes on top of what ${list(beside)} ${beside.length > 1 ? 'add' : 'adds'} alone.`
  const { reason } = component
  return [{ kind: 'interaction', agents, ...grownBy(component), reason: `${reason} ${alone}` }]
}

function grownBy({
  metrics,
  growth,
}: Component): Pick<Culprit, 'metric' | 'growth' | 'backend' | 'backends' | 'alsoGrows' | 'where'> {
  const [main, ...others] = mainFirst(metrics.filter(({ verdict }) => verdict === 'leak'))
  return {
    metric: main?.metric ?? 'heap',
    growth: main?.growth ?? growth,
    backend: 'up',
    backends: ['up'],
    alsoGrows: others.map(other => ({ metric: other.metric, growth: other.growth })),
    ...(main?.where === undefined ? {} : { where: main.where }),
  }
}

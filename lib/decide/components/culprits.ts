import type { Interaction } from '../search/findings.js'
import type { Backend } from '../../types/index.js'
import type { Because } from '../because.js'
import type { DecidedComponent, DecidedCulprit } from '../decided.js'
import { mainFirst } from './component.js'

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

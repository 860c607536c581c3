import type { Component, Culprit } from '../types.js'
import { mainFirst } from './component.js'

/** The leaking components, each with the metric that explains most of it. */
export function culpritsOf(components: readonly Component[]): readonly Culprit[] {
  return components
    .filter(({ verdict }) => verdict === 'leak')
    .map(({ kind, name, metrics, growth, reason }) => {
      const [main, ...others] = mainFirst(metrics.filter(({ verdict }) => verdict === 'leak'))
      return {
        kind,
        agents: kind === 'application' ? [] : [name],
        metric: main?.metric ?? 'heap',
        growth: main?.growth ?? growth,
        backend: 'up',
        alsoGrows: others.map(other => ({ metric: other.metric, growth: other.growth })),
        reason,
        ...(main?.where === undefined ? {} : { where: main.where }),
      }
    })
}

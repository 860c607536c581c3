import type { Component, ConditionResult, Culprit } from '../../types.js'
import { collectorDoes, everyCondition, whereConditionsDiffer } from './backend-words.js'
import { culpritOf } from './culprits.js'
import type { ConditionDecision } from './decide-condition.js'
import { decidingCondition, verdictUnder } from './deciding-condition.js'
import type { DecisionSettings } from '../types.js'

/** An agent that was judged under several conditions as one component. */
export function agentUnderAll(
  decided: readonly ConditionDecision[],
  index: number,
  settings: DecisionSettings,
): Component {
  const found = decided.flatMap(({ backend, components }) =>
    components.slice(index, index + 1).map(component => ({ backend, component })),
  )
  const conditions = found.map(({ backend, component }): ConditionResult => {
    const { verdict, growth, metrics, startBytes, reason, trials } = component
    return { backend, verdict, growth, metrics, startBytes, reason, trials }
  })
  const deciding = decidingCondition(conditions, settings)
  const component = found.find(({ backend }) => backend === deciding?.backend)?.component
  if (deciding === undefined || component === undefined)
    throw new Error('expected an agent in each condition')
  return {
    ...component,
    verdict: verdictUnder(conditions),
    reason: reasonOf(conditions, deciding),
    trials: conditions.reduce((sum, { trials }) => sum + trials, 0),
    conditions,
  }
}

/** The culprit that a component with conditions is, with all of them under which it leaks. */
export function culpritUnderAll(
  component: Component,
  settings: Pick<DecisionSettings, 'threshold'>,
): readonly Culprit[] {
  const leaks = (component.conditions ?? []).filter(({ verdict }) => verdict === 'leak')
  const deciding = decidingCondition(leaks, settings)
  if (deciding === undefined) return []
  const others = leaks.filter(leak => leak !== deciding).flatMap(({ metrics }) => metrics)
  return culpritOf(component, deciding.backend).map(culprit => {
    const named = new Set([culprit.metric, ...culprit.alsoGrows.map(({ metric }) => metric)])
    // What grows under another condition alone is no less a leak.
    const more = others
      .filter(({ verdict, metric }) => verdict === 'leak' && !named.has(metric) && named.add(metric))
      .map(({ metric, growth }) => ({ metric, growth }))
    return {
      ...culprit,
      backends: leaks.map(({ backend }) => backend),
      alsoGrows: [...culprit.alsoGrows, ...more],
    }
  })
}

function reasonOf(conditions: readonly ConditionResult[], deciding: ConditionResult): string {
  const backends = conditions.map(({ backend }) => backend)
  const same = conditions.every(({ verdict }) => verdict === deciding.verdict)
  const it = `while it ${collectorDoes([deciding.backend])}`
  if (deciding.verdict === 'inconclusive') {
    const which = same ? `Not settled under ${everyCondition(backends)}.` : whereConditionsDiffer(conditions)
    const open = conditions.filter(({ verdict }) => verdict === 'inconclusive')
    if (open.length === 1) return `${which} ${deciding.reason}`
    const each = open.map(
      ({ backend, reason }) => `While the collector ${collectorDoes([backend])}: ${reason}`,
    )
    return [which, ...each].join(' ')
  }
  if (!same) return `${whereConditionsDiffer(conditions)} ${deciding.reason}`
  return deciding.verdict === 'leak'
    ? `It leaks under ${everyCondition(backends)}, most ${it}. ${deciding.reason}`
    : `Clean under ${everyCondition(backends)}; the largest bound is that ${it}. ${deciding.reason}`
}

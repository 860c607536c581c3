import type { Because } from '../because.js'
import type { DecidedComponent, DecidedCondition, DecidedCulprit } from '../decided.js'
import { culpritOf } from './culprits.js'
import type { ConditionDecision } from './decide-condition.js'
import { decidingCondition, verdictUnder } from './deciding-condition.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** An agent that was judged under several conditions as one component. */
export function agentUnderAll(
  decided: readonly ConditionDecision[],
  index: number,
  settings: DecisionSettings,
): DecidedComponent {
  const found = decided.flatMap(({ backend, components }) =>
    components.slice(index, index + 1).map(component => ({ backend, component })),
  )
  const conditions = found.map(({ backend, component }): DecidedCondition => {
    const { verdict, growth, metrics, startBytes, because, trials, judged } = component
    return { backend, verdict, growth, metrics, startBytes, because, trials, judged }
  })
  const deciding = decidingCondition(conditions, settings)
  const component = found.find(({ backend }) => backend === deciding?.backend)?.component
  if (deciding === undefined || component === undefined)
    throw new Error('expected an agent in each condition')
  return {
    ...component,
    verdict: verdictUnder(conditions),
    because: becauseOf(conditions, deciding),
    trials: conditions.reduce((sum, { trials }) => sum + trials, 0),
    conditions,
  }
}

/** The culprit that a component with conditions is, with all of them under which it leaks. */
export function culpritUnderAll(
  component: DecidedComponent,
  settings: Pick<DecisionSettings, 'threshold'>,
): readonly DecidedCulprit[] {
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

function becauseOf(conditions: readonly DecidedCondition[], deciding: DecidedCondition): readonly Because[] {
  const { backend, verdict, because } = deciding
  const same = conditions.every(one => one.verdict === verdict)
  const overview: Because = same
    ? {
        about: 'conditions',
        code: CODES[verdict],
        backends: conditions.map(one => one.backend),
        deciding: backend,
      }
    : differ(conditions)
  const open = conditions.filter(one => one.verdict === 'inconclusive')
  // What it holds under another condition is told whatever decides.
  const held = conditions
    .filter(one => one.backend !== backend)
    .flatMap(one => one.because.filter(({ about }) => about === 'held'))
  if (verdict !== 'inconclusive' || open.length === 1) return [overview, ...because, ...held]
  return [
    overview,
    ...open.map((one): Because => ({
      about: 'conditions',
      code: 'under',
      backend: one.backend,
      because: one.because,
    })),
  ]
}

const CODES = { leak: 'all-leak', clean: 'all-clean', inconclusive: 'none-settled' } as const

/** Under which conditions something leaks, is not settled, is clean. */
export function differ(conditions: readonly Pick<DecidedCondition, 'backend' | 'verdict'>[]): Because {
  return {
    about: 'conditions',
    code: 'differ',
    conditions: conditions.map(({ backend, verdict }) => ({ backend, verdict })),
  }
}

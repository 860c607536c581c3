import type { Because } from '../because.js'
import type { Decision } from '../types.js'

/** What is still open when the budget is spent says so. */
export function overBudget(decision: Decision, budgetMs: number, spentMs: number | null = null): Decision {
  const spent: Because = { about: 'budget', code: 'spent', budgetMs, spentMs }
  const noted = <T extends { readonly verdict: string; readonly because: readonly Because[] }>(one: T): T =>
    one.verdict === 'inconclusive' ? { ...one, because: [spent, ...one.because] } : one
  return {
    ...decision,
    components: decision.components.map(component => ({
      ...noted(component),
      ...(component.conditions === undefined ? {} : { conditions: component.conditions.map(noted) }),
    })),
  }
}

import type { Decision } from '../types.js'

/** What is still open when the budget is spent says so. */
export function overBudget(decision: Decision, budgetMs: number): Decision {
  const note = `budgetMs (${budgetMs} ms) was spent before it was decided. `
  const noted = <T extends { readonly verdict: string; readonly reason: string }>(one: T): T =>
    one.verdict === 'inconclusive' ? { ...one, reason: note + one.reason } : one
  return {
    ...decision,
    components: decision.components.map(component => ({
      ...noted(component),
      ...(component.conditions === undefined ? {} : { conditions: component.conditions.map(noted) }),
    })),
  }
}

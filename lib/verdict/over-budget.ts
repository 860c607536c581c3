import type { Decision } from './types.js'

/** What is still open when the budget is spent says so. */
export function overBudget(decision: Decision, budgetMs: number): Decision {
  const note = `budgetMs (${budgetMs} ms) was spent before it was decided. `
  return {
    ...decision,
    components: decision.components.map(component =>
      component.verdict === 'inconclusive' ? { ...component, reason: note + component.reason } : component,
    ),
  }
}

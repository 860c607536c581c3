import type { PlannedTrialInfo } from '../../types/index.js'

/** Key of what a trial launches: a set of agents and how their collector behaves. */
export function variantKey({ agents, backend }: Pick<PlannedTrialInfo, 'agents' | 'backend'>): string {
  return JSON.stringify([backend, ...agents])
}

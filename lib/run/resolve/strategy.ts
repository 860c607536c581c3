import { findConflict } from '../../agents/find-conflict.js'
import { checkChoice } from '../../options/check/check-text.js'
import { invalidOption } from '../../options/check/invalid-option.js'
import type { ResolvedAgent, ResolvedOptions } from '../../options/resolved.js'

/** Most agents that `auto` tries one at a time: from there on halving needs fewer trials. */
const MOST_FOR_EACH = 4

const STRATEGIES = ['auto', 'each', 'halving'] as const

/**
 * Which sets are launched (of shards each agent, since they do not know of each other), and why not all agents together, where two of them exclude each other.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, also for `halving` of agents that exclude each other
 */
export function resolveStrategy(
  agents: readonly ResolvedAgent[],
  value: unknown = 'auto',
  sharded: boolean = false,
): Pick<ResolvedOptions, 'strategy' | 'conflict'> {
  const strategy = checkChoice('strategy', value, STRATEGIES)
  const conflict = findConflict(agents)
  if (strategy === 'halving' && conflict !== null) {
    throw invalidOption(
      `strategy 'halving' needs agents that can be on together, but ${conflict}: use 'each', or give one of them less`,
    )
  }
  if (strategy !== 'auto') return { strategy, conflict }
  const halves = agents.length > MOST_FOR_EACH && conflict === null && !sharded
  return { strategy: halves ? 'halving' : 'each', conflict }
}

import { invalidOption } from '../../options/check/check-object.js'
import { IsolateLeakError } from '../../errors.js'
import { shardParts } from '../../decide/next/shards.js'
import type { ResolvedAgent, ResolvedOptions } from '../../options/resolved.js'
import type { IsolateLeakOptions } from '../../options/types.js'
import { findConflict } from '../../agents/find-conflict.js'

/** What is for one run of the experiment, and not where one answer is looked for step by step. */
const OF_ONE_RUN = ['shard', 'history', 'notify'] as const

/**
 * Refuses what only runs of isolateLeak() have.
 * @throws IsolateLeakError `ERR_OPTION_UNSUPPORTED`
 */
export function refuseOfOneRun(owner: string, given: Readonly<Record<string, unknown>>): void {
  const name = OF_ONE_RUN.find(one => given[one] !== undefined)
  if (name === undefined) return
  throw new IsolateLeakError(
    'ERR_OPTION_UNSUPPORTED',
    `${owner}: ${name} is not supported, isolateLeak() takes it`,
  )
}

/**
 * Refuses shards of what cannot be split.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function checkShard(
  { shard, backends, strategy }: Pick<ResolvedOptions, 'shard' | 'backends' | 'strategy'>,
  agents: readonly ResolvedAgent[],
): void {
  if (shard === null) return
  if (strategy === 'halving') {
    throw invalidOption(
      "strategy 'halving' decides step by step what is launched next, which machines that do not know of each other cannot: " +
        "use 'each' with shards",
    )
  }
  const parts = shardParts(
    { agents: agents.map(({ name, requires }) => ({ name, requires })), backends },
    shard.count,
  )
  if (parts.length < shard.count) {
    throw invalidOption(
      `shard.count must be at most ${String(parts.length)}, as many as there are agents times backends to split, got ${String(shard.count)}`,
    )
  }
}

/** Most agents that `auto` tries one at a time: from there on halving needs fewer trials. */
const MOST_FOR_EACH = 4

/**
 * Which sets are launched (of shards each agent, since they do not know of each other), and why not all agents together, where two of them exclude each other.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, also for `halving` of agents that exclude each other
 */
export function resolveStrategy(
  agents: readonly ResolvedAgent[],
  strategy: NonNullable<IsolateLeakOptions['strategy']> = 'auto',
  sharded: boolean = false,
): Pick<ResolvedOptions, 'strategy' | 'conflict'> {
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

import { checkNumber } from '../../options/check/check-number.js'
import { checkObject } from '../../options/check/check-object.js'
import { invalidOption } from '../../options/check/invalid-option.js'
import { IsolateLeakError } from '../../errors.js'
import { shardParts } from '../../decide/next/shards.js'
import type { Shard } from '../../types/decision-settings.js'
import type { ResolvedAgent, ResolvedOptions } from '../../options/resolved.js'

const MOST = 1_000

/**
 * Which part of the experiment is run; `null`: all of it.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`, also where there is less to split than machines to run it
 */
export function resolveShard(value: unknown): Shard | null {
  if (value === undefined) return null
  const given = checkObject('shard', value)
  const unknown = Object.keys(given).find(name => name !== 'index' && name !== 'count')
  if (unknown !== undefined) throw invalidOption(`shard has no option named '${unknown}'`)
  const count = checkNumber('shard.count', given.count, { min: 1, max: MOST, integer: true })
  const index = checkNumber('shard.index', given.index, { min: 1, max: count, integer: true })
  return { index, count }
}

/**
 * Refuses `shard` where one answer is looked for step by step.
 * @throws IsolateLeakError `ERR_OPTION_UNSUPPORTED`
 */
export function refuseShard(owner: string, given: object): void {
  if (!('shard' in given) || given.shard === undefined) return
  throw new IsolateLeakError(
    'ERR_OPTION_UNSUPPORTED',
    `${owner}: shard is not supported, isolateLeak() takes it`,
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

import type { Backend, TrialRecord } from '../../types/index.js'
import { closureOf } from '../growth/arms.js'
import { backendsOf } from '../growth/conditions.js'
import { SET_HYPOTHESES } from '../decide.js'
import type { DecisionSettings, Shard } from '../../types/decision-settings.js'
import type { ArmState } from '../types.js'

/** What one machine launches, besides the application alone. */
export interface ShardPart {
  /** Agents, with all that they require. */
  readonly agents: readonly string[]
  readonly backends: readonly Backend[]
  /** Whether sets of agents that do not require each other are its, under its conditions. */
  readonly sets: boolean
}

/**
 * Splits conditions first, then agents: with no more machines than conditions each takes whole conditions, otherwise each
 * has a share of the agents under one of them. Agents stay with those that they require.
 * @returns a part for each machine, or fewer where there is not enough to split
 */
export function shardParts(
  settings: Pick<DecisionSettings, 'agents' | 'backends'>,
  count: number,
): readonly ShardPart[] {
  const backends = backendsOf(settings)
  if (count <= backends.length) {
    const agents = settings.agents.map(({ name }) => name)
    return dealt(backends, count).map(own => ({ agents, backends: own, sets: true }))
  }
  const groups = agentGroups(settings)
  return dealt(
    Array.from({ length: count }, (_, index) => index),
    backends.length,
  ).flatMap((machines, index) =>
    dealt(groups, Math.min(machines.length, Math.max(1, groups.length))).map((own, machine, all) => ({
      agents: own.flat(),
      backends: backends.slice(index, index + 1),
      // The last one has the fewest agents.
      sets: machine === all.length - 1,
    })),
  )
}

/** The arms that a machine launches. The application alone is launched by every one: machines differ. */
export function ownArms(arms: readonly ArmState[], settings: DecisionSettings, shard: Shard): ArmState[] {
  const part = partOf(settings, shard)
  return arms.filter(arm => arm.agents.length === 0 || isOwn(arm, part, settings))
}

/** The settings by which a machine judges what is its own, at the error rate of the whole experiment. */
export function ownSettings(settings: DecisionSettings, shard: Shard): DecisionSettings {
  const { agents, backends, sets } = partOf(settings, shard)
  const whole = agents.length === settings.agents.length
  const together = settings.together === true && whole && sets
  const hypotheses = (agents: number, backends: number, sets: boolean): number =>
    (agents + (sets ? SET_HYPOTHESES : 0)) * backends
  const all = hypotheses(
    settings.agents.length,
    backendsOf(settings).length,
    settings.together === true && settings.agents.length > 1,
  )
  const own = hypotheses(agents.length, backends.length, together && agents.length > 1)
  return {
    ...settings,
    agents: settings.agents.filter(({ name }) => agents.includes(name)),
    backends,
    together,
    others: Math.ceil((all - own) / backends.length),
  }
}

/** The trials that a machine judges by itself: not those of sets of which it has a part only. */
export function ownTrials(
  trials: readonly TrialRecord[],
  settings: DecisionSettings,
  shard: Shard,
): readonly TrialRecord[] {
  const { agents } = partOf(settings, shard)
  return trials.filter(trial => trial.agents.every(name => agents.includes(name)))
}

function partOf(settings: DecisionSettings, { index, count }: Shard): ShardPart {
  const part = shardParts(settings, count)[index - 1]
  if (part === undefined) throw new RangeError(`expected a shard of ${count}, got ${index}`)
  return part
}

function isOwn(
  { agents, backend }: Pick<ArmState, 'agents' | 'backend'>,
  part: ShardPart,
  settings: DecisionSettings,
): boolean {
  if (!part.backends.includes(backend)) return false
  const ofOneGroup = agentGroups(settings).some(group => agents.every(name => group.includes(name)))
  return ofOneGroup ? agents.every(name => part.agents.includes(name)) : part.sets
}

/** Agents that require each other, directly or not, in the order of the call. */
function agentGroups(settings: Pick<DecisionSettings, 'agents'>): readonly (readonly string[])[] {
  const groups: (readonly string[])[] = []
  for (const { name } of settings.agents) {
    const needed = closureOf([name], settings)
    const touched = groups.filter(group => group.some(member => needed.includes(member)))
    const merged = [...new Set([...touched.flat(), ...needed])]
    for (const group of touched) groups.splice(groups.indexOf(group), 1)
    groups.push(merged)
  }
  return groups
}

/** Items dealt out one by one, like cards. */
function dealt<T>(items: readonly T[], hands: number): T[][] {
  return Array.from({ length: hands }, (_, hand) => items.filter((_, index) => index % hands === hand))
}

import { armAgents } from '../agents/arm-agents.js'
import type { ResolvedOptions } from '../options/resolved.js'
import type { PlannedTrialInfo, TrialRecord } from '../types/index.js'
import type { TrialFailure } from './types.js'

/** What agents may bring about that start well by themselves, or under another condition of their collector. Everything else ends the run as ever. */
const KINDS: readonly TrialFailure['kind'][] = [
  'crashed',
  'exited',
  'not-ready',
  'port-in-use',
  'workload-failed',
  'sidecar-crashed',
  'sidecar-not-ready',
]

/**
 * The record of a set of agents that did not start or could not be driven: no error of the run, since every agent may
 * well run without the others. The same holds for an agent that started under the first condition of its collector and does
 * not under another. `null` where it is one: for the baseline, and for an agent with those it requires.
 * @param single whether such an agent is a record, too
 */
export function failedSetRecord(
  planned: PlannedTrialInfo,
  { kind, message }: TrialFailure,
  { agents, entry, backends }: Pick<ResolvedOptions, 'agents' | 'entry' | 'backends'>,
  single = false,
): TrialRecord | null {
  const isOne = agents.some(agent => {
    const own = armAgents(agents, [agent.name])
    return own.length === planned.agents.length && own.every(({ name }) => planned.agents.includes(name))
  })
  const isFirst = planned.backend === backends[0]
  if (planned.agents.length === 0 || (isOne && isFirst && !single) || !KINDS.includes(kind)) return null
  return {
    ...planned,
    outcome: { kind: 'not-started', message },
    samples: [],
    counts: null,
    loadedAgents: [],
    nodeVersion: entry.nodeVersion,
    heapLimitBytes: 0,
    holdMs: 0,
    warnings: [],
    timings: { readyMs: 0, loadMs: 0, settleMs: 0, totalMs: 0 },
  }
}

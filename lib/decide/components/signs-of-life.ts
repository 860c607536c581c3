import type { TrialRecord } from '../../types/index.js'
import type { DecidedWarning } from '../because.js'
import { BASELINE, armAgents, type ArmKey } from '../growth/arms.js'
import type { TrialBook } from '../growth/trial-book.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** Something that is there with an agent and not, or less often, in the application alone. */
export interface SignOfLife {
  /** What, as {@link TrialRecord.signs} names it. */
  readonly what: string
  /** How many more. */
  readonly more: number
}

const GLOBAL = /^(?:further )?global\b/

/** Sums of what is listed by name, or not the agent's alone. */
const NAMED_ELSEWHERE = new Set(['Timeout', 'Immediate', 'TickObject'])

/**
 * What every trial with an agent has more of than any of the application alone; `null` where it is not known of both. Something that a
 * collector received is no part of it: {@link hasReported}.
 */
export function signsOfLife(
  arm: readonly TrialRecord[],
  baseline: readonly TrialRecord[],
): readonly SignOfLife[] | null {
  const withIt = arm.flatMap(countsOf)
  const without = baseline.flatMap(countsOf)
  const [first, ...others] = withIt
  if (first === undefined || without.length === 0) return null
  return [...first].flatMap(([what, count]) => {
    const least = Math.min(count, ...others.map(counts => counts.get(what) ?? 0))
    const more = least - Math.max(...without.map(counts => counts.get(what) ?? 0))
    return more > 0 ? [{ what, more }] : []
  })
}

/** Whether the collector of any agent heard anything in one of these trials. */
export function hasReported(trials: readonly TrialRecord[]): boolean {
  return trials.some(({ collectors = [] }) => collectors.some(({ atEnd }) => atEnd.requests > 0))
}

/** What one trial had at its start and later; nothing where that is not known. */
function countsOf({ signs, samples }: TrialRecord): readonly ReadonlyMap<string, number>[] {
  if (signs === undefined) return []
  const start = samples.find(({ kind, operations }) => kind === 'grid' && operations === 0)
  const { fds = null, contexts = null } = start?.values ?? {}
  const resources = Object.entries(start?.resources ?? {}).filter(([type]) => !NAMED_ELSEWHERE.has(type))
  return [
    new Map<string, number>([
      ...Object.entries(signs),
      ...resources.map(([type, count]): [string, number] => [`open ${type}`, count]),
      ['file descriptor', fds ?? 0],
      ['context', contexts ?? 0],
      ['worker thread', start?.workers ?? 0],
      ['child process', start?.children ?? 0],
    ]),
  ]
}

/** Says of agents that did nothing that could be seen: what they hold, or do not, is no answer. */
export function lifeWarnings(
  arms: readonly ArmKey[],
  book: TrialBook,
  settings: DecisionSettings,
): readonly DecidedWarning[] {
  const baseline = book.all(BASELINE)
  // Sets are looked at for those that were never on alone.
  const alone = new Set(arms.map(armAgents).flatMap(agents => (agents.length === 1 ? agents : [])))
  return arms.flatMap((arm): DecidedWarning[] => {
    const agents = armAgents(arm)
    const trials = book.all(arm)
    if (agents.length === 0 || (agents.length > 1 && agents.every(name => alone.has(name)))) return []
    const isTold = trials.some(({ warnings }) => warnings.some(({ code }) => code === 'AGENT_INERT'))
    const loads = new Set(agents.map(name => settings.agents.find(agent => agent.name === name)?.loads))
    const [only = 'file', ...others] = loads
    // A package may leave globals where it is only loaded; in a file of the caller's they say that something has started.
    const isByName = only === 'package' && others.length === 0
    const signs = signsOfLife(trials, baseline)?.filter(({ what }) => !isByName || !GLOBAL.test(what))
    if (isTold || hasReported(trials) || signs?.length !== 0) return []
    return [
      {
        code: 'AGENT_INERT',
        because: {
          ...{ code: 'lifeless', arm, loads: others.length > 0 ? 'file' : only },
          isSilent: trials.some(({ collectors = [] }) => collectors.some(({ elsewhere }) => !elsewhere)),
        },
        downgrades: true,
        agents,
      },
    ]
  })
}

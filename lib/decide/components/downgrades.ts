import type { WarningCode } from '../../types/index.js'
import type { DecidedWarning } from '../because.js'
import { armKey } from '../growth/arms.js'
import type { ArmKey, Subject } from '../growth/arms.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** Which verdicts of a component a warning takes to inconclusive. */
interface Downgrade {
  /** On a trial of its own arm. */
  readonly clean: boolean
  /** A leak by the second; one by the operation never. */
  readonly leakBySecond: boolean
  /** On a trial of its reference: what it is compared with was measured wrongly. */
  readonly referenceClean: boolean
}

const NONE: Downgrade = { clean: false, leakBySecond: false, referenceClean: false }
const CLEAN: Downgrade = { ...NONE, clean: true }

/**
 * What each warning takes away. Growth that was shown stays shown when something went unmeasured or was cut short; it
 * does not when time was wrong and growth is per second. A reference that did less work, or failed now and then, only makes a clean verdict harder.
 */
const DOWNGRADES: Readonly<Record<WarningCode, Downgrade>> = {
  // Enters every interval as a systematic uncertainty, so it needs no rule of its own.
  UNSETTLED: NONE,
  LOAD_INCOMPLETE: CLEAN,
  AGENT_ENGINE: CLEAN,
  AGENT_INERT: CLEAN,
  // What was to be compared was not exercised, with or without the agent.
  ANSWERS_REFUSED: { ...CLEAN, referenceClean: true },
  NEAR_HEAP_LIMIT: { ...CLEAN, referenceClean: true },
  CLOCK_JUMP: { clean: true, leakBySecond: true, referenceClean: true },
  TRIAL_FAILED: CLEAN,
  TRIAL_APART: CLEAN,
  GROWS_UNDER_LOAD: CLEAN,
  CHILD_PROCESSES_UNMEASURED: CLEAN,
  WORKER_THREADS_UNMEASURED: CLEAN,
  OTHER_SERVERS: { ...CLEAN, referenceClean: true },
  RSS_GROWTH: CLEAN,
  ENVIRONMENT_DROPPED: CLEAN,
  PACKAGE_CACHED: NONE,
  NOISY: NONE,
  FEW_OPERATIONS: CLEAN,
  EVIDENCE_UNAVAILABLE: NONE,
  // These concern sets of agents, not what a component does alone.
  TOGETHER_UNSETTLED: NONE,
  TOGETHER_GROWS: NONE,
  SHARDS_DIFFER: NONE,
  LEAK_SUPPRESSED: NONE,
  // These come after the verdict.
  NOTIFY_FAILED: NONE,
  HISTORY_FAILED: NONE,
  ERRORS_PRINTED: NONE,
}

/** The warnings that take a verdict from a component; none with `downgrades: false` ever does. */
export function downgradesOf(
  subject: Subject,
  verdict: 'clean' | 'leak',
  warnings: readonly DecidedWarning[],
  settings: DecisionSettings,
): readonly DecidedWarning[] {
  const order = settings.agents.map(agent => agent.name)
  return warnings.filter(warning => {
    if (!warning.downgrades) return false
    const rule = DOWNGRADES[warning.code]
    const arm: ArmKey | null = warning.agents === undefined ? null : armKey(warning.agents, order)
    if (arm === null || arm === subject.arm) {
      return verdict === 'clean' ? rule.clean : rule.leakBySecond && settings.unit === 'second'
    }
    return arm === subject.reference && verdict === 'clean' && rule.referenceClean
  })
}

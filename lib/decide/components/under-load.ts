import type { TrialRecord } from '../../types/index.js'
import type { DecidedWarning } from '../because.js'
import { armAgents } from '../growth/arms.js'
import { growthUnit } from '../growth/growth.js'
import { thresholdOf } from '../growth/thresholds.js'
import type { TrialBook } from '../growth/trial-book.js'
import { gridSample } from '../growth/trial-growth.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import type { Standing } from '../standing/standing.js'

/** Fewest trials that must agree. */
const FEWEST = 2

/** Of what idle time releases, so much at least goes with connections where they are what kept it. */
const SHARE = 0.5

/**
 * Heap that is kept on connections while the load lasts, more the longer it lasts, and that goes when they close: readings at rest never see
 * it, and traffic that does not pause never releases it. What pools and buffers of connections take is the same after rounds of any length.
 */
export function underLoadWarnings(
  { replay: { subject, operations, arm, reference } }: Standing,
  book: TrialBook,
  settings: DecisionSettings,
): readonly DecidedWarning[] {
  if (settings.unit === 'second' || operations === 0) return []
  const threshold = thresholdOf('heap', settings, operations)
  const usual = Math.max(0, ...(reference ?? []).map(perOperation))
  const least = arm.length < FEWEST ? 0 : Math.min(...arm.map(perOperation)) - usual
  const idle = Math.max(0, ...book.completed(subject.arm, 'retention', operations).map(releasedWith))
  const growth = Math.max(least, idle)
  if (growth <= threshold) return []
  const own = [...arm, ...book.completed(subject.arm, 'retention', operations)]
  return [
    {
      code: 'GROWS_UNDER_LOAD',
      because: {
        ...{ code: 'under-load', arm: subject.arm, growth, unit: growthUnit('heap', settings.unit) },
        most: Math.max(
          ...own.flatMap(({ samples }) => samples).map(({ withConnections = 0 }) => withConnections),
        ),
      },
      downgrades: true,
      agents: armAgents(subject.arm),
    },
  ]
}

/** By how much more went after the last round, twice as long as the one before, for each operation that it had more. */
function perOperation(trial: TrialRecord): number {
  const [quarter, half, end] = [
    gridSample(trial, 'quarter'),
    gridSample(trial, 'half'),
    gridSample(trial, 'end'),
  ]
  const more = end.operations - half.operations - (half.operations - quarter.operations)
  return ((end.withConnections ?? 0) - (half.withConnections ?? 0)) / more
}

/** What idle time released for each operation, where most of it went with connections. */
function releasedWith(trial: TrialRecord): number {
  const retained = trial.samples.find(({ kind }) => kind === 'retained')
  const end = gridSample(trial, 'end')
  const released = (end.values.heap ?? 0) - (retained?.values.heap ?? NaN)
  const gone = retained?.withConnections ?? 0
  return released > 0 && gone >= SHARE * released ? gone / trial.operations : 0
}

import type { Verdict } from '../../types/index.js'
import type { MetricLook, Replay } from '../rule/replay.js'
import type { Retention } from '../rule/retention-rule.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** The verdict on one metric, from its last look and, where it was accused, from the retention trial. */
export function metricVerdict(
  look: MetricLook,
  taken: Replay,
  retention: Retention | null,
  settings: DecisionSettings,
): Verdict {
  if (look.status === 'leak' && taken.state === 'leak') {
    if (retention === null) return settings.retentionMs === 0 ? 'leak' : 'inconclusive'
    return retention.kind === 'kept' ? 'leak' : retention.kind === 'released' ? 'clean' : 'inconclusive'
  }
  return look.clean ? 'clean' : 'inconclusive'
}

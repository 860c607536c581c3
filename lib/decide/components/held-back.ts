import type { Because } from '../because.js'
import { heldWithin } from '../growth/without-held.js'
import type { Replay } from '../rule/replay.js'
import type { DecisionSettings } from '../../types/decision-settings.js'

/** Less needs no word. */
const LEAST_BYTES = 1_048_576

/** Array buffers that an agent fills while its collector does not answer, and that were not taken for growth. */
export function heldBack(
  { subject, arm }: Pick<Replay, 'subject' | 'arm'>,
  settings: Pick<DecisionSettings, 'agents'>,
): Extract<Because, { about: 'held' }> | null {
  const held = heldWithin(arm, settings)
  const [trial] = arm
  if (held === null || trial === undefined || held.bytes < LEAST_BYTES) return null
  return { about: 'held', code: 'within', arm: subject.arm, backend: trial.backend, ...held }
}

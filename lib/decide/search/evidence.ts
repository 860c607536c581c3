import type { Subject } from '../growth/arms.js'
import type { TrialBook } from '../growth/trial-book.js'
import type { DecisionSettings } from '../../types/decision-settings.js'
import { standingOf, type Standing } from '../standing/standing.js'

/** What a search may ask of the trials so far. */
export interface Evidence {
  readonly settings: DecisionSettings
  readonly book: TrialBook
  standing(subject: Subject): Standing
}

/**
 * @param remaining hypotheses that are not rejected yet (Holm)
 */
export function gatherEvidence(book: TrialBook, settings: DecisionSettings, remaining: number): Evidence {
  const known = new Map<string, Standing>()
  return {
    settings,
    book,
    standing(subject) {
      const key = `${subject.kind} ${subject.arm} ${String(subject.reference)}`
      const found = known.get(key) ?? standingOf(subject, book, settings, remaining)
      known.set(key, found)
      return found
    },
  }
}

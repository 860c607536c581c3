import type { Metric, Verdict } from '../../types.js'
import type { Subject } from '../growth/arms.js'
import { judge } from '../standing/judgement.js'
import type { Judgement } from '../standing/judgement.js'
import { metricVerdict } from '../standing/metric-verdict.js'
import { replay } from '../rule/replay.js'
import type { MetricLook } from '../rule/replay.js'
import type { TrialBook } from '../growth/trial-book.js'
import type { DecisionSettings } from '../settings.js'

/** What the trials so far say about one component or set. */
export interface Judged {
  readonly judgement: Judgement
  /** Before warnings take anything away. */
  readonly verdict: Verdict
  /** What the looks show, whether or not idle time releases it; `failed`: too many of its trials did. */
  readonly shown: 'leak' | 'clean' | 'open' | 'failed'
}

/** What a search may ask of the trials so far. */
export interface Evidence {
  readonly settings: DecisionSettings
  readonly book: TrialBook
  judged(subject: Subject): Judged
}

/**
 * @param remaining hypotheses that are not rejected yet (Holm)
 */
export function gatherEvidence(book: TrialBook, settings: DecisionSettings, remaining: number): Evidence {
  const known = new Map<string, Judged>()
  return {
    settings,
    book,
    judged(subject) {
      const key = `${subject.kind} ${subject.arm} ${String(subject.reference)}`
      const found = known.get(key) ?? judged(subject, book, settings, remaining)
      known.set(key, found)
      return found
    },
  }
}

function judged(subject: Subject, book: TrialBook, settings: DecisionSettings, remaining: number): Judged {
  const judgement = judge(replay(subject, book, settings, remaining), book, settings)
  const verdict = verdictOf(judgement, settings)
  return { judgement, verdict, shown: shownBy(judgement, verdict) }
}

function verdictOf({ replay: taken, failure, retention }: Judgement, settings: DecisionSettings): Verdict {
  if (failure !== null && failure.kind !== 'needs-reference') return failure.kind
  const verdicts = taken.metrics.map(look =>
    metricVerdict(look, taken, retention.get(look.metric) ?? null, settings),
  )
  if (verdicts.includes('leak')) return 'leak'
  return verdicts.length > 0 && verdicts.every(verdict => verdict === 'clean') ? 'clean' : 'inconclusive'
}

function shownBy({ replay: taken, failure }: Judgement, verdict: Verdict): Judged['shown'] {
  if (taken.state === 'leak' || failure?.kind === 'leak') return 'leak'
  if (failure?.kind === 'inconclusive') return 'failed'
  return verdict === 'clean' ? 'clean' : 'open'
}

/** The last look at one metric. */
export function lookAt({ judgement }: Judged, metric: Metric): MetricLook | undefined {
  return judgement.replay.metrics.find(look => look.metric === metric)
}

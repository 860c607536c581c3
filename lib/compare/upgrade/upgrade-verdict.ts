import type { Verdict } from '../../types/index.js'
import type { UpgradeVerdict } from './types.js'

/**
 * What the verdicts of the two versions mean for the rollout. The question is whether the new version leaks; what the old
 * one does only tells an improvement from a matter of course.
 */
export function upgradeVerdict(from: Verdict, to: Verdict): UpgradeVerdict {
  switch (to) {
    case 'clean':
      return from === 'leak' ? 'fixes' : 'safe'
    case 'leak':
      return from === 'leak' ? 'both leak' : 'leaks'
    case 'inconclusive':
      return 'inconclusive'
  }
}

/** The verdict in a sentence. */
export function upgradeReason(
  verdict: UpgradeVerdict,
  { agent, from, to, fromVerdict }: { agent: string; from: string; to: string; fromVerdict: Verdict },
): string {
  const candidate = `${agent} ${to}`
  const open = fromVerdict === 'inconclusive' ? `; whether ${from} does was not settled` : ''
  switch (verdict) {
    case 'safe':
      return `${candidate} adds no growth above the threshold${open}`
    case 'fixes':
      return `${candidate} adds no growth above the threshold, ${from} does`
    case 'leaks':
      return `${candidate} leaks${open === '' ? `, ${from} does not` : open}`
    case 'both leak':
      return `${candidate} leaks, as ${from} does`
    case 'inconclusive':
      return `whether ${candidate} leaks was not settled${fromVerdict === 'leak' ? `; ${from} does` : ''}`
  }
}

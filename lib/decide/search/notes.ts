import { setName } from '../growth/arms.js'
import type { Search } from './findings.js'

/** Notes that agents which do not leak alone grow together by more than the threshold, but by no more than their sum. */
export function sumGrows(set: readonly string[], { evidence, findings }: Search): void {
  findings.warnings.push({
    code: 'TOGETHER_GROWS',
    message: `${setName(set, evidence.settings)} together grow by more than the threshold, which is the sum of little from each: none of them does alone`,
    downgrades: false,
    agents: set,
  })
}

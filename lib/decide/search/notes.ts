import { setName } from '../growth/arms.js'
import type { Search } from './findings.js'

/** Notes that agents which do not leak alone grow together by more than the threshold, but by no more than their sum. */
export function sumGrows(set: readonly string[], { evidence, findings }: Search): void {
  findings.warnings.push({
    code: 'TOGETHER_GROWS',
    because: { code: 'sum-grows', name: setName(set, evidence.settings) },
    downgrades: false,
    agents: set,
  })
}

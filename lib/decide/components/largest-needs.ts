import type { Need } from '../types.js'

/** For each purpose and size the largest number that is wanted. */
export function largestNeeds(needs: readonly Need[]): readonly Need[] {
  const byKind = new Map<string, Need>()
  for (const need of needs) {
    const kind = `${need.purpose} ${String(need.operations)}`
    if ((byKind.get(kind)?.trials ?? 0) < need.trials) byKind.set(kind, need)
  }
  return [...byKind.values()]
}

import type { AccountedClass, AccountedCluster, HeapAccount } from '../heap/account/heap-account.js'

/** Below this part of what is added in all it is noise. An object is small, whatever it holds. */
const LEAST_SHARE = { classes: 0.002, clusters: 0.02 }
/** Growth that is there without the culprit, too, is subtracted; what is left must be this part of it. */
const LEAST_REST = 0.2

/** Classes that grow with the operations, and more than without the culprit; most bytes first. */
export function grownClasses(subject: HeapAccount, counterpart: HeapAccount | null): AccountedClass[] {
  return beyond(subject, subject.classes, counterpart?.classes ?? [], LEAST_SHARE.classes)
}

/** The same of what was added, by what holds it. */
export function grownClusters(subject: HeapAccount, counterpart: HeapAccount | null): AccountedCluster[] {
  return beyond(subject, subject.clusters, counterpart?.clusters ?? [], LEAST_SHARE.clusters)
}

/** The same of objects that gain entries. */
export function grownContainers(subject: HeapAccount, counterpart: HeapAccount | null): AccountedCluster[] {
  return beyond(subject, subject.containers, counterpart?.containers ?? [], LEAST_SHARE.classes)
}

function beyond<T extends AccountedClass | AccountedCluster>(
  { addedBytesPerOperation }: HeapAccount,
  grown: readonly T[],
  others: readonly T[],
  leastShare: number,
): T[] {
  const without = new Map<string, { perOperation: number; bytesPerOperation: number }>()
  for (const { key, perOperation, bytesPerOperation } of others) {
    const known = without.get(key) ?? { perOperation: 0, bytesPerOperation: 0 }
    without.set(key, {
      perOperation: known.perOperation + Math.max(0, perOperation),
      bytesPerOperation: known.bytesPerOperation + Math.max(0, bytesPerOperation),
    })
  }
  return grown
    .filter(({ isProportional }) => isProportional)
    .flatMap(one => {
      const other = without.get(one.key) ?? { perOperation: 0, bytesPerOperation: 0 }
      const rest = {
        ...one,
        perOperation: one.perOperation - other.perOperation,
        bytesPerOperation: one.bytesPerOperation - other.bytesPerOperation,
      }
      const isLeft = rest.bytesPerOperation > LEAST_REST * one.bytesPerOperation && rest.bytesPerOperation > 0
      return isLeft && rest.bytesPerOperation >= leastShare * addedBytesPerOperation ? [rest] : []
    })
    .sort((a, b) => b.bytesPerOperation - a.bytesPerOperation)
}

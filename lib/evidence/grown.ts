import type { AccountedClass, AccountedCluster, HeapAccount } from '../heap/heap-account.js'
import { sep } from 'node:path'
import type { EvidencePlace } from '../types/index.js'

/** Below this part of what is added in all it is noise. An object is small, whatever it holds. */
const LEAST_SHARE = { classes: 0.002, clusters: 0.02 }
/** Growth that is there without the culprit, too, is subtracted; what is left must be this part of it. */
const LEAST_REST = 0.2

/** Classes that grow with the operations, and more than without the culprit; most bytes of their own first. */
export function grownClasses(subject: HeapAccount, counterpart: HeapAccount | null): AccountedClass[] {
  const others = counterpart?.classes ?? []
  return largest(subject, subject.classes, others, LEAST_SHARE.classes).map(one => {
    const without = others
      .filter(({ key }) => key === one.key)
      .reduce((sum, { heldBytesPerOperation }) => sum + Math.max(0, heldBytesPerOperation), 0)
    return {
      ...one,
      heldBytesPerOperation: Math.max(one.bytesPerOperation, one.heldBytesPerOperation - without),
    }
  })
}

/** The same of what was added, by what holds it. */
export function grownClusters(subject: HeapAccount, counterpart: HeapAccount | null): AccountedCluster[] {
  return largest(subject, subject.clusters, counterpart?.clusters ?? [], LEAST_SHARE.clusters)
}

/** Objects that gain entries, whatever those take: what they keep may lie outside of the heap. */
export function grownContainers(subject: HeapAccount, counterpart: HeapAccount | null): AccountedCluster[] {
  return rests(subject.containers, counterpart?.containers ?? [])
    .filter(({ one, rest }) => rest.perOperation > LEAST_REST * one.perOperation)
    .map(({ rest }) => rest)
    .sort((a, b) => b.bytesPerOperation - a.bytesPerOperation || b.perOperation - a.perOperation)
}

function largest<T extends AccountedClass | AccountedCluster>(
  { addedBytesPerOperation }: HeapAccount,
  grown: readonly T[],
  others: readonly T[],
  leastShare: number,
): T[] {
  return rests(grown, others)
    .filter(({ one, rest }) => rest.bytesPerOperation > LEAST_REST * one.bytesPerOperation)
    .map(({ rest }) => rest)
    .filter(({ bytesPerOperation }) => bytesPerOperation > 0)
    .filter(({ bytesPerOperation }) => bytesPerOperation >= leastShare * addedBytesPerOperation)
    .sort((a, b) => b.bytesPerOperation - a.bytesPerOperation)
}

/** What grew as operations did, less what grew without the culprit. */
function rests<T extends AccountedClass | AccountedCluster>(
  grown: readonly T[],
  others: readonly T[],
): { readonly one: T; readonly rest: T }[] {
  const without = new Map<string, { perOperation: number; bytesPerOperation: number }>()
  for (const { key, perOperation, bytesPerOperation } of others) {
    const known = without.get(key)
    without.set(key, {
      perOperation: (known?.perOperation ?? 0) + Math.max(0, perOperation),
      bytesPerOperation: (known?.bytesPerOperation ?? 0) + Math.max(0, bytesPerOperation),
    })
  }
  return grown
    .filter(({ isProportional }) => isProportional)
    .map(one => {
      const other = without.get(one.key)
      const perOperation = one.perOperation - (other?.perOperation ?? 0)
      const bytesPerOperation = one.bytesPerOperation - (other?.bytesPerOperation ?? 0)
      return { one, rest: { ...one, perOperation, bytesPerOperation } }
    })
}

/** Tells whose code a place is in. */
export interface Ownership {
  /** The culprit's: in its folders, or in a script that only runs with it. */
  isCulprits(place: EvidencePlace): boolean
}

/**
 * @param folders files and folders of the culprit's agents
 * @param scripts of the application with the culprit
 * @param others of the application without it; `null`: there is no such trial, nothing is told apart by it
 */
export function ownership(
  folders: readonly string[],
  scripts: readonly string[],
  others: readonly string[] | null,
): Ownership {
  const loadedOnlyWithIt = new Set(others === null ? [] : scripts)
  for (const script of others ?? []) loadedOnlyWithIt.delete(script)
  return {
    isCulprits: ({ script, loaded = script }) =>
      loadedOnlyWithIt.has(loaded) ||
      folders.some(folder => loaded === folder || loaded.startsWith(folder + sep)),
  }
}

/** Node's own code, or code without a file: says nothing of whose it is. */
export function isNobodys({ script }: EvidencePlace): boolean {
  return script === '' || script.startsWith('node:') || script.startsWith('evalmachine.')
}

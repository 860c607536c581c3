import { className, masked, timersInWords } from './describe/class-name.js'
import { type PathStep, pathInWords } from './describe/path-in-words.js'
import type { AddedCluster, HeapDiff } from './heap-diff.js'
import type { HeapSnapshot, PackageOfScript, SourceLocation } from './heap-snapshot.js'
import { diffHeapSnapshots } from './diff/diff-heap-snapshots.js'
import { readHeapSnapshot } from './read-heap-snapshot.js'

/**
 * What three snapshots of one trial say of its growth, as plain data: names of classes, properties, variables and scripts, no
 * contents. Amounts are per operation.
 */
export interface HeapAccount {
  readonly classes: readonly AccountedClass[]
  readonly clusters: readonly AccountedCluster[]
  /** Maps, arrays and the like that were there before and gain entries: `steps` end with them. */
  readonly containers: readonly AccountedCluster[]
  /** Bytes that were added and are kept alive, per operation. */
  readonly addedBytesPerOperation: number
  /** Paths of all scripts with a function in the last snapshot. */
  readonly scripts: readonly string[]
}

export interface AccountedClass {
  /** The same in another trial. */
  readonly key: string
  readonly name: string
  readonly type: string
  readonly properties: readonly string[]
  readonly perOperation: number
  readonly bytesPerOperation: number
  /** With what only they hold. */
  readonly heldBytesPerOperation: number
  readonly isProportional: boolean
  readonly place: AccountedPlace | null
}

export interface AccountedCluster {
  /** The way in words, the same in another trial. */
  readonly key: string
  readonly steps: readonly AccountedStep[]
  /** Position in `steps` of the last object that was there before. */
  readonly holder: number
  readonly perOperation: number
  readonly bytesPerOperation: number
  readonly isProportional: boolean
  readonly place: AccountedPlace | null
}

interface AccountedStep {
  readonly by: string
  readonly name: string
  readonly place: AccountedPlace | null
}

const MOST_CLASSES = 150
const MOST_CLUSTERS = 60
const MOST_CONTAINERS = 20
const STEPS_BEFORE = 12
const STEPS_AFTER = 6

/**
 * @param last the third snapshot, which `diff` speaks of
 * @param operations from the first to the last
 * @param maskData replaces names that look like data
 */
export function heapAccount(
  diff: HeapDiff,
  last: HeapSnapshot,
  operations: number,
  maskData: (name: string) => string,
): HeapAccount {
  const scripts = scriptsOf(last)
  const isScript = new Set(scripts)
  // Modules are kept by the names of their scripts.
  const mask = (name: string): string => (isScript.has(name) ? name : maskData(name))
  return {
    classes: diff.classes.slice(0, MOST_CLASSES).map(grown => {
      const shown = masked(grown.class, mask)
      const timers = timersInWords(last, grown.class)
      return {
        key: grown.class.key,
        name: timers?.name ?? className(shown),
        type: shown.type,
        properties: shown.properties,
        perOperation: grown.perOperation,
        bytesPerOperation: grown.bytesPerOperation,
        heldBytesPerOperation: Math.max(grown.bytesPerOperation, diff.heldBytes(grown.class) / operations),
        isProportional: grown.isProportional ?? true,
        place: placeOf(timers?.location ?? grown.class.location),
      }
    }),
    clusters: alikeTogether(
      diff.clusters.slice(0, MOST_CLUSTERS).map(cluster => {
        const old = new Set(cluster.path.slice(0, cluster.oldSteps).map(({ to }) => to))
        const steps = pathInWords(last, cluster.path, mask)
        const holder = steps.findLastIndex(({ node }) => old.has(node))
        return accounted(cluster, steps, Math.max(0, holder), cluster.location, operations)
      }),
    ),
    containers: alikeTogether(
      diff.containers.slice(0, MOST_CONTAINERS).map(container => {
        const steps = pathInWords(last, last.pathTo(container.node) ?? [], mask)
        const place = steps.findLast(({ location }) => location !== null)?.location ?? null
        return accounted(container, steps, Math.max(0, steps.length - 1), place, operations)
      }),
    ),
    addedBytesPerOperation: diff.added.sizeBytes / operations,
    scripts,
  }
}

function accounted(
  grown: Pick<AddedCluster, 'perOperation' | 'leakShareBytes' | 'isProportional'>,
  path: readonly PathStep[],
  holder: number,
  location: SourceLocation | null,
  operations: number,
): AccountedCluster {
  const told = path.map(step => ({ by: step.by, name: step.name, place: placeOf(step.location) }))
  const { steps, holder: at } = aroundHolder(told, holder)
  return {
    key: steps.map(({ by, name }) => `${by} ${name}`).join(' > '),
    ...{ steps, holder: at, perOperation: grown.perOperation },
    bytesPerOperation: grown.leakShareBytes / operations,
    isProportional: grown.isProportional ?? true,
    place: placeOf(location),
  }
}

/** A chain leads through all its links: those around what it hangs on tell. */
function aroundHolder(
  steps: readonly AccountedStep[],
  holder: number,
): { readonly steps: readonly AccountedStep[]; readonly holder: number } {
  const from = Math.max(0, holder - STEPS_BEFORE)
  return { steps: steps.slice(from, holder + 1 + STEPS_AFTER), holder: holder - from }
}

/** What is held in the same way by many objects, such as connections, is one; the way of the largest stands for all. */
function alikeTogether(clusters: readonly AccountedCluster[]): AccountedCluster[] {
  const together = new Map<string, AccountedCluster>()
  for (const cluster of clusters) {
    const key = JSON.stringify([cluster.key, cluster.isProportional])
    const known = together.get(key)
    together.set(key, {
      ...(known ?? cluster),
      perOperation: (known?.perOperation ?? 0) + cluster.perOperation,
      bytesPerOperation: (known?.bytesPerOperation ?? 0) + cluster.bytesPerOperation,
    })
  }
  return [...together.values()]
}

/** Where it was written, by the source map where there is one. */
export function placeOf(location: SourceLocation | null): AccountedPlace | null {
  if (location === null) return null
  const { script, line, column } = location.original ?? location
  const loaded = location.original === undefined ? {} : { loaded: location.script }
  return { script, line, column, ...loaded, package: location.package }
}

function scriptsOf(snapshot: HeapSnapshot): string[] {
  const scripts = new Set<string>()
  for (const { type, location } of snapshot.classes()) {
    if (type === 'closure' && location !== null && location.script !== '') scripts.add(location.script)
  }
  return [...scripts].sort()
}

/** By the source map, where there is one. */
export interface AccountedPlace {
  readonly script: string
  /** The script that Node loaded, where a source map says that it was made of another. */
  readonly loaded?: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly package: PackageOfScript | null
}

/** A snapshot file, and the operations that had been performed when it was taken. */
interface SnapshotFile {
  readonly path: string
  readonly operations: number
}

/**
 * What three snapshots of one process say of its growth.
 * @param mask replaces names that look like data
 * @throws IsolateLeakError `ERR_SNAPSHOT_INVALID`, `ERR_SNAPSHOT_READ` or `ERR_ABORTED`
 */
export async function accountOfFiles(
  files: readonly [SnapshotFile, SnapshotFile, SnapshotFile],
  mask: (name: string) => string,
  signal: AbortSignal,
): Promise<HeapAccount> {
  const read = async ({ path }: SnapshotFile): Promise<HeapSnapshot> => readHeapSnapshot(path, { signal })
  const [first, second, third] = files
  const between = [second.operations - first.operations, third.operations - second.operations] as const
  const snapshots = [await read(first), await read(second), await read(third)] as const
  const diff = diffHeapSnapshots(...snapshots, { operations: between })
  return heapAccount(diff, snapshots[2], between[0] + between[1], mask)
}

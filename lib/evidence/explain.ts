import type {
  AllocationSite,
  Culprit,
  Evidence,
  EvidenceOfGrowth,
  EvidenceOfHolding,
  EvidenceOfResource,
  Metric,
} from '../types/index.js'
import { attribute } from './attribute.js'
import { grownClasses, grownClusters, grownContainers } from './grown.js'
import type { AccountedClass, AccountedCluster, HeapAccount } from '../heap/account/heap-account.js'
import { contextNotes } from './context-notes.js'
import { isNobodys, ownership, type Ownership } from './ownership.js'
import { v8Notes } from './v8-notes.js'
import { evidenceSentence, type Subject } from './sentence.js'

/** What was seen of one trial. */
export interface Look {
  /** `null` where no snapshots could be taken. */
  readonly heap: HeapAccount | null
  readonly allocations: readonly AllocationSite[]
  /** What there was more of at the last look than at the first, per operation. */
  readonly resources: readonly EvidenceOfResource[]
  readonly files: readonly string[]
  /** Why something is missing. */
  readonly notes: readonly string[]
}

const MOST_CLASSES = 5
const MOST_SITES = 3
const MOST_RESOURCES = 5
const MOST_OTHERS = 2
/** Smallest growth of a resource that is told, per operation, as a share of the largest. */
const LEAST_RESOURCE_SHARE = 0.1

/**
 * The evidence for a culprit from a trial of it and one of its counterpart.
 *
 * What grows without the culprit as well is subtracted. The comparison of whole trials has named the culprit; the heap names what
 * holds the memory, and where it points elsewhere, that is said.
 *
 * @param folders files and folders of the culprit's agents
 */
export function explain(
  culprit: Culprit,
  subject: Look,
  counterpart: Look | null,
  folders: readonly string[],
  about: Subject,
): Evidence {
  const { heap } = subject
  const other = counterpart?.heap ?? null
  const classes = heap === null ? [] : grownClasses(heap, other)
  const clusters = heap === null ? [] : grownClusters(heap, other)
  const containers = heap === null ? [] : grownContainers(heap, other)
  const cluster = clusters[0] ?? containers[0] ?? null
  const whose = ownership(folders, heap?.scripts ?? [], other?.scripts ?? null)
  const attribution = attribute(classes, cluster, whose)
  const sites = ownFirst(subject.allocations, whose)
  const grows = telling(classes, whose)
    .slice(0, MOST_CLASSES)
    .map((grown): EvidenceOfGrowth => {
      const { name, type, properties, perOperation, bytesPerOperation, heldBytesPerOperation, place } = grown
      return { name, type, properties, perOperation, bytesPerOperation, heldBytesPerOperation, place }
    })
  const all = clusters.reduce((sum, { bytesPerOperation }) => sum + bytesPerOperation, 0)
  const parts = {
    grows,
    held: cluster === null ? null : holding(cluster, all),
    alsoHeld: others(cluster, [...clusters, ...containers]).map(one => holding(one, all)),
    place: attribution?.place ?? null,
    package: attribution?.place.package ?? null,
    pointsAtCulprit: culprit.kind === 'application' ? null : (attribution?.isCulprits ?? null),
    allocatedAt: sites.slice(0, MOST_SITES),
    resources: grownResources(culprit.metric, subject.resources, counterpart?.resources ?? []),
  }
  const known = [...v8Notes(parts.held), ...contextNotes(parts.held, about.node)]
  return {
    ...parts,
    sentence: evidenceSentence(culprit, parts, about),
    files: [...subject.files, ...(counterpart?.files ?? [])],
    notes: [...new Set([...known, ...subject.notes, ...(counterpart?.notes ?? [])])],
  }
}

function holding(
  { steps, holder, perOperation, bytesPerOperation }: AccountedCluster,
  all: number,
): EvidenceOfHolding {
  return { path: steps, holder, perOperation, share: all === 0 ? 0 : Math.min(1, bytesPerOperation / all) }
}

/** Holders other than the first one, largest share first. */
function others(first: AccountedCluster | null, all: readonly AccountedCluster[]): AccountedCluster[] {
  const nameOf = ({ steps, holder }: AccountedCluster): string =>
    JSON.stringify(steps.slice(Math.max(0, holder - 1), holder + 1).map(({ by, name }) => [by, name]))
  const seen = new Set(first === null ? [] : [nameOf(first)])
  return all
    .toSorted((a, b) => b.bytesPerOperation - a.bytesPerOperation)
    .filter(one => !seen.has(nameOf(one)) && seen.add(nameOf(one)))
    .slice(0, MOST_OTHERS)
}

/** Less than this part of the largest is told after it, whatever its name. */
const LIKE = 0.25

/** Most bytes first; of what is of like size first what is the culprit's, then what has a name that somebody gave. */
function telling(classes: readonly AccountedClass[], whose: Ownership): AccountedClass[] {
  const rank = ({ type, name, place }: AccountedClass): number => {
    if (place !== null && !isNobodys(place) && whose.isCulprits(place)) return 0
    if (place !== null) return 1
    return type === 'object' && name.includes('{') ? 1 : 2
  }
  const size = ({ heldBytesPerOperation }: AccountedClass): number => heldBytesPerOperation
  const least = LIKE * Math.max(0, ...classes.map(size))
  const tier = (one: AccountedClass): number => (size(one) < least ? 3 : rank(one))
  return classes.toSorted((a, b) => tier(a) - tier(b) || size(b) - size(a))
}

/** Where the culprit allocated, then where others did, each most bytes first. */
function ownFirst(sites: readonly AllocationSite[], whose: Ownership): AllocationSite[] {
  const rank = ({ place }: AllocationSite): number => (whose.isCulprits(place) ? 0 : 1)
  return sites.toSorted((a, b) => rank(a) - rank(b) || b.bytesPerOperation - a.bytesPerOperation)
}

/** What the metrics that are counts count. */
const COUNTED: Partial<Record<Metric, readonly EvidenceOfResource['kind'][]>> = {
  fds: ['descriptor', 'socket'],
  handles: ['socket', 'timer', 'process'],
  listeners: ['listener'],
  threads: ['thread'],
  contexts: ['context'],
}

/** What the metric counts comes first. */
function grownResources(
  metric: Metric,
  own: readonly EvidenceOfResource[],
  others: readonly EvidenceOfResource[],
): EvidenceOfResource[] {
  const rest = own
    .map(resource => {
      const without = others.find(({ kind, what }) => kind === resource.kind && what === resource.what)
      return { ...resource, perOperation: resource.perOperation - Math.max(0, without?.perOperation ?? 0) }
    })
    .filter(({ perOperation }) => perOperation > 0)
    .sort((a, b) => b.perOperation - a.perOperation)
  const most = rest[0]?.perOperation ?? 0
  const isCounted = ({ kind }: EvidenceOfResource): boolean => COUNTED[metric]?.includes(kind) ?? false
  return rest
    .filter(({ perOperation }) => perOperation >= LEAST_RESOURCE_SHARE * most)
    .sort((a, b) => Number(isCounted(b)) - Number(isCounted(a)))
    .slice(0, MOST_RESOURCES)
}

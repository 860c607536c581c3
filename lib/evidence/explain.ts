import type {
  AllocationSite,
  Culprit,
  Evidence,
  EvidenceOfGrowth,
  EvidenceOfHolding,
  EvidenceOfResource,
  EvidencePlace,
  Metric,
} from '../types/index.js'
import {
  grownClasses,
  grownClusters,
  grownContainers,
  type Ownership,
  isNobodys,
  ownership,
} from './grown.js'
import type { AccountedClass, AccountedCluster, HeapAccount } from '../heap/heap-account.js'
import { type Subject, evidenceSentence } from './sentence.js'
import { V8_TABLES } from '../heap/describe/class-name.js'

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

/** What a step is called where a store of AsyncLocalStorage is reached: on what was made in it, or in the frame of a later Node. */
const STORE = /kResourceStore|AsyncContextFrame|async_context_frame|AsyncLocalStorage/

/** What else a store needs: what holds it differs between lines of Node, so that a verdict holds for the line it was made on. */
function contextNotes(held: EvidenceOfHolding | null, node: string): string[] {
  const inContext = held?.path.some(({ by, name }) => STORE.test(by) || STORE.test(name)) === true
  if (!inContext) return []
  return [
    `It is held by a context (AsyncLocalStorage), on Node ${node}. Before Node 24 whatever was made in a context holds its store (a promise that waits, a timer that is over), from then on less does: run it on the Node of production, too, and on a newer one.`,
  ]
}

const JOINED_KEYS = 'cache-property-key-string-adds'
const SOURCE_POSITIONS = 'enable-lazy-source-positions'

/** What can be done where V8 itself holds the memory: nobody's code has a list to empty then. */
function v8Notes(held: EvidenceOfHolding | null): string[] {
  const steps = held?.path.slice(held.holder) ?? []
  const within = (table: string): boolean => steps.some(({ by }) => by === table)
  if (within(V8_TABLES.feedback)) {
    return steps.at(-1)?.name === '(string)'
      ? [
          `V8 itself keeps these strings, with what it learns about a function. From Node 26 on it keeps keys that are joined in the brackets of a read (o['user:' + id]): ${compare(JOINED_KEYS)}`,
        ]
      : [
          'V8 itself keeps this, with what it learns about a function. That comes to an end where the code stays the same: compare with longer trials (effort), and look for code that is made anew with each operation.',
        ]
  }
  return within(V8_TABLES.sourcePositions)
    ? [
        `V8 itself keeps this: the places of a function's code, once an error was made in it. ${compare(SOURCE_POSITIONS)}`,
      ]
    : []
}

function compare(flag: string): string {
  return `Compare with the flag off (nodeArgs: ['--no-${flag}']): what no longer grows then is V8's.`
}

/** Whose code it is by the heap. */
interface Attribution {
  readonly place: EvidencePlace
  readonly isCulprits: boolean
}

/** Most places that are looked at: further ones are about little of the growth. */
const MOST_PLACES = 8

/**
 * The place that the heap points at: the nearest script, other than Node's own, of what holds the memory, of what is kept, of what
 * else grows, or on the way back to the root. Where one of what is kept or grows is the culprit's, it is that one: what grows is
 * often made by one and held by another. `null`: there is none.
 *
 * @param classes that grow, most bytes first
 * @param cluster that holds most of it
 */
function attribute(
  classes: readonly AccountedClass[],
  cluster: AccountedCluster | null,
  whose: Ownership,
): Attribution | null {
  const grown = classes.flatMap(({ place }) => named(place)).slice(0, MOST_PLACES)
  const onwards = (cluster?.steps.slice(cluster.holder) ?? []).flatMap(({ place }) => named(place))
  const back = (cluster?.steps.slice(0, cluster.holder) ?? []).flatMap(({ place }) => named(place)).reverse()
  const first = [...(cluster === null ? [] : named(cluster.place)), ...onwards, ...grown, ...back]
  const [nearest] = first
  if (nearest === undefined) return null
  const own = [...onwards, ...grown].find(place => whose.isCulprits(place))
  const place = own ?? nearest
  return { place, isCulprits: whose.isCulprits(place) }
}

function named(place: EvidencePlace | null): EvidencePlace[] {
  return place === null || isNobodys(place) ? [] : [place]
}

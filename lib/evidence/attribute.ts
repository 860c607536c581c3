import type { EvidencePlace } from '../types/index.js'
import type { AccountedClass, AccountedCluster } from '../heap/account/heap-account.js'
import { isNobodys, type Ownership } from './ownership.js'

/** Whose code it is by the heap. */
export interface Attribution {
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
export function attribute(
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

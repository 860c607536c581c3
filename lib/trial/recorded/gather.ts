import { basename } from 'node:path'
import * as v from 'valibot'
import type { DroppedRequests, Recording } from '../../types/recording.js'
import type { HttpRequest, RecordedTraffic } from '../../types/workload.js'
import { flag, wholeNumber } from '../../options/check/fields.js'
import type { Field } from '../../options/check/parse.js'
import { badRecording } from './open-recording.js'
import { type DropReason, type RecordedRequest, dropReason, requestOf } from './recorded-request.js'
import { Reservoir } from './reservoir.js'

const DEFAULT_MOST = 10_000
const MOST_REQUESTS = 100_000
/** All that is kept is in memory, and is sent to the process that sends the requests. */
const MAX_CHARACTERS = 64 * 2 ** 20
/** Longest request as JSON. */
export const MAX_REQUEST_BYTES: number = 2 ** 20
const MOST_HEADER_NAMES = 100

/** The options in common, with their defaults. */
export interface GatherOptions {
  readonly most: number
  readonly seed: number
  readonly keepSecrets: boolean
  readonly keepWithoutBody: boolean
}

/** Fields of the options in common. */
export const GATHER_FIELDS: {
  readonly [Name in keyof GatherOptions]: v.OptionalSchema<Field<GatherOptions[Name]>, GatherOptions[Name]>
} = {
  most: v.optional(wholeNumber(1, MOST_REQUESTS), DEFAULT_MOST),
  seed: v.optional(wholeNumber(0, 2 ** 32 - 1), 1),
  keepSecrets: v.optional(flag, false),
  keepWithoutBody: v.optional(flag, false),
}

/** Collects requests of a file. */
export interface Gatherer {
  /** Takes one that was found; says whether it may be sent. */
  take(recorded: RecordedRequest): boolean
  /** Counts one that was found and is left out. */
  drop(reason: DropReason): void
  /** Whether any of what was found is a request, to be kept or not. */
  hasAny(): boolean
  /** @throws IsolateLeakError `ERR_RECORDING` where nothing is left */
  finish(file: Pick<Recording, 'format' | 'origin'> & { readonly path: string }): RecordedTraffic
}

export function gatherer(options: GatherOptions): Gatherer {
  const reservoir = new Reservoir(options.most, MAX_CHARACTERS, options.seed)
  const secretHeaders = new Set<string>()
  const byStatus = new Map<number, number>()
  const dropped: Record<DropReason, number> = {
    ...{ foreign: 0, unsupported: 0, unanswered: 0, withoutBody: 0, noRequest: 0, tooLong: 0, notDrawn: 0 },
  }
  let found = 0
  const noteSecret = (name: string): void => {
    if (secretHeaders.size < MOST_HEADER_NAMES) secretHeaders.add(name)
  }
  const drop = (reason: DropReason): void => {
    found++
    dropped[reason]++
  }
  return {
    drop,
    take: recorded => {
      const reason = dropReason(recorded, options.keepWithoutBody)
      if (reason !== null) {
        drop(reason)
        return false
      }
      found++
      if (recorded.status !== null) byStatus.set(recorded.status, (byStatus.get(recorded.status) ?? 0) + 1)
      // As text it holds on to nothing of its line, and its size is known.
      reservoir.offer(() => JSON.stringify(requestOf(recorded, options.keepSecrets ? null : noteSecret)))
      return true
    },
    hasAny: () => found > dropped.noRequest + dropped.tooLong,
    finish: ({ path, format, origin }) => {
      const requests = reservoir.texts().map(text => Object.freeze(JSON.parse(text) as HttpRequest))
      if (requests.length === 0) throw badRecording(nothingLeft(path, found, dropped))
      const left = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      return Object.freeze({
        requests: Object.freeze(requests),
        recording: Object.freeze({
          file: basename(path).replace(/[\p{Cc}/\\]/gu, '_'),
          ...{ format, origin, found, kept: requests.length },
          byStatus: Object.fromEntries([...byStatus].sort(([a], [b]) => a - b)),
          dropped: {
            ...dropped,
            notDrawn: found - left - requests.length,
            headers: [...secretHeaders].sort(),
          } satisfies DroppedRequests,
        }),
      })
    },
  }
}

const WHY: Readonly<Record<DropReason, string>> = {
  foreign: 'sent to another origin or host (origin, host)',
  unsupported: 'of a method or kind that http() does not send',
  unanswered: 'not answered by the server',
  withoutBody: 'without their body (keepWithoutBody)',
  noRequest: 'no request',
  tooLong: 'too long',
  notDrawn: 'not drawn',
}

function nothingLeft(path: string, found: number, dropped: Readonly<Record<DropReason, number>>): string {
  if (found === 0) return `expected requests in ${path}, got none`
  const reasons = (Object.entries(dropped) as [DropReason, number][])
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count} ${WHY[reason]}`)
  return `expected requests that can be sent in ${path}, got none of ${found}: ${reasons.join(', ')}`
}

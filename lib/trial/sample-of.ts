import type { Reading } from '../probe/protocol.cjs'
import type { Sample } from '../types/index.js'
import { partsOf, unreadOf } from './sample-parts.js'
import { lowest, spread, type Settled } from './settle.js'

/** The sample that settled readings become: bytes from the lower envelope, counts from the last reading. */
export function sampleOf(
  { considered, settled, taken }: Settled,
  place: Pick<Sample, 'operations' | 'kind' | 'elapsedMs' | 'loadMs'>,
): Sample {
  const last = considered.at(-1) as Reading
  const parts = partsOf(considered)
  const unread = unreadOf(considered)
  return {
    ...place,
    settled,
    spreadBytes: spread(considered, 'heap'),
    externalSpreadBytes: Math.max(spread(considered, 'arrayBuffers'), spread(considered, 'external')),
    readings: taken,
    values: {
      heap: lowest(considered, 'heap'),
      arrayBuffers: lowest(considered, 'arrayBuffers'),
      external: lowest(considered, 'external'),
      code: last.compiledCode,
      rss: last.rss,
      handles: Object.values(last.resources).reduce((sum, count) => sum + count, 0),
      listeners: last.listeners,
      fds: last.descriptors,
      threads: last.threads,
      contexts: last.nativeContexts,
    },
    resources: last.resources,
    children: last.children,
    workers: last.workers,
    ...(parts.length > 0 ? { parts } : {}),
    ...(unread.length > 0 ? { unread } : {}),
  }
}

import type { Descendant, Part, Reading } from '../probe/protocol.cjs'
import type { PartSample, Sample, UnreadPart } from '../types/index.js'
import { type Settled, lowest, spread } from './settle.js'

/** The sample that settled readings become: bytes from the lower envelope, counts from the last reading. */
export function sampleOf(
  { considered, settled, taken }: Settled,
  place: Pick<Sample, 'operations' | 'performed' | 'kind' | 'elapsedMs' | 'loadMs' | 'cpuMs' | 'answers'>,
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

/** What a sample is the sum of: bytes from the lower envelope, counts from the last reading. Empty for the main thread alone. */
function partsOf(readings: readonly Reading[]): PartSample[] {
  const earlier = readings.slice(0, -1).map(({ parts }) => new Map(parts?.map(part => [part.label, part])))
  return (readings.at(-1)?.parts ?? []).map(part => {
    const { kind, label, reading, counts } = part
    const same = [...earlier.map(parts => parts.get(label)).filter(one => one !== undefined), part]
    const lowest = (bytes: (read: NonNullable<Part['reading']>) => number): number =>
      Math.min(...same.flatMap(one => (one.reading === null ? [] : [bytes(one.reading)])))
    const heap: PartSample['values'] =
      reading === null
        ? {}
        : {
            heap: lowest(({ heapUsed, compiledCode }) => heapUsed - compiledCode),
            arrayBuffers: lowest(({ arrayBuffers }) => arrayBuffers),
            external: lowest(({ external }) => external),
            code: reading.compiledCode,
            handles: Object.values(reading.resources).reduce((sum, count) => sum + count, 0),
            listeners: reading.listeners,
            contexts: reading.nativeContexts,
          }
    return {
      kind,
      label,
      values: { ...heap, ...(counts === null ? {} : countValues(counts)) },
      heapLimitBytes: reading?.heapLimit ?? 0,
    }
  })
}

function countValues({ rss, threads, descriptors }: NonNullable<Part['counts']>): PartSample['values'] {
  return {
    rss,
    ...(threads === null ? {} : { threads }),
    ...(descriptors === null ? {} : { fds: descriptors }),
  }
}

/**
 * What could not be read. A thread without a reading, or a process without a probe, counts when that was so in every reading:
 * one that is still starting, or has nothing to do with what is kept, comes and goes.
 */
function unreadOf(readings: readonly Reading[]): UnreadPart[] {
  const last = readings.at(-1)
  const earlier = readings.slice(0, -1)
  const empty = earlier.map(
    ({ parts = [] }) => new Set(parts.filter(({ reading }) => reading === null).map(({ label }) => label)),
  )
  const silent = (last?.parts ?? [])
    .filter(
      ({ label, reading, current }) =>
        !current || (reading === null && empty.every(labels => labels.has(label))),
    )
    .map(({ kind, label }): UnreadPart => ({ kind: kind === 'thread' ? 'thread' : 'process', name: label }))
  const before = earlier.map(({ unmeasured = [] }) => new Set(unmeasured.map(({ pid }) => pid)))
  const lasting = (last?.unmeasured ?? []).filter(({ pid }) => before.every(pids => pids.has(pid)))
  return [...silent, ...lasting.map(asUnread)]
}

/** Resident memory tells nothing of a Node process, whose heap has room to grow in. */
function asUnread({ name, isNode, rss }: Descendant): UnreadPart {
  return { kind: 'process', name, ...(isNode ? {} : { rssBytes: rss }) }
}

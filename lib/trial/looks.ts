import { freemem } from 'node:os'
import { dirname, join } from 'node:path'
import type { LiveAllocations, OpenResource } from '../probe/protocol.cjs'
import type { PartPlace } from './combine-readings.js'
import type { ProbeClient } from './probe-client.js'
import { ProbeError } from './child-probes.js'
import type { Captured, CapturedSnapshot, EvidenceSpec } from './types.js'

const MAIN_THREAD = 'main thread'
/** Bytes between two samples of allocations: finer than in production, as nothing is measured meanwhile. */
const SAMPLE_INTERVAL_BYTES = 16 * 1024

/** What is seen of a settled application at the points of an evidence trial. */
export interface Looks {
  /** Looks at it after so many operations. */
  look(operations: number): Promise<void>
  captured(): Captured
}

/**
 * Looks at one application.
 * @param folder where the snapshots go, private
 * @param timeoutMs for each answer
 */
export function openLooks(spec: EvidenceSpec, probe: ProbeClient, folder: string, timeoutMs: number): Looks {
  const label = spec.part ?? MAIN_THREAD
  const snapshots: CapturedSnapshot[] = []
  const refusals: string[] = []
  const found: { operations: number; found: readonly OpenResource[] }[] = []
  let allocations: readonly LiveAllocations[] = []
  let first: PartPlace | null = null
  let comparable = true

  const takeSnapshot = async (
    { pid, thread }: PartPlace,
    heapBytes: number,
    operations: number,
  ): Promise<void> => {
    const path = join(folder, `${String(operations)}.heapsnapshot`)
    const limitMs = snapshotTimeoutMs(heapBytes, timeoutMs)
    const taken = await probe.ask(pid, { method: 'snapshot', thread, path, timeoutMs: limitMs })
    comparable &&= (taken as { idsKept: boolean }).idsKept
    snapshots.push({ operations, path, heapBytes })
  }
  const sampleAllocations = async ({ pid, thread }: PartPlace, isFirst: boolean): Promise<void> => {
    const place = { thread, timeoutMs }
    if (isFirst) await probe.ask(pid, { method: 'sample', ...place, intervalBytes: SAMPLE_INTERVAL_BYTES })
    else allocations = (await probe.ask(pid, { method: 'allocations', ...place })) as LiveAllocations[]
  }
  const lookInto = async (operations: number): Promise<string | null> => {
    const place = await probe.locate(label, timeoutMs)
    const isAnother = first !== null && (place?.pid !== first.pid || place.thread !== first.thread)
    if (place === null || place.heapBytes === null || isAnother) {
      return `after operation ${String(operations)} ${first === null ? 'there was no' : 'it had lost its'} ${label}`
    }
    const isFirst = first === null
    first ??= place
    // What a snapshot itself allocates is no part of it.
    if (!isFirst) await sampleAllocations(place, false)
    const refusal = snapshotRefusal(place.heapBytes, spec.heapLimitBytes, availableBytes())
    if (refusal === null) await takeSnapshot(place, place.heapBytes, operations)
    if (isFirst) await sampleAllocations(place, true)
    return refusal
  }

  return {
    async look(operations) {
      found.push({ operations, found: await openIn(probe) })
      try {
        const refusal = await lookInto(operations)
        if (refusal !== null) refusals.push(refusal)
      } catch (error) {
        if (!(error instanceof ProbeError) || error.code === 'ERR_PROBE_LOST') throw error
        refusals.push(`after operation ${String(operations)} there is no snapshot: ${error.message}`)
      }
    },
    captured: () => ({
      snapshots: [...snapshots],
      heap: null,
      comparable,
      refused: refusals[0] ?? null,
      allocations,
      resources: groupResources(found),
    }),
  }
}

async function openIn(probe: ProbeClient): Promise<OpenResource[]> {
  const answers = await Promise.all(
    [null, ...probe.children()].map(async pid => {
      try {
        return (await probe.ask(pid, { method: 'resources' })) as OpenResource[]
      } catch (error) {
        // A process that has ended, or hangs, has nothing to tell; that the application has is noticed elsewhere.
        if (pid !== null && error instanceof ProbeError) return []
        throw error
      }
    }),
  )
  return answers.flat()
}

/** Of the machine, or of the container. */
function availableBytes(): number {
  return Math.min(freemem(), process.availableMemory())
}

/** What a snapshot costs, as measured: the application stands still, and V8 builds all of it in memory. */
const FREEZE_MS_PER_MEGABYTE = 100
const MEMORY_PER_HEAP = 13
const MEGABYTE = 1024 * 1024

/** Why no snapshot may be taken of a heap of that size, `null` where one may. */
export function snapshotRefusal(
  heapBytes: number,
  limitBytes: number,
  availableBytes: number,
): string | null {
  const neededBytes = MEMORY_PER_HEAP * heapBytes
  const cost =
    `a snapshot stops an application for about ${seconds((heapBytes / MEGABYTE) * FREEZE_MS_PER_MEGABYTE)} ` +
    `and needs about ${megabytes(neededBytes)} of memory`
  if (heapBytes > limitBytes) {
    const limit = `above the limit of ${megabytes(limitBytes)}`
    return `its heap has ${megabytes(heapBytes)}, ${limit}: ${cost}; raise \`evidenceHeapLimitBytes\` to have it taken`
  }
  if (neededBytes > availableBytes) {
    return `its heap has ${megabytes(heapBytes)}: ${cost}, and the machine has ${megabytes(availableBytes)} left`
  }
  return null
}

/** A multiple of what a snapshot of such a heap took, on top of what any answer may take. */
export function snapshotTimeoutMs(heapBytes: number, answerTimeoutMs: number): number {
  return answerTimeoutMs + 10 * FREEZE_MS_PER_MEGABYTE * Math.ceil(heapBytes / MEGABYTE)
}

function megabytes(bytes: number): string {
  return `${String(Math.round(bytes / MEGABYTE))} MB`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
}

/** Files of one folder that are told apart; more of them become one. */
const MOST_FILES_APART = 8

/** What all processes had open at each point, added up; files of folders in which many were open are told by the folder. */
export function groupResources(
  looks: readonly { readonly operations: number; readonly found: readonly OpenResource[] }[],
): Captured['resources'] {
  const files = new Map<string, Set<string>>()
  for (const { found } of looks) {
    for (const resource of found.filter(isFile)) {
      const folder = dirname(resource.what)
      files.set(folder, (files.get(folder) ?? new Set()).add(resource.what))
    }
  }
  const nameOf = (resource: OpenResource): string => {
    const folder = dirname(resource.what)
    const isMany = isFile(resource) && (files.get(folder)?.size ?? 0) > MOST_FILES_APART
    return isMany ? `${folder}/*` : resource.what
  }
  return looks.map(({ operations, found }) => {
    const counts = new Map<string, OpenResource>()
    for (const resource of found) {
      const what = nameOf(resource)
      const key = `${resource.kind} ${what}`
      const { kind, count } = resource
      counts.set(key, { kind, what, count: (counts.get(key)?.count ?? 0) + count })
    }
    return { operations, counts: [...counts.values()] }
  })
}

function isFile({ kind, what }: OpenResource): boolean {
  return kind === 'descriptor' && what.startsWith('/')
}

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

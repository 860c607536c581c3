import type { Proof } from '../types/preset.js'
import type { CollectorRecord } from '../types/index.js'
import type { CollectorSpec, TrialSpec } from './types.js'

const POLL_MS = 25

/** How many times as long as an agent holds its reports at most they are waited for. */
const PATIENCE = 3

/**
 * Whether it can be seen that every agent of a trial has reported what was performed. Then nobody has to watch for what is flushed at an
 * interval.
 */
export function hasReceipts(
  { launch, backend }: Pick<TrialSpec, 'launch' | 'backend'>,
  agents: readonly string[],
): boolean {
  const seen = new Set(launch.collectors.filter(isSeen).map(({ agent }) => agent))
  return backend === 'up' && agents.length > 0 && agents.every(agent => seen.has(agent))
}

function isSeen({ elsewhere, proof }: CollectorSpec): boolean {
  return !elsewhere && proof?.withinMs !== undefined
}

/** Waits until the agents of one trial have reported what was performed. */
export type Receipts = (operations: number) => Promise<void>

/**
 * Each agent is waited for until it has reported every operation, or nothing more for as long as it holds reports at most, and no longer
 * than three times that. What it has not sent yet would count as growth, or hide some. One that has reported nothing at all is not waited
 * for again.
 * @param records what collectors have received by now, in the order of the specs
 */
export function openReceipts(
  specs: readonly CollectorSpec[],
  records: () => readonly CollectorRecord[],
): Receipts {
  const silent = new Set<number>()
  const reported = async (
    index: number,
    proof: Proof,
    withinMs: number,
    operations: number,
  ): Promise<void> => {
    const startedAtMs = performance.now()
    let last = { count: -1, sinceMs: startedAtMs }
    for (;;) {
      const nowMs = performance.now()
      const record = records()[index]
      if (record === undefined) return
      if (proof.entries && entriesOf(record) >= operations) return
      const count = countOf(record)
      if (count !== last.count) last = { count, sinceMs: nowMs }
      if (nowMs - last.sinceMs >= withinMs || nowMs - startedAtMs >= PATIENCE * withinMs) {
        if (entriesOf(record) === 0 && record.atEnd.requests === record.beforeLoad.requests) silent.add(index)
        return
      }
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
  }
  return async operations => {
    await Promise.all(
      specs.map(async ({ proof, elsewhere }, index) => {
        if (proof?.withinMs === undefined || elsewhere || silent.has(index)) return
        await reported(index, proof, proof.withinMs, operations)
      }),
    )
  }
}

function entriesOf({ atEnd, beforeLoad }: CollectorRecord): number {
  return atEnd.items.entries - beforeLoad.items.entries
}

/** Requests only where nothing is known of what is in them: some tell at intervals that they are alive. */
function countOf({ atEnd: { items, requests } }: CollectorRecord): number {
  const { entries, spans, errors } = items
  return entries + spans + errors === 0 ? requests : entries + spans + errors
}

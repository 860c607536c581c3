import type { CollectorRecord } from '../types.js'
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

/**
 * Waits until each agent has reported every operation, or nothing more for as long as it holds reports at most; no longer than three times
 * that. What it has not sent yet would count as growth, or hide some.
 * @param records what collectors have received by now, in the order of the specs
 */
export async function untilReported(
  specs: readonly CollectorSpec[],
  records: () => readonly CollectorRecord[],
  operations: number,
): Promise<void> {
  await Promise.all(
    specs.map(async ({ proof, elsewhere }, index) => {
      const withinMs = proof?.withinMs
      if (withinMs === undefined || elsewhere) return
      const startedAtMs = performance.now()
      let still = { count: -1, sinceMs: startedAtMs }
      for (;;) {
        const nowMs = performance.now()
        const record = records()[index]
        if (record === undefined) return
        const { entries, spans, errors } = record.atEnd.items
        if (proof?.entries === true && entries - record.beforeLoad.items.entries >= operations) return
        const count = entries + spans + errors + (entries + spans === 0 ? record.atEnd.requests : 0)
        if (count !== still.count) still = { count, sinceMs: nowMs }
        if (nowMs - still.sinceMs >= withinMs || nowMs - startedAtMs >= PATIENCE * withinMs) return
        await new Promise(resolve => setTimeout(resolve, POLL_MS))
      }
    }),
  )
}

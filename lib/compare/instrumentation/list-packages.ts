import type { ResolvedOptions } from '../../options/resolved.js'
import { trialRunner } from '../../trial/trial-runner.js'
import type { TrialRecord } from '../../types/index.js'

/** Enough for what is loaded with the first requests. */
const OPERATIONS = 64

/**
 * The packages that the application loads with the agent attached and some operations performed.
 * @throws IsolateLeakError when it does not start or cannot be driven
 */
export async function listPackages(options: ResolvedOptions): Promise<readonly string[]> {
  const isIdle = options.workload.kind === 'idle'
  const operations = isIdle ? Math.min(8, options.operations) : Math.min(OPERATIONS, options.operations)
  const runner = trialRunner({ ...options, operations, listPackages: true }, { keeps: () => false })
  const records: TrialRecord[] = []
  try {
    const agents = options.agents.map(({ name }) => name)
    const [backend = 'up'] = options.backends
    await runner.run([{ id: 1, agents, purpose: 'measure', operations, backend }], async record => {
      await Promise.resolve(records.push(record))
    })
  } finally {
    await runner.close()
  }
  return records.flatMap(({ packages = [] }) => packages)
}

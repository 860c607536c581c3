import { carriesAgents, drivenServer } from './driven-server.js'
import type { ProbeClient } from './probe-client.js'
import type { Progress } from './progress.js'
import { reachableNow, type Reachable } from './readiness.js'
import type { LaunchSpec, TrialSpec } from './types.js'

/** Whether the trial's requests go anywhere. */
export function drives({ workload }: Pick<TrialSpec, 'workload'>): boolean {
  return workload.kind === 'http' || workload.kind === 'function'
}

/** Notes where the workload is driven, and what is loaded there besides. */
export async function noteDriven(
  probe: ProbeClient,
  where: Reachable,
  progress: Progress,
  launch: LaunchSpec,
): Promise<void> {
  progress.reachable = where
  progress.isWithoutAgents = !(await carriesAgents(probe, where, launch))
  const { loaded } = progress
  if (where.server.pid === null || loaded === null) return
  const { agents } = await probe.loaded(where.server.pid)
  const more = agents.filter(({ path }) => !loaded.agents.some(one => one.path === path))
  progress.loaded = { ...loaded, agents: [...loaded.agents, ...more] }
}

/** Notes what other servers there are by now: an application may open the one that is meant long after another. */
export async function noteServersNow(probe: ProbeClient, spec: TrialSpec, progress: Progress): Promise<void> {
  const { reachable } = progress
  if (reachable === null) return
  const now = await reachableNow(probe, spec)
  if (now === null) return
  if (now.port === reachable.port) progress.reachable = { ...reachable, others: now.others }
  else progress.missed = drivenServer(now, spec.launch)
}

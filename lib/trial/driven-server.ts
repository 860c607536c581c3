import type { DrivenServer } from '../types/index.js'
import type { FoundServer } from './application-server.js'
import { scriptName } from './combine-readings.js'
import type { ProbeClient } from './probe-client.js'
import { type Reachable, reachableNow } from './readiness.js'
import type { LaunchSpec, TrialSpec } from './types.js'
import type { Progress } from './progress.js'

/** What is reported of the server that the workload is driven at. */
export function drivenServer({ url, server, others }: Reachable, { cwd }: LaunchSpec): DrivenServer {
  return {
    url: server.path === undefined ? url : `unix:${server.path}`,
    openedBy: openedBy(server, cwd),
    process: server.pid === null ? null : scriptName(server.script, cwd),
    others: [...new Set(others.map(other => openedBy(other, cwd) ?? `port ${String(other.port)}`))].sort(),
  }
}

/** The innermost file of the application's own, or else the outermost of all. */
function openedBy({ callers }: FoundServer, cwd: string): string | null {
  const files = callers.filter(file => !file.startsWith('node:'))
  const own = files.find(file => !/[\\/]node_modules[\\/]/.test(file)) ?? files.at(-1)
  return own === undefined ? null : scriptName(own, cwd)
}

/** Whether the process that answers, which the application started, carries what the agents preload. */
export async function carriesAgents(
  probe: ProbeClient,
  { server }: Reachable,
  { preloads }: LaunchSpec,
): Promise<boolean> {
  if (server.pid === null || preloads.length === 0) return true
  const { execArgv, nodeOptions } = await probe.loaded(server.pid)
  const options = nodeOptions.replaceAll('\\\\', '\\')
  return preloads.every(
    ({ file }) => options.includes(file) || execArgv.some(argument => argument.endsWith(file)),
  )
}

/** Whether the trial's requests go anywhere. */
export function drives({ workload }: Pick<TrialSpec, 'workload'>): boolean {
  if (workload.kind === 'command') return workload.plan.target !== null
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
  if (now.port === reachable.port && now.server.path === reachable.server.path)
    progress.reachable = { ...reachable, others: now.others }
  else progress.missed = drivenServer(now, spec.launch)
}

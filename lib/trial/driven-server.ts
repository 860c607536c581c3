import type { DrivenServer } from '../types/index.js'
import type { FoundServer } from './application-server.js'
import { scriptName } from './part-labels.js'
import type { ProbeClient } from './probe-client.js'
import type { Reachable } from './readiness.js'
import type { LaunchSpec } from './types.js'

/** What is reported of the server that the workload is driven at. */
export function drivenServer({ url, server, others }: Reachable, { cwd }: LaunchSpec): DrivenServer {
  return {
    url,
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

import { sep } from 'node:path'
import type { ListeningServer } from '../probe/protocol.cjs'

/** How well a listening server fits to be the one the workload is meant for. */
export type Candidate =
  | { readonly kind: 'certain'; readonly server: ListeningServer }
  | { readonly kind: 'likely'; readonly server: ListeningServer }
  | { readonly kind: 'none' }

/**
 * The first server that the application itself opened. Agents open servers too (a Prometheus exporter, say), so the
 * stack of the `listen()` call decides: a file of the application's own makes it certain; otherwise (a framework's
 * launcher, a cluster primary) the first that is not an agent's is likely.
 */
export function applicationServer(
  servers: readonly ListeningServer[],
  agentPaths: readonly string[],
): Candidate {
  const ofAgent = (file: string): boolean =>
    agentPaths.some(path => file === path || file.startsWith(path.endsWith(sep) ? path : path + sep))
  const own = (file: string): boolean =>
    !file.startsWith('node:') && !/[\\/]node_modules[\\/]/.test(file) && !ofAgent(file)

  const certain = servers.find(server => server.callers.some(own))
  if (certain) return { kind: 'certain', server: certain }
  // Who began the call stands last; an agent that merely wraps listen() stands between.
  const likely = servers.find(({ callers }) => {
    const outermost = callers.findLast(file => !file.startsWith('node:'))
    return outermost === undefined || !ofAgent(outermost)
  })
  return likely ? { kind: 'likely', server: likely } : { kind: 'none' }
}

/** URL at which a process on this machine reaches the server. */
export function urlOf(server: ListeningServer): string {
  const scheme = server.protocol === 'https' ? 'https' : 'http'
  const anyAddress = server.address === '::' || server.address === '0.0.0.0' || server.address === ''
  const host = anyAddress ? '127.0.0.1' : server.address
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${String(server.port)}`
}

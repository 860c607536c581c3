import { resolve, sep } from 'node:path'
import type { ListeningServer } from '../probe/protocol.cjs'

/** A server of the application, and whose it is. */
export interface FoundServer extends ListeningServer {
  /** Process that listens; `null`: the launched one. */
  readonly pid: number | null
  /** Its script, absolute path; empty where it has none. */
  readonly script: string
}

/** What tells the server that the workload is meant for. */
export interface ServerWanted {
  /** Files and folders that belong to agents. */
  readonly agentPaths: readonly string[]
  /** Port that the caller named, or gave to the application as `PORT`; `null`: any. */
  readonly port: number | null
  /** Socket file that the caller named, absolute path; `null`: a server on a port is meant. */
  readonly socketPath: string | null
  /** Working folder of the application. */
  readonly cwd: string
  /** Whether no other than that may be driven. */
  readonly onlyPort: boolean
  /** Whether it has to speak HTTP. */
  readonly http: boolean
}

/** How well a listening server fits to be the one the workload is meant for, and what else the application opened. */
export type Candidate =
  | {
      /** `named`: by its port; `certain`: a file of the application's own opened it; `likely`: nothing speaks against it. */
      readonly kind: 'named' | 'certain' | 'likely'
      readonly server: FoundServer
      readonly others: readonly FoundServer[]
    }
  | { readonly kind: 'none' }

/**
 * The server that the workload is meant for. Agents open servers too (a Prometheus exporter, say), so the
 * stack of the `listen()` call decides: a file of the application's own makes it certain; otherwise (a framework's
 * launcher, a cluster primary) one that is not an agent's is likely. Of several, the one on the port that was asked for, one that
 * speaks HTTP where that is needed, one that listens on all interfaces, the last: stand-ins of other services are opened before.
 */
export function applicationServer(all: readonly FoundServer[], wanted: ServerWanted): Candidate {
  const { agentPaths, port, socketPath } = wanted
  const servers = all.filter(({ path }) => path === undefined)
  if (socketPath !== null) {
    const found = all.find(({ path }) => path !== undefined && resolve(wanted.cwd, path) === socketPath)
    if (found === undefined) return { kind: 'none' }
    return { kind: 'named', server: { ...found, path: socketPath }, others: servers }
  }
  const named = port === null ? undefined : servers.find(server => server.port === port)
  if (named === undefined && wanted.onlyPort) return { kind: 'none' }
  const ofAgent = (file: string): boolean =>
    agentPaths.some(path => file === path || file.startsWith(path.endsWith(sep) ? path : path + sep))
  const isOwn = (file: string): boolean =>
    !file.startsWith('node:') && !/[\\/]node_modules[\\/]/.test(file) && !ofAgent(file)

  const own = servers.filter(({ callers }) => callers.some(isOwn))
  // Who began the call stands last; an agent that merely wraps listen() stands between.
  const likely = servers.filter(({ callers }) => {
    const outermost = callers.findLast(file => !file.startsWith('node:'))
    return outermost === undefined || !ofAgent(outermost)
  })
  const pool = own.length > 0 ? own : likely
  const server = named ?? [...pool].reverse().sort((a, b) => rank(b, wanted) - rank(a, wanted))[0]
  if (server === undefined) return { kind: 'none' }
  const kind = server === named ? 'named' : own.length > 0 ? 'certain' : 'likely'
  const others = [...new Set([...own, ...likely])].filter(one => one !== server)
  return { kind, server, others }
}

function rank(server: ListeningServer, { http }: ServerWanted): number {
  return (http && server.protocol.startsWith('http') ? 2 : 0) + (isOnAllInterfaces(server) ? 1 : 0)
}

function isOnAllInterfaces({ address }: ListeningServer): boolean {
  return address === '::' || address === '0.0.0.0' || address === ''
}

/** URL at which a process on this machine reaches the server; of one on a socket file, what it is asked by. */
export function urlOf(server: ListeningServer): string {
  const scheme = server.protocol === 'https' || server.protocol === 'tls' ? 'https' : 'http'
  if (server.path !== undefined) return `${scheme}://localhost`
  const host = isOnAllInterfaces(server) ? '127.0.0.1' : server.address
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${String(server.port)}`
}

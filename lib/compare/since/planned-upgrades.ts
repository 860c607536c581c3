import type { AgentOptions } from '../../options/types.js'
import type { PackageChange } from '../../types/bisect.js'
import { versionedAgent } from '../upgrade/versioned-agent.js'
import { packagesOf, pinsOf, type LockedAgent } from './changed-agents.js'
import type { LockedPackage } from './lockfile/locked-tree.js'
import type { AgentChange, NotJudgedReason } from './types.js'

/** A change that is going to be judged. */
export interface PlannedUpgrade {
  readonly change: AgentChange & { readonly from: string; readonly to: string }
  /** The agent as each lockfile has it. */
  readonly agents: readonly [from: AgentOptions, to: AgentOptions]
  /** Names of both in the report, and what tells them apart where the versions do not. */
  readonly sides: readonly [from: Named, to: Named]
  /** Name of the folder of its files. */
  readonly folder: string
}

interface Named {
  readonly name: string
  readonly label?: string
}

/** An agent that both lockfiles have in a version that can be installed. */
interface Judged extends LockedAgent {
  readonly before: LockedPackage
  readonly now: LockedPackage
}

/** Whether a change can be judged: both versions can be installed, and the application can be launched without. */
export function isJudged(one: LockedAgent, keep: readonly string[]): one is Judged {
  const { before, now } = one
  return before?.isInstallable === true && now?.isInstallable === true && !isKept(one, keep)
}

/** Why a change is not judged. */
export function whyNot(one: LockedAgent, keep: readonly string[]): NotJudgedReason {
  if (one.now === undefined) return 'removed'
  if (isKept(one, keep)) return 'kept'
  return one.before === undefined ? 'added' : 'no-version'
}

function isKept({ agent, alias }: LockedAgent, keep: readonly string[]): boolean {
  return keep.includes(agent) || keep.includes(alias)
}

export function changeOf({ agent, before, now, parts }: LockedAgent): AgentChange {
  return { agent, from: before?.version ?? null, to: now?.version ?? null, packages: parts }
}

/** A change for every agent of the caller that is of this package, or else for the package as it is known. */
export function upgradesOf(
  one: Judged,
  agents: readonly (string | AgentOptions)[],
): readonly PlannedUpgrade[] {
  const { agent, alias } = one
  const own = agents.filter(given => packagesOf(given).some(name => name === agent || name === alias))
  return (own.length === 0 ? [agent] : own).map(given => {
    const options = typeof given === 'string' ? { name: agent, package: agent } : { ...given, package: agent }
    return plannedUpgrade(one, options)
  })
}

function plannedUpgrade({ before, now, ...one }: Judged, options: AgentOptions): PlannedUpgrade {
  const [from, to] = [before.version, now.version]
  const change = { agent: one.agent, from, to, packages: one.parts }
  const [older, newer] = [before, now].map(locked => ({
    ...versionedAgent(options, locked.version),
    beside: pinsOf(locked),
  })) as [AgentOptions, AgentOptions]
  const folder = `${options.name.replaceAll(/[^\w.@-]/g, '+')}-${from}-${from === to ? 'beneath' : to}`
  if (from !== to) return { change, agents: [older, newer], sides: [older, newer], folder }
  const agents = [
    { ...older, name: `${older.name} (before)` },
    { ...newer, name: `${newer.name} (now)` },
  ] as const
  const sides = [
    { name: agents[0].name, label: `${from} ${beneath(one.parts, 'from')}` },
    { name: agents[1].name, label: `${to} ${beneath(one.parts, 'to')}` },
  ] as const
  return { change, agents, sides, folder }
}

/** What is beneath an agent: `with wrap 1.1.0`. */
function beneath(parts: readonly PackageChange[], side: 'from' | 'to'): string {
  const [part, ...more] = parts
  if (part === undefined || more.length > 0)
    return `with ${String(parts.length)} packages as ${side === 'from' ? 'before' : 'now'}`
  const version = part[side]
  return version === null ? `without ${part.name}` : `with ${part.name} ${version}`
}

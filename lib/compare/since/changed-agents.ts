import { parseSpecifier } from '../../agents/preload.js'
import { isUrl } from '../../options/check/to-path.js'
import type { AgentOptions } from '../../options/types.js'
import { isPart } from '../../trial/baseline-agents.js'
import type { PackageChange } from '../../types/bisect.js'
import { differences } from '../upgrade/package-changes.js'
import { closureOf, locate, type LockedPackage, type LockedTree } from './lockfile/locked-tree.js'

/** An agent in one lockfile or both. */
export interface LockedAgent {
  /** As the application calls it: another name than that of its package where it is installed under one. */
  readonly alias: string
  /** Name of its package. */
  readonly agent: string
  readonly before: LockedPackage | undefined
  readonly now: LockedPackage | undefined
  /** What changed of the packages that only agents bring along, and of those that agents are built of. */
  readonly parts: readonly PackageChange[]
}

/** Two lockfiles, and what is known as an agent. */
interface Wanted {
  readonly before: LockedTree
  readonly now: LockedTree
  /** Packages that are agents because the caller says so. */
  readonly named: readonly string[]
  /** Packages that are known agents: those that the application depends on, and those that none of the others brings along. */
  readonly known: readonly string[]
}

/** The agents of two lockfiles, changed or not. */
export function lockedAgents({ before, now, named, known }: Wanted): readonly LockedAgent[] {
  const aliases = new Set([before, now].flatMap(tree => agentsIn(tree, named, known)))
  const found = [...aliases].map(alias => ({ alias, before: locate(before, alias), now: locate(now, alias) }))
  const own = {
    before: ownParts(
      before,
      found.flatMap(one => one.before ?? []),
    ),
    now: ownParts(
      now,
      found.flatMap(one => one.now ?? []),
    ),
  }
  const agents = found.flatMap(one => {
    const agent = (one.now ?? one.before)?.name
    if (agent === undefined) return []
    const parts =
      one.before === undefined || one.now === undefined ? [] : changesBelow(one.before, one.now, own)
    return [{ ...one, agent, parts }]
  })
  return agents.filter(({ agent }, index) => agents.findIndex(other => other.agent === agent) === index)
}

/** Whether the lockfiles differ in it. */
export function isChanged({ before, now, parts }: LockedAgent): boolean {
  return before?.version !== now?.version || parts.length > 0
}

/** Packages that agents are built of, which the application asks for itself and none of the agents brings along, where they changed. */
export function strayParts(
  { before, now }: Pick<Wanted, 'before' | 'now'>,
  agents: readonly LockedAgent[],
): readonly PackageChange[] {
  const stray = (tree: LockedTree, roots: readonly LockedPackage[]): LockedPackage[] => {
    const covered = closureOf(roots)
    return [...tree.direct.values()].filter(one => isPart(one.name) && !covered.has(one))
  }
  const were = stray(
    before,
    agents.flatMap(one => one.before ?? []),
  )
  const are = stray(
    now,
    agents.flatMap(one => one.now ?? []),
  )
  return differences(were, are)
}

/** Names in the lockfile of what is an agent. */
function agentsIn(tree: LockedTree, named: readonly string[], known: readonly string[]): string[] {
  const direct = [...tree.direct].filter(([alias, { name }]) => named.includes(alias) || known.includes(name))
  const aliases = [...direct.map(([alias]) => alias), ...named]
  const covered = closureOf(aliases.flatMap(alias => locate(tree, alias) ?? []))
  const others = [...closureOf(tree.production)].filter(one => known.includes(one.name) && !covered.has(one))
  // One that another of them brings along is a part of that.
  const below = closureOf(others.flatMap(one => [...one.needs()]))
  return [...aliases, ...others.filter(one => !below.has(one)).map(({ name }) => name)]
}

/** Names of the packages that nothing but these agents brings along. */
function ownParts(tree: LockedTree, agents: readonly LockedPackage[]): ReadonlySet<string> {
  const shared = closureOf(tree.direct.values(), new Set(agents))
  return new Set(
    [...closureOf(agents)].filter(one => isPart(one.name) || !shared.has(one)).map(({ name }) => name),
  )
}

function changesBelow(
  before: LockedPackage,
  now: LockedPackage,
  own: { readonly before: ReadonlySet<string>; readonly now: ReadonlySet<string> },
): PackageChange[] {
  const below = (agent: LockedPackage): LockedPackage[] =>
    [...closureOf([agent])].filter(
      one => one !== agent && (own.before.has(one.name) || own.now.has(one.name)),
    )
  return differences(below(before), below(now))
}

/** More would not fit on a command line everywhere. */
const MOST_PINS = 300

/**
 * What an agent is installed with, so that it has what the lockfile says: its packages in their versions. Of what is there in several
 * npm chooses which is where.
 */
export function pinsOf(agent: LockedPackage): readonly string[] {
  const below = [...closureOf([agent])].filter(one => one.name !== agent.name)
  const versions = new Map<string, Set<string>>()
  for (const { name, version } of below) versions.set(name, (versions.get(name) ?? new Set()).add(version))
  const pins = below
    .filter(({ name, isInstallable }) => isInstallable && versions.get(name)?.size === 1)
    .map(({ name, version }) => `${name}@${version}`)
  return [...new Set(pins)].slice(0, MOST_PINS).sort()
}

/** The packages that an agent of a config may be: what it names as its package, or else preloads. */
export function packagesOf(agent: string | AgentOptions): readonly string[] {
  if (typeof agent === 'string') return nameIn(agent)
  const { name, package: owner, preset, require, import: imports } = agent
  const preloads = [require, imports]
    .flat()
    .flatMap(one => (typeof one === 'string' || isUrl(one) ? [String(one)] : []))
  const told = [owner, preset, ...preloads].flatMap(one => (typeof one === 'string' ? nameIn(one) : []))
  return told.length > 0 || preloads.length > 0 ? told : nameIn(name)
}

function nameIn(specifier: string): string[] {
  const parsed = parseSpecifier(specifier)
  return parsed.kind === 'package' || parsed.kind === 'versioned' ? [parsed.name] : []
}

import { isRecord } from '../options/check/check-object.js'
import { installPackage, type InstallProgress } from './packages/install-package.js'
import type { InstalledTree } from './packages/installed-tree.js'
import { parseSpec } from './packages/parse-spec.js'
import type { RunWarning } from '../types/index.js'
import { findPackage, type InstalledPackage } from './find-package.js'
import { findFile, type AgentPlaces, parseSpecifier } from './preload.js'
import { presetFor } from './presets/index.js'

/** A package that the library installed for an agent. */
export interface InstalledAgent {
  /** Folder whose `node_modules` holds it. */
  readonly prefix: string
  readonly package: InstalledPackage
  /** Everything that was installed with it. */
  readonly tree: readonly { readonly name: string; readonly version: string }[]
}

/** What was installed, by {@link installKey}. */
export type Installs = ReadonlyMap<string, InstalledAgent>

export interface InstallContext {
  readonly places: AgentPlaces
  /** Folder that relative paths start from. */
  readonly cwd: string
  readonly signal: AbortSignal | null
  readonly onProgress: (progress: InstallProgress) => void
}

/**
 * Installs what agents ask for in a version, one after the other, each once.
 * @throws IsolateLeakError as {@link installPackage}
 */
export async function installAgents(
  agents: unknown,
  context: InstallContext,
): Promise<{ readonly installs: Installs; readonly warnings: readonly RunWarning[] }> {
  const installs = new Map<string, InstalledAgent>()
  const warnings: RunWarning[] = []
  const list: readonly unknown[] = Array.isArray(agents) ? agents : []
  for (const agent of list) {
    const spec = wantedPackage(agent, context.places)
    if (spec === null) continue
    const beside = wantedBeside(agent)
    const key = installKey(spec, beside)
    if (installs.has(key)) continue
    const tree = await installWithCompanions(spec, beside, context)
    const { prefix, name, version, root } = tree
    installs.set(key, {
      prefix,
      package: findPackage(name, [prefix]) ?? { name, version, root, engine: null },
      tree: tree.tree.map(one => ({ name: one.name, version: one.version })),
    })
    if (tree.note !== null) {
      warnings.push({ code: 'PACKAGE_CACHED', message: `${spec}: ${tree.note}`, downgrades: false })
    }
  }
  return { installs, warnings }
}

/** The package that an agent asks to have installed; `null`: none. What is wrong with it is said when it is resolved. */
function wantedPackage(agent: unknown, places: AgentPlaces): string | null {
  if (isRecord(agent)) return typeof agent['package'] === 'string' ? agent['package'] : null
  if (typeof agent !== 'string' || findFile(agent, places) !== undefined) return null
  return parseSpecifier(agent).kind === 'versioned' ? agent : null
}

/** What is installed with it; what is none is refused where the agent is resolved. */
function wantedBeside(agent: unknown): readonly string[] {
  const beside: unknown = isRecord(agent) ? agent['beside'] : undefined
  return Array.isArray(beside) && beside.every(one => typeof one === 'string') ? beside : []
}

/** What an installation is known by: what was asked for, for example `newrelic@13.20.0`, and what beside it. */
export function installKey(spec: string, beside: readonly string[] = []): string {
  return [spec, ...beside].join(' ')
}

/** With the packages that its preset says belong to its version, which is not known before it is resolved. */
async function installWithCompanions(
  spec: string,
  beside: readonly string[],
  { cwd, signal, onProgress }: InstallContext,
): Promise<InstalledTree> {
  const settings = { cwd, onProgress, ...(signal === null ? {} : { signal }) }
  const nameOf = (text: string): string | null => {
    const parsed = parseSpec(text, cwd)
    return 'name' in parsed ? parsed.name : null
  }
  const own = new Set(beside.map(nameOf))
  const withCompanions = (name: string, version: string): readonly string[] => {
    const companions = presetFor(name)?.companions?.(version) ?? []
    return [...beside, ...companions.filter(one => !own.has(nameOf(one)))]
  }
  const parsed = parseSpec(spec, cwd)
  if (parsed.kind === 'version') {
    return installPackage(spec, { ...settings, companions: withCompanions(parsed.name, parsed.wanted) })
  }
  const tree = await installPackage(spec, { ...settings, companions: beside })
  const companions = withCompanions(tree.name, tree.version)
  return companions.length === beside.length ? tree : installPackage(spec, { ...settings, companions })
}

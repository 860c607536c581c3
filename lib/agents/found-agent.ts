import { pathToFileURL } from 'node:url'
import type { ResolvedAgent } from '../options/resolved.js'
import type { InstalledAgent } from './install-agents.js'
import type { Preload } from './preload.js'
import { applyPreset } from './presets/apply-preset.js'
import { presetFor } from './presets/index.js'
import type { Preset } from '../types/preset.js'

/** One agent and the files found for it. */
export interface FoundAgent {
  readonly agent: ResolvedAgent
  readonly preloads: readonly Preload[]
}

/** What is known of an agent once its files are found. */
export interface AgentParts extends Partial<
  Pick<ResolvedAgent, 'env' | 'nodeArgs' | 'command' | 'sidecar' | 'requires'>
> {
  readonly name: string
  readonly preloads: readonly Preload[]
  readonly tree?: InstalledAgent | undefined
  /** Default: that of the first preload's package; `null`: none. */
  readonly preset?: Preset | null | undefined
}

/** Puts an agent together; its preset is that of its package, unless another one was named. */
export function foundAgent({ name, preloads, tree, preset, ...rest }: AgentParts): FoundAgent {
  const installed = preloads[0]?.package ?? tree?.package ?? null
  const known = preset === undefined && installed !== null ? presetFor(installed.name) : preset
  const imports = preloads.filter(({ kind }) => kind === 'import')
  const agent: ResolvedAgent = {
    ...{ env: {}, nodeArgs: [], command: [], sidecar: null, requires: [] },
    ...rest,
    name,
    require: preloads.filter(({ kind }) => kind === 'require').map(({ file }) => file),
    import: imports.map(({ file }) => (file.startsWith('data:') ? file : pathToFileURL(file).href)),
    preset: known ? applyPreset(known, installed) : null,
    package:
      installed === null ? null : { name: installed.name, version: installed.version, root: installed.root },
    tree: tree?.tree ?? [],
  }
  return { agent, preloads }
}

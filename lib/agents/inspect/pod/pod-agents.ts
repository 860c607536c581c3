import { posix } from 'node:path'
import type { Preset } from '../../../types/preset.js'
import { parseSpecifier } from '../../preload.js'
import { attaches, type Draft, emptyDraft, presetOfPath } from '../attached-agents.js'
import type { NodeOption } from '../node-command-line.js'
import { isAllocator } from '../read-process.js'
import type { Companion } from './companions.js'
import type { LocalPaths } from './local-paths.js'

/** An option for Node, and where it is given. */
export interface GivenOption {
  readonly option: NodeOption
  readonly seen: string
}

/**
 * The agents of a container, each once: those that are put beside it, then those that it preloads itself.
 * @param libraries of LD_PRELOAD
 */
export function podAgents(
  options: readonly GivenOption[],
  libraries: readonly string[],
  companions: readonly Companion[],
  presets: readonly Preset[],
  paths: LocalPaths,
): Draft[] {
  const allocators = libraries.filter(isAllocator)
  const isBrought = (path: string): boolean => companions.some(({ brings }) => brings(path))
  const beside = companions.map(companion => companionDraft(companion, libraries, allocators, presets))
  const own = new Map<string, Draft>()
  for (const { option, seen } of options) {
    const { name, value } = option
    if (value === null || !attaches(option) || isBrought(value)) continue
    const { draft, specifier } = preloadOf(value, presets, paths)
    const known = own.get(draft.key) ?? draft
    own.set(draft.key, known)
    if (!known.seen.includes(seen)) known.seen = [...known.seen, seen]
    // What is installed is attached as its preset says.
    if (specifier === null) continue
    if (name === '--require') known.require = [...known.require, specifier]
    else if (name === '--import') known.import = [...known.import, specifier]
    else known.nodeArgs = [...known.nodeArgs, `${name}=${specifier}`]
  }
  const injected = libraries
    .filter(library => !isAllocator(library) && !isBrought(library))
    .map(library => {
      const preset = presetOfPath(library, presets)
      return {
        ...emptyDraft(library, posix.basename(library).replace(/\.so[.\d]*$/, ''), preset),
        env: { LD_PRELOAD: [...allocators, library].join(':') },
        seen: ['LD_PRELOAD'],
      }
    })
  return [...beside, ...own.values(), ...injected]
}

function companionDraft(
  { preset: name, install, seen, brings }: Companion,
  libraries: readonly string[],
  allocators: readonly string[],
  presets: readonly Preset[],
): Draft {
  const preset = presets.find(one => one.package === name)
  const draft = { ...emptyDraft(name, name, preset), install, presetFollows: install !== null, seen }
  if (install !== null) return draft
  const library = libraries.find(brings) ?? DYNATRACE
  return { ...draft, env: { LD_PRELOAD: [...allocators, library].join(':') } }
}

/** Where Dynatrace's operator mounts it. */
const DYNATRACE = '/opt/dynatrace/oneagent-paas/agent/lib64/liboneagentproc.so'

interface Preloaded {
  readonly draft: Draft
  /** `null`: its preset says how it is attached. */
  readonly specifier: string | null
}

function preloadOf(value: string, presets: readonly Preset[], paths: LocalPaths): Preloaded {
  if (value.startsWith('data:'))
    return { draft: emptyDraft(value, 'inline code', undefined), specifier: value }
  const parsed = parseSpecifier(value)
  if (parsed.kind === 'package') return ofPackage(parsed.name, value, presets)
  const path = value.replace(/^file:\/\//, '')
  const local = paths.find(path)
  const inModules = path.lastIndexOf('/node_modules/')
  const installed = inModules === -1 ? null : parseSpecifier(path.slice(inModules + '/node_modules/'.length))
  if (installed?.kind === 'package') {
    if (local !== null) return ofPackage(installed.name, local, presets)
    // In a volume, or in the image beside the application.
    const { draft } = ofPackage(installed.name, value, presets)
    const specifier = draft.preset === null ? `${installed.name}${installed.subpath}` : null
    return { draft: { ...draft, install: installed.name }, specifier }
  }
  const file = local ?? path
  const name = posix.basename(file).replace(/\.[cm]?[jt]s$/, '')
  return { draft: emptyDraft(file, name === '' ? file : name, presetOfPath(path, presets)), specifier: file }
}

function ofPackage(name: string, specifier: string, presets: readonly Preset[]): Preloaded {
  const preset = presets.find(one => one.package === name)
  return { draft: { ...emptyDraft(name, name, preset), presetFollows: preset !== undefined }, specifier }
}

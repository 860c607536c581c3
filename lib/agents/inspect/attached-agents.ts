import { createRequire } from 'node:module'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isFile } from '../../system/file-exists.js'
import { findPackage, packageOfFile, type InstalledPackage } from '../find-package.js'
import { parseSpecifier } from '../preload.js'
import type { Preset } from '../../types/preset.js'
import type { InspectedAgent } from './inspection.js'
import type { NodeOption } from './node-command-line.js'

/** Node cannot run the script without them: they are no agents. */
const LOADERS =
  /^(?:tsx|ts-node|ts-node-dev|tsconfig-paths|dotenv|module-alias|source-map-support|esbuild-register|esm|sucrase|@swc-node\/[\w-]+|@swc\/register|@babel\/(?:register|node)|@esbuild-kit\/[\w-]+)(?:\/|$)/
const PRELOADS = ['--require', '--import', '--loader', '--experimental-loader']

/** An agent while it is being put together. */
export type Draft = { -readonly [Key in keyof InspectedAgent]: InspectedAgent[Key] } & { key: string }

/** Whether an option preloads something that can be left out. */
export function attaches({ name, value }: NodeOption): boolean {
  return PRELOADS.includes(name) && value !== null && !LOADERS.test(nameInModules(value))
}

/**
 * The agents that options preload, each once, in order of loading.
 * @param folders that names resolve from: the working directory first
 */
export function attachedAgents(
  options: readonly { readonly option: NodeOption; readonly seen: string }[],
  folders: readonly [string, ...string[]],
  presets: readonly Preset[],
): Draft[] {
  const drafts = new Map<string, Draft>()
  for (const { option, seen } of options) {
    const { name, value } = option
    if (value === null || !attaches(option)) continue
    const found = locate(value, folders)
    const key = found.package?.root ?? found.file ?? value
    const draft = drafts.get(key) ?? draftOf(key, value, found, presets)
    drafts.set(key, draft)
    const specifier = found.isPath && found.file !== undefined ? found.file : value
    if (name === '--require') draft.require = [...draft.require, specifier]
    else if (name === '--import') draft.import = [...draft.import, specifier]
    else draft.nodeArgs = [...draft.nodeArgs, `${name}=${specifier}`]
    if (!draft.seen.includes(seen)) draft.seen = [...draft.seen, seen]
  }
  return [...drafts.values()]
}

/** An agent that nothing is known of but its name. */
export function emptyDraft(key: string, name: string, preset: Preset | undefined): Draft {
  return {
    ...{ key, name, preset: preset?.package ?? null, presetFollows: false, package: null, install: null },
    ...{ require: [], import: [], nodeArgs: [], env: {}, seen: [] },
  }
}

/** Names of agents have to differ, and none may be that of the program under test. */
export function withOwnNames(drafts: readonly Draft[]): InspectedAgent[] {
  const taken = new Set(['application'])
  return drafts.map(({ key: _, ...agent }) => {
    let name = agent.name
    for (let number = 2; taken.has(name); number += 1) name = `${agent.name} ${String(number)}`
    taken.add(name)
    return { ...agent, name }
  })
}

interface Located {
  readonly isPath: boolean
  readonly file: string | undefined
  readonly package: InstalledPackage | undefined
}

function locate(value: string, folders: readonly [string, ...string[]]): Located {
  if (value.startsWith('data:')) return { isPath: false, file: undefined, package: undefined }
  const parsed = parseSpecifier(value)
  if (parsed.kind === 'package') {
    const installed = findPackage(parsed.name, folders)
    if (installed !== undefined) return { isPath: false, file: undefined, package: installed }
  }
  const path = value.startsWith('file:') ? fileURLToPath(value) : resolve(folders[0], value)
  const file = isFile(path) ? path : required(path, folders[0])
  const inModules = file !== undefined && file.includes('/node_modules/')
  return { isPath: true, file: file ?? path, package: inModules ? packageOfFile(file) : undefined }
}

/** As `--require` finds a file with its extension left out. */
function required(path: string, folder: string): string | undefined {
  try {
    return createRequire(join(folder, 'resolve.js')).resolve(path)
  } catch {
    // Gone since, or in another file system: it is named as it was given.
    return undefined
  }
}

function draftOf(key: string, value: string, found: Located, presets: readonly Preset[]): Draft {
  const own = found.package
  const path = own === undefined ? (found.file ?? value) : `${own.root}/`
  const ofPackage = presets.find(preset => preset.package === own?.name)
  const preset = ofPackage ?? presetOfPath(path, presets)
  const fileName = value.startsWith('data:') ? 'inline code' : basename(found.file ?? value)
  const draft = emptyDraft(key, own?.name ?? fileName.replace(/\.[cm]?[jt]s$/, ''), preset)
  return {
    ...draft,
    presetFollows: ofPackage !== undefined,
    package: own === undefined ? null : { name: own.name, version: own.version, root: own.root },
  }
}

/** The agent that a file belongs to. */
export function presetOfPath(path: string, presets: readonly Preset[]): Preset | undefined {
  return presets.find(({ recognise }) => recognise.paths.some(part => path.includes(part)))
}

/** `/srv/app/node_modules/tsx/dist/loader.mjs` is what `tsx` is. */
function nameInModules(value: string): string {
  const at = value.lastIndexOf('/node_modules/')
  const isPath = at === -1 && (isAbsolute(value) || value.startsWith('.') || value.startsWith('file:'))
  return isPath ? '' : value.slice(at === -1 ? 0 : at + '/node_modules/'.length)
}

import { realpathSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { extname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { resolve as resolveImport } from 'import-meta-resolve'
import { closestName } from '../options/check/closest-name.js'
import { ownPlugAndPlay, plugAndPlayOf, resolveImported } from '../system/plug-and-play.js'
import { isFile } from '../system/file-exists.js'
import { type ErrorCode, IsolateLeakError } from '../errors.js'
import {
  type InstalledPackage,
  findPackage,
  moduleFolders,
  moduleTypeOf,
  packageOfFile,
} from './find-package.js'
import { presets } from './presets/index.js'

/** How Node is told to preload a file. */
export type PreloadKind = 'require' | 'import'

/** Where agents are looked for. */
export interface AgentPlaces {
  /** Folders that bare names resolve from: of the entry file first, then the working directories. */
  readonly folders: readonly string[]
  /** Folders that paths are relative to: the caller's working directory first. */
  readonly cwds: readonly string[]
}

/** A file that is preloaded. */
export interface Preload {
  readonly kind: PreloadKind
  /** Absolute path; for a `data:` URL, the URL. */
  readonly file: string
  /** The package it was found in, `null` for a plain file. */
  readonly package: InstalledPackage | null
}

/**
 * The file that a specifier means to Node, with the conditions of `require` or `import`.
 *
 * @throws IsolateLeakError `ERR_AGENT_NOT_FOUND` when the file is missing, `ERR_AGENT_PACKAGE_MISSING` when the
 * package is not installed, `ERR_OPTION_INVALID` when a version is asked for
 */
export function resolvePreload(
  agent: string,
  specifier: string,
  kind: PreloadKind,
  places: AgentPlaces,
): Preload {
  if (kind === 'import' && specifier.startsWith('data:')) return { kind, file: specifier, package: null }
  const file = findFile(specifier, places)
  if (file !== undefined) return preloadOf(kind, file)
  const parsed = parseSpecifier(specifier)
  switch (parsed.kind) {
    case 'path': {
      const found = kind === 'require' ? findRequired(specifier, places) : undefined
      if (found !== undefined) return preloadOf(kind, found)
      const tried = places.cwds
        .map(cwd => toFile(specifier, cwd))
        .filter((one, at, all) => all.indexOf(one) === at)
      throw agentError('ERR_AGENT_NOT_FOUND', agent, `there is no file ${tried.join(' nor ')}`)
    }
    case 'versioned':
      throw agentError(
        'ERR_OPTION_INVALID',
        agent,
        `'${specifier}' asks for a version in the wrong place: give package: '${parsed.name}@${parsed.version}', and ` +
          `'${parsed.name}' here`,
      )
    case 'invalid':
      throw agentError(
        'ERR_AGENT_NOT_FOUND',
        agent,
        `'${specifier}' is neither a path nor the name of a package`,
      )
    case 'package':
      return resolvePackage(agent, specifier, parsed.name, kind, places)
  }
}

/** How a file given by nothing but its path is preloaded: as what it is. */
export function preloadKindOf(file: string): PreloadKind {
  const extension = extname(file)
  if (extension === '.mjs' || extension === '.mts') return 'import'
  const either = extension === '.js' || extension === '.ts'
  return either && moduleTypeOf(realpathSync(file)) === 'module' ? 'import' : 'require'
}

/** The file at this path as it stands, also without a leading `./`. */
export function findFile(specifier: string, { cwds }: AgentPlaces): string | undefined {
  return cwds.map(cwd => toFile(specifier, cwd)).find(isFile)
}

function toFile(specifier: string, cwd: string): string {
  if (!specifier.startsWith('file:')) return resolve(cwd, specifier)
  try {
    return fileURLToPath(specifier)
  } catch {
    // Of another host: named in the message as it was given.
    return specifier
  }
}

/** The file that `require` takes a path for: with an extension left out, or the main file of a folder. */
function findRequired(specifier: string, { cwds }: AgentPlaces): string | undefined {
  for (const cwd of cwds) {
    const found = tryResolve(() => createRequire(join(cwd, 'resolve.js')).resolve(toFile(specifier, cwd)))
    if (found.file !== undefined) return found.file
  }
  return undefined
}

function resolvePackage(
  agent: string,
  specifier: string,
  name: string,
  kind: PreloadKind,
  { folders }: AgentPlaces,
): Preload {
  if (isBuiltin(specifier))
    throw agentError('ERR_AGENT_NOT_FOUND', agent, `'${specifier}' is a part of Node, not an agent`)
  let failure: unknown
  for (const folder of folders) {
    const from = join(folder, 'resolve.js')
    const found = tryResolve(() =>
      kind === 'require'
        ? createRequire(from).resolve(specifier)
        : ownPlugAndPlay() === null
          ? fileURLToPath(resolveImport(specifier, pathToFileURL(from).href))
          : resolveImported(specifier, from),
    )
    if (found.file !== undefined && isFile(found.file)) {
      return { kind, file: found.file, package: packageOfFile(found.file) ?? null }
    }
    failure ??= found.error
  }
  const installed = findPackage(name, folders)
  if (installed !== undefined) {
    throw agentError(
      'ERR_AGENT_NOT_FOUND',
      agent,
      `${name} ${installed.version} is installed in ${installed.root} but has no '${specifier}' for ${kind}`,
      { cause: failure },
    )
  }
  throw packageMissing(agent, name, folders, failure)
}

/** The package is installed nowhere that the application would find it. */
export function packageMissing(
  agent: string,
  name: string,
  folders: readonly string[],
  cause?: unknown,
): IsolateLeakError {
  const [folder = '.'] = folders
  // Most packages are none that is known: only a slip of the fingers is taken for one.
  const known = presets.map(preset => preset.package)
  const meant = known.includes(name) ? undefined : closestName(name, known, 2)
  if (plugAndPlayOf(folder) !== null) {
    const why =
      ownPlugAndPlay() === null
        ? "its packages are in archives of Yarn's Plug'n'Play, which this process does not see: run it by 'yarn isolate-leak' or 'yarn node', or give a path, or give the agent in a version, which is installed for the run"
        : `install it with 'yarn add ${name}', or give it in a version, which is installed for the run`
    return agentError(
      'ERR_AGENT_PACKAGE_MISSING',
      agent,
      `the package ${name} is not installed where the application finds it: ${why}: '${name}@latest'`,
      { cause },
    )
  }
  const looked = moduleFolders(name, folders).slice(0, 4).join(', ')
  return agentError(
    'ERR_AGENT_PACKAGE_MISSING',
    agent,
    `the package ${name} is not installed where the application finds it; looked in ${looked} and above. ` +
      (meant === undefined
        ? `Install it with 'npm install --prefix ${folder} ${name}', or give a path, or give it in a version, which is ` +
          `installed for the run: '${name}@latest'`
        : `Did you mean ${meant}?`),
    { cause },
  )
}

function tryResolve(resolveFile: () => string): { readonly file?: string; readonly error?: unknown } {
  try {
    return { file: resolveFile() }
  } catch (error) {
    return { error }
  }
}

/** Node loads a linked file from where it really is, and names that place in stacks. */
function preloadOf(kind: PreloadKind, path: string): Preload {
  const file = realpathSync(path)
  const inPackage = /[\\/]node_modules[\\/]/.test(file) ? packageOfFile(file) : undefined
  return { kind, file, package: inPackage ?? null }
}

/** What a string in `agents`, `require` or `import` can mean. */
type Specifier =
  | { readonly kind: 'path' }
  | { readonly kind: 'package'; readonly name: string; readonly subpath: string }
  | { readonly kind: 'versioned'; readonly name: string; readonly version: string }
  | { readonly kind: 'invalid' }

const PACKAGE = /^(?<name>(?:@[\w.~-]+\/)?[\w~-][\w.~-]*)(?:@(?<version>[^/]+))?(?<subpath>\/.+)?$/

/** Reads a specifier as Node does; whether a bare name is meant as a file is for the caller to find out. */
export function parseSpecifier(text: string): Specifier {
  if (/^\.{0,2}\//.test(text) || /^\.\.?\\/.test(text) || text.startsWith('file:') || isAbsolute(text)) {
    return { kind: 'path' }
  }
  const { name, version, subpath = '' } = PACKAGE.exec(text)?.groups ?? {}
  if (name === undefined) return { kind: 'invalid' }
  return version === undefined ? { kind: 'package', name, subpath } : { kind: 'versioned', name, version }
}

/** A failure that concerns one agent, named first. */
export function agentError(
  code: ErrorCode,
  agent: string,
  problem: string,
  options?: ErrorOptions,
): IsolateLeakError {
  return new IsolateLeakError(code, `agent '${agent}': ${problem}`, options)
}

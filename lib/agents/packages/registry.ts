import { isNpmFailure, isUnreachable } from './npm-failure.js'
import { askNpm } from './npm-client.js'
import { packageError } from './package-error.js'

/** What the registry says of a package as a whole. */
export interface PublishedPackage {
  readonly name: string
  readonly versions: readonly string[]
  /** Version of each tag. */
  readonly tags: Readonly<Record<string, string>>
  /** Date of each version, as the registry writes it. */
  readonly times: Readonly<Record<string, string>>
}

export interface RegistryQuestion {
  readonly cwd: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Asks the registry which versions of a package are published.
 * @throws IsolateLeakError `ERR_PACKAGE_UNKNOWN`, `ERR_REGISTRY`, `ERR_INSTALL`, `ERR_NPM_MISSING`, `ERR_ABORTED`
 */
export async function askRegistry(name: string, question: RegistryQuestion): Promise<PublishedPackage> {
  const answer = await view(name, [name, 'name', 'versions', 'dist-tags', 'time'], question)
  const { versions, 'dist-tags': tags, time } = (answer ?? {}) as Readonly<Record<string, unknown>>
  return {
    name,
    versions: [versions ?? []].flat().map(String),
    tags: (tags ?? {}) as Record<string, string>,
    times: (time ?? {}) as Record<string, string>,
  }
}

/** One field or more of `name@range`, as npm prints them. */
export async function view(
  name: string,
  operands: readonly string[],
  { cwd, signal }: RegistryQuestion,
): Promise<unknown> {
  try {
    return await askNpm({ command: 'view', operands, cwd, signal })
  } catch (error) {
    throw registryError(error, name)
  }
}

/** What npm's failure to find a package means. */
export function registryError(error: unknown, name: string): unknown {
  if (!isNpmFailure(error)) return error
  if (isUnreachable(error))
    return packageError('ERR_REGISTRY', `the registry did not answer for ${name}: ${error.message}`, {
      cause: error,
    })
  if (error.code === 'E404')
    return packageError('ERR_PACKAGE_UNKNOWN', `the registry knows no package ${name}`, { cause: error })
  if (error.code === 'ENOSPC')
    return packageError('ERR_NO_SPACE', `no space left for packages: ${error.message}`, { cause: error })
  return packageError('ERR_INSTALL', error.message, { cause: error })
}

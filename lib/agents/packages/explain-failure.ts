import type { CachedPackage } from './cached-sets.js'
import { missingVersion } from './choose-version.js'
import { isNpmFailure } from './npm-failure.js'
import { packageError } from './package-error.js'
import { askRegistry, registryError, type RegistryQuestion } from './registry.js'

/**
 * What npm's failure to install packages means: npm says that something was not found, and the registry is asked
 * whether it is one of them or one that they depend on.
 */
export async function explainFailure(
  error: unknown,
  packages: readonly CachedPackage[],
  question: RegistryQuestion,
): Promise<unknown> {
  if (!isNpmFailure(error)) return error
  const names = packages.map(({ name }) => name).join(', ')
  if (error.code !== 'ETARGET' && error.code !== 'E404') return registryError(error, names)
  for (const { name, version, content } of packages) {
    if (content !== null) continue
    try {
      const { versions } = await askRegistry(name, question)
      if (!versions.includes(version)) return missingVersion(name, version, versions)
    } catch (cause) {
      return cause
    }
  }
  return packageError('ERR_INSTALL', error.message, { cause: error })
}

import { IsolateLeakError, type ErrorCode } from '../../errors.js'

/** What goes wrong with packages. */
export type PackageErrorCode = Extract<
  ErrorCode,
  | 'ERR_PACKAGE_UNKNOWN'
  | 'ERR_PACKAGE_VERSION'
  | 'ERR_REGISTRY'
  | 'ERR_NO_SPACE'
  | 'ERR_NPM_MISSING'
  | 'ERR_INSTALL'
>

export function packageError(
  code: PackageErrorCode,
  message: string,
  options?: ErrorOptions,
): IsolateLeakError {
  return new IsolateLeakError(code, message, options)
}

const UNWRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST']

/** An error of the file system in the cache folder, in words. */
export function cacheError(folder: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return packageError('ERR_NO_SPACE', `no space left for packages in ${folder}`, { cause })
  if (code !== undefined && UNWRITABLE.includes(code))
    return packageError(
      'ERR_INSTALL',
      `packages cannot be written to ${folder} (${code}); ISOLATE_LEAK_CACHE names another folder`,
      { cause },
    )
  return cause
}

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Where installed packages are kept: `ISOLATE_LEAK_CACHE`, else `XDG_CACHE_HOME/isolate-leak`, else the usual place of
 * the platform.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (isSet(env.ISOLATE_LEAK_CACHE)) return resolve(env.ISOLATE_LEAK_CACHE)
  if (isSet(env.XDG_CACHE_HOME)) return resolve(env.XDG_CACHE_HOME, 'isolate-leak')
  if (process.platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'isolate-leak', 'Cache')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'isolate-leak')
  return join(homedir(), '.cache', 'isolate-leak')
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}

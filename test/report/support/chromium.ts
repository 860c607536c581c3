import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** What keeps a browser that is started for a test from looking around. */
export const CHROMIUM_ARGS: readonly string[] = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

/** Path of a Chromium: that of `CHROMIUM_PATH`, or the first on the PATH; `null`: there is none. */
export const chromiumPath = (env: NodeJS.ProcessEnv = process.env): string | null => {
  const given = env.CHROMIUM_PATH
  if (given !== undefined && given !== '') return given
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  return NAMES.flatMap(name => folders.map(folder => join(folder, name))).find(canRun) ?? null
}

const canRun = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not for us: the next one.
    return false
  }
}

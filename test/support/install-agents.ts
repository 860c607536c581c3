import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { installOnce } from '../../lib/agents/packages/install-once.js'
import { projectPath } from './project-path.js'

const cache = projectPath('.cache', 'agents')

const pending = new Map<string, Promise<string>>()

/**
 * Installs exact package versions into a folder of their own, once, and gives the folder.
 * @param specs for example `['dd-trace@3.9.3']`
 */
export const installed = (specs: readonly string[]): Promise<string> => {
  const key = createHash('sha256').update(specs.join('\n')).digest('hex').slice(0, 16)
  let folder = pending.get(key)
  if (folder === undefined) {
    folder = install(specs, join(cache, key))
    pending.set(key, folder)
  }
  return folder
}

const install = async (specs: readonly string[], folder: string): Promise<string> => {
  await installOnce({ folder, specs, scripts: false, manifest: { description: specs.join(' ') } })
  return folder
}

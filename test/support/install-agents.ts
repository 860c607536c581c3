import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { projectPath } from './project-path.js'

const cache = projectPath('.cache', 'agents')

/** What `npm run` tells its children about the project would install into the project. */
const kept = /^npm_config_(registry|cache|userconfig|cafile|proxy|https_proxy|noproxy|offline)$/i

const environment = (): NodeJS.ProcessEnv => {
  const clean: NodeJS.ProcessEnv = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (name === 'NODE_OPTIONS' || (/^npm_/i.test(name) && !kept.test(name))) continue
    clean[name] = value
  }
  return clean
}

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
  if (existsSync(folder)) return folder
  // Renamed when complete: whoever sees the folder sees all of it, and the later of two installers gives way.
  const draft = join(cache, `draft-${randomUUID()}`)
  await mkdir(draft, { recursive: true })
  try {
    await writeFile(
      join(draft, 'package.json'),
      JSON.stringify({ private: true, description: specs.join(' ') }),
    )
    await promisify(execFile)(
      'npm',
      ['install', '--prefix', draft, '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', ...specs],
      { cwd: draft, env: environment(), maxBuffer: 16 * 1024 * 1024 },
    )
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

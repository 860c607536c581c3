import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installOnce } from '../../lib/agents/packages/install-once.js'
import { projectPath } from '../../test/support/project-path.js'
import type { Application } from './applications.js'

/** A copy of the application with its packages and agents, made and built once. */
export async function install({ folder: name, packages, agents, build }: Application): Promise<string> {
  const source = projectPath('bench', 'applications', name)
  const specs = [...packages, ...agents]
  const key = createHash('sha256').update(specs.join('\n'))
  for (const file of await filesOf(source)) key.update(file).update(await readFile(file))
  const folder = projectPath('.cache', 'applications', `${name}-${key.digest('hex').slice(0, 16)}`)
  await installOnce({
    ...{ folder, specs, scripts: false, manifest: { description: specs.join(' ') } },
    prepare: async draft => cp(source, draft, { recursive: true }),
  })
  const built = join(folder, '.built')
  if (build !== undefined && !existsSync(built)) {
    const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
    await promisify(execFile)(process.execPath, build, { cwd: folder, env, maxBuffer: 1e8 })
    await writeFile(built, '')
  }
  return folder
}

async function filesOf(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found
    .filter(one => one.isFile())
    .map(one => join(one.parentPath, one.name))
    .sort()
}

import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { timingText } from '../support/made-up-config.js'
import { projectFolder } from '../support/packed.js'
import { projectPath } from '../support/project-path.js'

/**
 * A user's project with the library as it is built now, with smaller defaults: a snippet that says nothing about effort takes
 * seconds, not minutes.
 * @param kind with an application and stand-ins for the agents that the pages name, or with nothing but the library
 */
export const createProject = async (kind: 'shop' | 'empty' = 'shop'): Promise<string> => {
  const cache = join(projectFolder, '.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'readme-'))
  if (kind === 'shop') await addShop(folder)

  const library = join(folder, 'node_modules', 'isolate-leak')
  const built = relative(library, join(projectFolder, 'dist', 'index.js')).replaceAll('\\', '/')
  await mkdir(library, { recursive: true })
  await writeFile(
    join(library, 'package.json'),
    JSON.stringify({
      type: 'module',
      exports: {
        '.': { types: './index.d.ts', default: './index.js' },
        './heap': { types: './heap.d.ts', default: './heap.js' },
        './postmortem': { types: './postmortem.d.ts', default: './postmortem.js' },
        './reporters': { types: './reporters.d.ts', default: './reporters.js' },
      },
    }),
  )
  const parts = {
    heap: 'heap/index.js',
    postmortem: 'report/postmortem/index.js',
    reporters: 'report/reporters.js',
  }
  for (const [part, file] of Object.entries(parts)) {
    const text = `export * from '${built.replace(/index\.js$/, file)}'\n`
    for (const name of [`${part}.js`, `${part}.d.ts`]) await writeFile(join(library, name), text)
  }
  await writeFile(join(library, 'index.d.ts'), `export * from '${built}'\n`)
  await writeFile(
    join(library, 'index.js'),
    `import { isolateLeak as full } from '${built}'
export * from '${built}'
const small = { operations: 2560, threshold: 256, retentionMs: 500, concurrency: 2, ${timingText} }
export const isolateLeak = options => full({ ...small, ...options })
`,
  )
  await mkdir(join(folder, 'node_modules', '.bin'))
  await symlink(
    join(projectFolder, 'dist', 'cli', 'bin.js'),
    join(folder, 'node_modules', '.bin', 'isolate-leak'),
  )
  return folder
}

const addShop = async (folder: string): Promise<void> => {
  const fixtures = projectPath('test', 'fixtures', 'readme')
  await cp(fixtures, folder, { recursive: true })
  await cp(join(fixtures, 'packages'), join(folder, 'node_modules'), { recursive: true })
  await writeFile(
    join(folder, 'package.json'),
    '{ "private": true, "type": "module", "scripts": { "start": "node server.js" } }\n',
  )
}

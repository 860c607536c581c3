import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readPage } from '../readme/pages.js'
import { snippetsOf } from '../readme/snippets.js'
import { timingText } from '../support/made-up-config.js'
import { projectFolder } from '../support/packed.js'

/** A folder with the recipes of the documentation as files. */
export interface Recipes {
  readonly folder: string
  /** Arguments for Node by runner. */
  readonly commands: Readonly<Record<string, readonly string[]>>
  /** Those of the files that call under fake timers. */
  readonly fakes: Readonly<Record<string, readonly string[]>>
}

const FILES = {
  'node:test': 'leak.test.js',
  vitest: 'leak.vitest.test.js',
  jest: 'leak.jest.test.js',
  tap: 'leak.tap.test.js',
}

/**
 * Writes the recipes into a folder of a project that has the runners. What they import is the library with smaller defaults:
 * they say nothing that a user would not say.
 */
export const prepareRecipes = async (project: string): Promise<Recipes> => {
  const folder = join(project, 'recipes')
  const snippets = [...snippetsOf(readPage('README.md')), ...snippetsOf(readPage('docs/test-runners.md'))]
  for (const file of Object.values(FILES)) {
    const snippet = snippets.find(one => one.file === file)
    if (snippet === undefined) throw new Error(`expected a snippet with the file ${file}`)
    await writeFile(join(folder, file), snippet.code)
  }
  const library = join(folder, 'node_modules', 'isolate-leak')
  await mkdir(library, { recursive: true })
  await writeFile(join(library, 'package.json'), '{ "type": "module", "exports": "./index.js" }\n')
  await writeFile(
    join(library, 'index.js'),
    `import { isolateLeak as full } from '../../../node_modules/isolate-leak/dist/index.js'
export * from '../../../node_modules/isolate-leak/dist/index.js'
const small = { operations: 640, threshold: 512, retentionMs: 300, evidence: 'none', concurrency: 3, ${timingText} }
export const isolateLeak = options => full({ ...small, ...options })
`,
  )
  const jest = { transform: {}, moduleFileExtensions: ['js', 'mjs'], testMatch: ['**/*jest.test.?(m)js'] }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', jest }))
  await writeFile(
    join(folder, 'vitest.config.js'),
    `export default { test: { include: ['*vitest.test.?(m)js'] } }\n`,
  )
  const tap = join(projectFolder, 'node_modules/tap/dist/esm/run.mjs')
  const jestBin = ['--experimental-vm-modules', '../node_modules/jest/bin/jest.js']
  const vitestBin = '../node_modules/vitest/vitest.mjs'
  return {
    folder,
    commands: {
      'node:test': ['--test', FILES['node:test']],
      vitest: [vitestBin, 'run', FILES.vitest],
      jest: [...jestBin, FILES.jest],
      tap: [tap, 'run', '--disable-coverage', '--timeout=600', FILES.tap],
    },
    fakes: {
      'node:test': ['--test', 'fakes-node.test.mjs'],
      vitest: [vitestBin, 'run', 'fakes-vitest.test.mjs'],
      jest: [...jestBin, 'fakes-jest.test.mjs'],
      sinon: ['fakes-sinon.mjs'],
    },
  }
}

import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { packInto, projectFolder } from '../support/packed.js'
import { projectPath } from '../support/project-path.js'
import { runClean } from '../support/run-clean.js'

/** As people have it: what the package declares is read, not its sources. */
const OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  target: 'es2022',
  lib: ['es2023'],
  types: ['node'],
  skipLibCheck: false,
}

t.test('types of the packed package, by both resolutions', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'isolate-leak-types-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  const { tarball } = await packInto(folder)
  const install = await runClean(
    'npm',
    ['install', '--no-audit', '--no-fund', tarball, projectPath('node_modules', '@types', 'node')],
    { cwd: folder, timeoutMs: 300_000 },
  )
  t.equal(install.exitCode, 0, `installs ${install.stderr}`)
  for (const name of ['right.ts', 'wrong.ts'])
    await copyFile(projectPath('test', 'fixtures', 'types', name), join(folder, name))
  const tsc = join(projectFolder, 'node_modules', 'typescript', 'bin', 'tsc')
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    const compilerOptions = { ...OPTIONS, module, moduleResolution }
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['right.ts', 'wrong.ts'] }),
    )
    const check = await runClean(process.execPath, [tsc, '-p', folder], { cwd: folder, timeoutMs: 120_000 })
    t.equal(check.stdout.trim(), '', `${moduleResolution}: what is right compiles, what is wrong does not`)
    t.equal(check.exitCode, 0)
  }
})

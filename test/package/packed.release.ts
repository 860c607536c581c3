import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { packInto, projectFolder } from '../support/packed.js'
import { runClean } from '../support/run-clean.js'

t.test('from the tarball in an empty folder', async t => {
  // Outside the project, so that nothing of it is found by accident.
  const folder = await mkdtemp(join(tmpdir(), 'isolate-leak-packed-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  const { tarball } = await packInto(folder)
  const run = (command: string, args: readonly string[]) =>
    runClean(command, args, { cwd: folder, timeoutMs: 400_000 })

  const install = await run('npm', ['install', '--no-audit', '--no-fund', tarball])
  if (install.exitCode !== 0) t.comment(install.stderr)
  t.equal(install.exitCode, 0, 'installs')

  const manifest = JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8')) as {
    version: string
  }
  const version = await run('npx', ['--no-install', 'isolate-leak', '--version'])
  t.equal(version.exitCode, 0, version.stderr)
  t.match(version.stdout, manifest.version)

  const imported = await run('node', [
    '--input-type=module',
    '--eval',
    `import { isolateLeak, http } from 'isolate-leak'; import { readHeapSnapshot } from 'isolate-leak/heap'; console.log(typeof isolateLeak, typeof http, typeof readHeapSnapshot)`,
  ])
  t.equal(imported.stdout.trim(), 'function function function', imported.stderr)

  const demo = await run('npx', ['--no-install', 'isolate-leak', 'demo'])
  t.comment(`${demo.stdout}\n${demo.stderr}`)
  t.equal(demo.exitCode, 0, 'the demo names what it should')
  t.match(demo.stdout, /^LEAK: audit/m)
  t.notMatch(demo.stdout, /^LEAK: (tracer|cache|application)/m)
})

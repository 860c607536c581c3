import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { packInto, projectFolder } from '../support/packed.js'

const text = (path: string) => readFile(join(projectFolder, path), 'utf8')

t.test('the package holds what it needs and nothing else', async t => {
  const { files } = await packInto(t.testdir())
  const paths = files.map(file => file.path)

  const beside = paths.filter(path => !path.startsWith('dist/')).sort()
  t.strictSame(beside, ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'report.schema.json'])

  for (const needed of [
    'dist/index.js',
    'dist/index.d.ts',
    'dist/heap/index.js',
    'dist/heap/index.d.ts',
    'dist/report/reporters.js',
    'dist/report/reporters.d.ts',
    'dist/cli/bin.js',
  ]) {
    t.ok(paths.includes(needed), `${needed} is packed`)
  }
  t.ok(
    paths.some(path => /^dist\/probe\/.*\.cjs$/.test(path)),
    'the probe is packed as CommonJS',
  )

  const strange = paths.filter(path => path.startsWith('dist/') && !/\.([cm]?js|d\.[cm]?ts|json)$/.test(path))
  t.strictSame(strange, [], 'no sources, maps or snapshots')

  const untyped = paths.filter(path => /^dist\/(?!demo\/).*\.[cm]?js$/.test(path))
  t.strictSame(
    untyped.filter(path => !paths.includes(path.replace(/\.([cm]?)js$/, '.d.$1ts'))),
    [],
    'every module has its declarations',
  )

  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  t.ok(bytes < 2560 * 1024, `${String(bytes)} bytes unpacked`)
})

t.test('what is packed belongs together', async t => {
  const manifest = JSON.parse(await text('package.json')) as {
    version: string
    bin: Record<string, string>
    scripts: Record<string, string>
  }
  const [major, minor] = manifest.version.split('.')
  t.match(
    await text('CHANGELOG.md'),
    `## ${String(major)}.${String(minor)}`,
    'the change log knows this version',
  )
  t.match(
    await text(manifest.bin['isolate-leak']!),
    /^#!\/usr\/bin\/env node\n/,
    'the command can be started',
  )
  for (const hook of ['preinstall', 'install', 'postinstall', 'prepare']) {
    t.notOk(hook in manifest.scripts, `no ${hook} script`)
  }
})

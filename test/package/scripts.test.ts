import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import t from 'tap'
import { filesOf, partOf, TIERS } from '../harness/find-files.js'
import { projectPath } from '../support/project-path.js'

const { scripts } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

t.test('every file of tests is run by a script', async t => {
  for (const tier of TIERS)
    t.ok(
      Object.values(scripts).some(script => new RegExp(`test:files -- .*\\b${tier}\\b`).test(script)),
      tier,
    )
  const tests = readdirSync(projectPath('test'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.startsWith('fixtures'))
    .filter(name => /^import t\b.* from 'tap'$/m.test(readFileSync(projectPath('test', name), 'utf8')))
    .map(name => `test/${name}`)
  const run = TIERS.flatMap(filesOf)
  const texts = run.map(file => readFileSync(projectPath(file), 'utf8'))
  for (const name of tests.filter(test => !run.includes(test))) {
    const own = basename(name, '.ts')
    t.ok(
      texts.some(text => new RegExp(`[/\`]${own}\\b`).test(text)),
      `${name} is run by a file of a tier`,
    )
  }
})

t.test('parts are all of the files, each once', async t => {
  const files = filesOf('test')
  const parts = [1, 2, 3].map(index => partOf(files, { index, count: 3 }))
  t.same(parts.flat().sort(), [...files].sort())
  t.ok(parts.every(part => Math.abs(part.length - files.length / 3) < 1))
})

t.test('every script that something calls is there', async t => {
  for (const file of ['package.json', '.ci/run', 'README.md', 'CONTRIBUTING.md']) {
    const text = readFileSync(projectPath(file), 'utf8')
    const called = [...text.matchAll(/npm run (?:--silent )?([a-z][a-z0-9:]*)/g)].map(([, name = '']) => name)
    t.ok(called.length > 0, file)
    t.same(
      called.filter(name => !(name in scripts)),
      [],
      file,
    )
  }
})

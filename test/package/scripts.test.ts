import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { projectPath } from '../support/project-path.js'

const { scripts } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** Run on every Node by `test/matrix/matrix.e2e.ts`. */
const RUN_BY_ANOTHER = ['test/matrix/caller.e2e.ts']

t.test('every end-to-end test is run by one script, once', async t => {
  const listed = Object.values(scripts).flatMap(script => script.match(/test\/\S+\.e2e\.ts/g) ?? [])
  const there = readdirSync(projectPath('test'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.e2e.ts'))
    .map(name => `test/${name}`)
  t.same([...listed, ...RUN_BY_ANOTHER].sort(), there.sort())
})

t.test('every script that something calls is there', async t => {
  for (const file of ['package.json', '.ci/run', 'README.md']) {
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

import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { projectPath } from '../support/project-path.js'

t.test('every end-to-end test of these folders is run by npm test, once', async t => {
  const { scripts } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const listed = ['test:e2e:alone', 'test:e2e:beside'].flatMap(
    name => scripts[name]?.match(/\S+\.e2e\.ts/g) ?? [],
  )
  const there = ['e2e', 'agents', 'collector', 'heap'].flatMap(folder =>
    readdirSync(projectPath('test', folder))
      .filter(name => name.endsWith('.e2e.ts'))
      .map(name => `test/${folder}/${name}`),
  )
  t.same([...listed].sort(), there.sort())
})

import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { checkCase } from '../../../bench/fuzz/check-case.js'
import { mulberry32 } from '../../../lib/decide/stats/random.js'
import { projectPath } from '../../support/project-path.js'

const folder = projectPath('test', 'fixtures', 'heap', 'fuzz')

t.test('what the fuzzer found worth keeping: the smallest input for each outcome', async t => {
  const names = readdirSync(folder)
  t.ok(names.length > 50)
  for (const name of names) {
    const bytes = readFileSync(`${folder}/${name}`)
    for (let seed = 0; seed < 5; seed++) {
      const { invalid, find } = await checkCase(bytes, mulberry32(seed))
      t.equal(find, null, name)
      t.equal(invalid === null, name.startsWith('read'), `${name}: ${invalid ?? 'read'}`)
    }
  }
})

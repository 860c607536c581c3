import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { projectFolder } from '../support/packed.js'
import { runClean } from '../support/run-clean.js'
import { requestsAgainst } from './experiment.js'
import { nodeBinary, oldestNode, otherNodes } from './nodes.js'

/** One fast file by default, all of test/e2e and all Nodes for the application with `ISOLATE_LEAK_MATRIX=full`. */
const full = process.env.ISOLATE_LEAK_MATRIX === 'full'

const endToEndTests = async (): Promise<string[]> => {
  if (!full) return ['test/matrix/caller.e2e.ts']
  const names = await readdir(join(projectFolder, 'test', 'e2e'))
  return names.filter(name => name.endsWith('.e2e.ts')).map(name => `test/e2e/${name}`)
}

const files = await endToEndTests()

for (const version of otherNodes) {
  for (const file of files) {
    t.test(`${file} on Node ${version}`, async t => {
      const { exitCode, stdout, stderr } = await runClean(
        await nodeBinary(version),
        // Not `tap run`, which would clear the results of the one that runs this file.
        ['--no-warnings', '--import', '@tapjs/typescript/import', file],
        {
          cwd: projectFolder,
          env: { TS_NODE_TRANSPILE_ONLY: '1', TAP_TIMEOUT: '1200' },
          timeoutMs: 1_200_000,
        },
      )
      t.comment(exitCode === 0 ? /^# \{ total.*$/m.exec(stdout)?.[0] : `${stdout}\n${stderr}`)
      t.equal(exitCode, 0, 'passes')
    })
  }
}

for (const version of full ? [oldestNode, ...otherNodes] : [oldestNode, otherNodes[2]]) {
  t.test(`an application on Node ${version}, called from ${process.version}`, async t => {
    const report = await requestsAgainst(await nodeBinary(version))
    t.equal(report.environment.node.replace(/^v/, ''), version)
    t.strictSame(
      report.culprits.map(culprit => culprit.agents),
      [['leaky']],
      'names the leaking agent',
      { report: String(report) },
    )
  })
}

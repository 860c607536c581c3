import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { projectPath } from '../support/project-path.js'
import { runClean } from '../support/run-clean.js'
import { requestsAgainst } from './experiment.js'
import { nodeBinary, oldestNode, otherNodes } from './nodes.js'

/** The newest Node and one short file by default; all of them and all of test/e2e with `ISOLATE_LEAK_MATRIX=full`. */
const full = process.env.ISOLATE_LEAK_MATRIX === 'full'
const newestNode = otherNodes[2]

/** Tests that are run by others stand beside this one, as TypeScript or compiled as it is. */
const self = fileURLToPath(import.meta.url)
const extension = extname(self)
const loader = extension === '.ts' ? ['--import', '@tapjs/typescript/import'] : []

const files = async (): Promise<string[]> => {
  if (!full) return [join(dirname(self), `caller${extension}`)]
  const folder = join(dirname(dirname(self)), 'e2e')
  const names = await readdir(folder)
  return names.filter(name => name.endsWith(`.e2e${extension}`)).map(name => join(folder, name))
}

// As many files at a time as test/harness runs of them: most of each is waiting.
t.jobs = availableParallelism() + 1

for (const version of full ? otherNodes : [newestNode]) {
  for (const file of await files()) {
    t.test(`${file.slice(projectPath().length + 1)} on Node ${version}`, { buffered: true }, async t => {
      const { exitCode, stdout, stderr } = await runClean(
        await nodeBinary(version),
        // Not `tap run`, which would clear the results of the one that runs this file.
        ['--no-warnings', ...loader, file],
        {
          cwd: projectPath(),
          env: { TS_NODE_TRANSPILE_ONLY: '1', TAP_TIMEOUT: '1200' },
          timeoutMs: 1_200_000,
        },
      )
      t.comment(exitCode === 0 ? /^# \{ total.*$/m.exec(stdout)?.[0] : `${stdout}\n${stderr}`)
      t.equal(exitCode, 0, 'passes')
    })
  }
}

for (const version of full ? [oldestNode, ...otherNodes] : [newestNode]) {
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

import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { compareNodes, http } from 'isolate-leak'
import { quickTiming } from '../support/quick-timing.js'
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

/** A preload that does this with every request. */
const patching = (statement: string): string => `
  const { Server } = require('node:http')
  const context = new (require('node:async_hooks').AsyncLocalStorage)()
  const pending = []
  const { emit } = Server.prototype
  Server.prototype.emit = function (name, ...args) {
    if (name === 'request') ${statement}
    return emit.call(this, name, ...args)
  }`

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

t.test('a leak that belongs to a Node, and its harmless twin', async t => {
  const folder = t.testdir({
    // A promise that stays pending holds the store it was made in where stores hang on promises: until AsyncContextFrame (Node 24).
    'request-context.cjs': patching(
      'context.run({ user: new Array(512).fill(Math.random()) }, () => pending.push(new Promise(() => {})))',
    ),
    'harmless.cjs': patching(
      'context.run({ user: new Array(512).fill(Math.random()) }, () => Promise.resolve())',
    ),
  })
  const comparison = await compareNodes({
    nodes: [process.execPath, await nodeBinary('24.21.0')],
    entry: projectPath('test', 'fixtures', 'runners', 'app.mjs'),
    agents: ['request-context', 'harmless'].map(name => ({ name, require: join(folder, `${name}.cjs`) })),
    workload: http({ path: '/orders' }),
    ...{ operations: 640, threshold: 1024, retentionMs: 300, seed: 1, evidence: 'none' },
    ...quickTiming,
  })
  t.strictSame(
    comparison.components.map(({ name, sides }) => [name, ...sides.map(({ verdict }) => verdict)]),
    [
      ['application', 'clean', 'clean'],
      ['request-context', 'leak', 'clean'],
      ['harmless', 'clean', 'clean'],
    ],
    { report: String(comparison) },
  )
})

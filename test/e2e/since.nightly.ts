import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { madeRepository, npmLock } from '../compare/since/support/made-repository.js'
import { projectPath } from '../support/project-path.js'
import { expressFolder } from '../support/real-agents.js'
import { runClean } from '../support/run-clean.js'

/** Answers orders; beside each it makes a promise that never settles, which newrelic 7.4.0 keeps. */
const server = `const express = require(process.env.EXPRESS_FOLDER + '/node_modules/express')
const app = express()
app.get('/orders/:id', (req, res) => {
  new Promise(() => {}).then(() => {})
  res.json({ id: req.params.id })
})
app.listen(process.env.PORT || 0, '127.0.0.1')
`

t.test('two bumps: a version that leaks is named, one that is fixed may go out', async t => {
  const repository = madeRepository(t)
  const config = `import { http } from ${JSON.stringify(projectPath('dist', 'index.js'))}
export default {
  entry: { file: './server.cjs', env: { EXPRESS_FOLDER: ${JSON.stringify(await expressFolder())} } },
  agents: [
    { name: 'newrelic', preset: 'newrelic', env: { NEW_RELIC_FEATURE_FLAG_NEW_PROMISE_TRACKING: 'true' } },
  ],
  workload: http({ path: '/orders/42' }),
  ...{ operations: 5_120, threshold: 256, retentionMs: 8_000, seed: 1 },
}
`
  const lock = (ddTrace: string, newrelic: string): Record<string, string> => ({
    'package-lock.json': npmLock({ [`dd-trace@${ddTrace}`]: {}, [`newrelic@${newrelic}`]: {} }),
  })
  repository.commit({ 'server.cjs': server, 'leak.config.mjs': config, ...lock('3.10.0', '7.4.0') })
  repository.commit(lock('3.9.3', '7.4.0'))
  repository.commit(lock('3.9.3', '7.5.0'))

  const cli = projectPath('dist', 'cli', 'bin.js')
  const args = [
    'upgrade',
    '--since',
    'HEAD~2',
    '--config',
    'leak.config.mjs',
    '--reporter',
    'comment=comment.md',
  ]
  const run = await runClean(process.execPath, [cli, ...args], {
    ...{ cwd: repository.folder, timeoutMs: 1_500_000 },
  })
  t.equal(run.exitCode, 1, `${run.stdout}\n${run.stderr}`)
  t.match(
    run.stdout,
    /^LEAKS: [\s\S]*LEAKS: dd-trace 3\.10\.0 → 3\.9\.3[\s\S]*FIXES: newrelic 7\.4\.0 → 7\.5\.0/,
  )
  const comment = await readFile(join(repository.folder, 'comment.md'), 'utf8')
  t.match(
    comment,
    /^<!-- isolate-leak -->\n\n\*\*LEAKS: dd-trace 3\.9\.3 leaks, 3\.10\.0 does not; newrelic 7\.5\.0 adds/,
  )
  t.match(comment, /\| dd-trace \| 3\.10\.0 \| 3\.9\.3 \| LEAKS \|/)
  t.match(comment, /\| newrelic \| 7\.4\.0 \| 7\.5\.0 \| FIXES \|/)

  await writeFile(join(repository.folder, 'README.md'), 'nothing of the lockfile')
  const again = await runClean(
    process.execPath,
    [cli, 'upgrade', '--since', 'HEAD', '--config', 'leak.config.mjs'],
    {
      ...{ cwd: repository.folder, timeoutMs: 60_000 },
    },
  )
  t.equal(again.exitCode, 0, again.stderr)
  t.match(
    again.stdout,
    /^UNCHANGED: no agent changed since HEAD: dd-trace 3\.9\.3 and newrelic 7\.5\.0 as\s+before\./,
  )
})

import t from 'tap'
import { neutralText } from '../../bench/samples/neutral-text.js'
import { postmortem } from '../../lib/report/postmortem/postmortem.js'
import { readReport } from '../../lib/report/create-report.js'
import { projectPath } from '../support/project-path.js'

const paths = { project: '/srv/shop', node: '/opt/node/bin/node' }

t.test('a report without the paths of a machine', async t => {
  const json = JSON.stringify({
    ...{ entry: '/srv/shop/server.js', cwd: '/srv/shop', node: '/opt/node/bin/node' },
    import: 'file:///srv/shop/a.mjs',
  })
  t.same(JSON.parse(neutralText(json, paths)), {
    ...{ entry: './server.js', cwd: '.', node: 'node', import: './a.mjs' },
  })
  for (const left of ['/home/me/a.js', 'at /tmp/x.js:1', 'file:///srv/other.js']) {
    t.throws(
      () => neutralText(JSON.stringify({ left }), paths),
      /expected no path of this machine in the report/,
    )
  }
})

t.test('the samples that are kept can be read, and make a post-mortem', async t => {
  for (const [name, culprit] of [
    ['demo', 'audit'],
    ['dd-trace', 'dd-trace@3.9.3'],
  ] as const) {
    const report = await readReport(projectPath('bench', 'samples', `${name}-report.json`))
    t.match(report, { verdict: 'leak', culprits: [{ agents: [culprit] }] })
    t.match(postmortem(report), /^# Post-mortem: .* of heap per operation\n/)
  }
})

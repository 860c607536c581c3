import t from 'tap'
import { http, isolateLeak, type IsolationReport } from 'isolate-leak'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { nodeBinary, otherNodes } from './nodes.js'

const file = projectPath('test', 'fixtures', 'apps', 'plain-server.cjs')

for (const version of otherNodes.slice(process.env.ISOLATE_LEAK_MATRIX === 'full' ? 0 : -1)) {
  t.test(`the permission model of Node ${version}`, async t => {
    const nodePath = await nodeBinary(version)
    const measured = async (...granted: readonly string[]): Promise<IsolationReport> =>
      isolateLeak({
        entry: { file, nodePath, nodeArgs: ['--permission', ...granted] },
        ...{
          agents: [],
          workload: http({ path: '/' }),
          operations: 640,
          threshold: 4_096,
          retentionMs: 0,
          ...quickTiming,
        },
      })
    const major = Number(version.split('.')[0])
    if (major < 24) {
      await t.rejects(measured('--allow-fs-read=*'), { code: 'ERR_NODE_UNUSABLE', message: /has no way/ })
      return
    }
    const net = major >= 25 ? ['--allow-net'] : []
    const needed = ['--allow-worker', '--allow-inspector', ...net]
    for (const missing of needed) {
      const granted = needed.filter(flag => flag !== missing)
      await t.rejects(measured('--allow-fs-read=*', ...granted), {
        code: 'ERR_NODE_UNUSABLE',
        message: new RegExp(`started with ${missing} as well`),
      })
    }
    await t.rejects(measured(`--allow-fs-read=${file}`, ...needed), {
      code: 'ERR_NODE_UNUSABLE',
      message: /started with .*--allow-fs-read=\S+ as well/,
    })
    t.equal((await measured('--allow-fs-read=*', ...needed)).trials[0]?.outcome.kind, 'completed')
  })
}

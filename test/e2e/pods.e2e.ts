import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspectPod, isolateLeak, type IsolateLeakOptions } from 'isolate-leak'
import t from 'tap'
import type * as Config from '../../lib/cli/inspected-config.js'
import { leavingNothing, watchLeftovers } from '../support/leftovers.js'
import { projectPath } from '../support/project-path.js'
import { quickTiming } from '../support/quick-timing.js'
import { built } from '../support/run-trials.js'

const watch = await watchLeftovers()
t.teardown(() => watch.close())
const leavesNothing = leavingNothing(watch)

const MANIFEST = `
apiVersion: v1
kind: Pod
metadata: { name: shop }
spec:
  containers:
    - name: app
      workingDir: /app
      command: [node, /app/apps/plain-server.cjs]
      ports: [{ containerPort: 3000 }]
      env:
        - { name: PORT, value: "3000" }
        - { name: TOKEN, valueFrom: { secretKeyRef: { name: shop, key: token } } }
        - { name: NODE_OPTIONS, value: "--require /app/evidence/keeps-spans.cjs --require /app/evidence/drops-spans.cjs" }
`

leavesNothing(t, 'the config of a pod runs, and what its NODE_OPTIONS preload is told apart', async t => {
  const folder = t.testdir({ 'pod.yaml': MANIFEST })
  for (const part of ['apps', 'evidence', 'seeded'])
    await cp(projectPath('test', 'fixtures', part), join(folder, part), { recursive: true })

  const { configModule } = await built<typeof Config>('cli', 'inspected-config.js')
  const file = join(folder, 'leak.config.mjs')
  await writeFile(file, configModule(await inspectPod(join(folder, 'pod.yaml'), { root: folder })))
  const config = (await import(pathToFileURL(file).href)) as { readonly default: IsolateLeakOptions }
  const report = await isolateLeak({
    ...config.default,
    ...{ operations: 512, threshold: 1024, retentionMs: 0, seed: 1, evidence: 'none' },
    ...quickTiming,
  })
  t.strictSame(
    report.components.map(({ name, verdict }) => [name, verdict]),
    [
      ['application', 'clean'],
      ['keeps-spans', 'leak'],
      ['drops-spans', 'clean'],
    ],
  )
  if (!t.passing()) t.comment(String(report))
})

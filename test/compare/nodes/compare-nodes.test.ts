import { chmod, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { compareNodes } from '../../../lib/compare/nodes/compare-nodes.js'
import type { NodesReport } from '../../../lib/compare/nodes/types.js'
import { LeakError } from '../../../lib/errors.js'
import type { RunEvent } from '../../../lib/types/index.js'
import { nodesText } from '../../../lib/compare/nodes/nodes-text.js'
import { grows, isOn, madeCall } from '../../support/simulated-call.js'
import { simulatedHosts } from '../../support/simulated-host.js'

const answering = (node: string): string =>
  `#!/bin/sh\nprintf '%s' '{"node":"${node}","v8":"11.3.244.8-node.30"}'\n`
const folder = t.testdir({ 'node-20': '', 'node-24': '', 'node-24-too': '' })
for (const [name, version] of [
  ['node-20', '20.20.2'],
  ['node-24', '24.21.0'],
  ['node-24-too', '24.21.0'],
] as const) {
  await writeFile(join(folder, name), answering(version))
  await chmod(join(folder, name), 0o755)
}
const nodes = [join(folder, 'node-20'), join(folder, 'node-24')]

/** Growth by agent and Node, bytes per operation. */
type Rates = Readonly<Record<string, readonly [on20: number, on24: number]>>

const compare = async (
  t: Test,
  rates: Rates,
  more: object = {},
): Promise<{ report: NodesReport; events: RunEvent[] }> => {
  const { options } = madeCall(t, Object.keys(rates))
  const hosts = simulatedHosts(spec => {
    const index = spec.launch.nodePath === nodes[1] ? 1 : 0
    const sum = Object.entries(rates).reduce((all, [name, by]) => all + (isOn(spec, name) ? by[index] : 0), 1)
    return grows(sum, spec)
  })
  const events: RunEvent[] = []
  const report = await compareNodes({
    ...options,
    ...hosts.option,
    ...more,
    nodes,
    onEvent: event => events.push(event),
  })
  t.strictSame(hosts.left, { hosts: 0, parked: 0 })
  return { report, events }
}

t.test('a leak of one Node alone, of both, and harmless twins', async t => {
  const { report, events } = await compare(t, { contexts: [400, 1], quiet: [1, 1] })
  t.match(report, { verdict: 'leak', nodes: [{ node: '20.20.2' }, { node: '24.21.0' }] })
  t.strictSame(
    report.nodes.map(({ verdict }) => verdict),
    ['leak', 'clean'],
  )
  t.strictSame(
    report.components.filter(({ differs }) => differs).map(({ name }) => name),
    ['contexts'],
  )
  t.equal(report.reason, 'contexts leaks on Node 20.20.2 and is clean on Node 24.21.0')
  t.strictSame(
    events.filter(({ type }) => type === 'node'),
    [
      { type: 'node', node: '20.20.2', index: 1, count: 2 },
      { type: 'node', node: '24.21.0', index: 2, count: 2 },
    ],
  )
  for (const { report: one } of report.nodes)
    t.match(one.options, { errorRate: 0.025, seed: 1 }, 'the error rate holds for both together')
  const error = t.throws(() => {
    report.assertClean()
  }) as unknown as LeakError
  t.ok(error instanceof LeakError)
  t.equal(error.report.verdict, 'leak')
  const lines = error.message.split('\n')
  t.ok(lines.length <= 24 && lines.every(({ length }) => length <= 80), 'on one screen')
  t.match(error.message, /contexts leaks on Node 20\.20\.2 and is clean on Node\s+24\.21\.0/)

  const both = (await compare(t, { contexts: [400, 400] })).report
  t.match(both, { verdict: 'leak', reason: 'contexts leaks on Node 20.20.2 and 24.21.0' })
  const neither = (await compare(t, { contexts: [1, 1] })).report
  t.match(neither, { verdict: 'clean', reason: 'nothing leaks on Node 20.20.2 and 24.21.0' })
  neither.assertClean()
  t.match(nodesText(neither), /On Node 20\.20\.2:[\s\S]*On Node 24\.21\.0:/)
})

t.test('a folder for each Node, and going on in them', async t => {
  const { options, fresh } = madeCall(t, ['leaky'])
  const outDir = fresh()
  const rates = { leaky: [400, 400] } as const
  await compare(t, rates, { outDir })
  t.strictSame((await readdir(outDir)).sort(), ['node-20.20.2', 'node-24.21.0'])
  t.match(await readdir(join(outDir, 'node-24.21.0')), ['journal.jsonl', 'report.json'])
  const again = simulatedHosts(() => ({ curves: {} }))
  const resumed = await compareNodes({ ...options, ...again.option, outDir, nodes, resume: true })
  t.equal(resumed.verdict, 'leak')
  t.equal(again.launched.length, 0, 'nothing is made again')
})

t.test('one budget for all', async t => {
  const { report } = await compare(t, { quiet: [1, 1] }, { budgetMs: 1 })
  t.match(report, { verdict: 'inconclusive', reason: 'not settled on Node 20.20.2 and 24.21.0' })
  t.throws(
    () => {
      report.assertClean()
    },
    { code: 'ERR_LEAK' },
  )
})

t.test('what it refuses, before anything is launched', async t => {
  const { options } = madeCall(t, [])
  const hosts = simulatedHosts(() => ({ curves: {} }))
  const refused = async (more: object, expected: object): Promise<void> => {
    await t.rejects(compareNodes({ ...options, ...hosts.option, nodes, ...more }), expected as never)
  }
  await refused(
    { nodes: nodes.slice(1) },
    { code: 'ERR_OPTION_INVALID', message: /two Nodes or more, got 1/ },
  )
  await refused({ nodes: undefined }, { code: 'ERR_OPTION_INVALID', message: /nodes must be/ })
  await refused(
    { nodes: [nodes[1], join(folder, 'node-24-too')] },
    { code: 'ERR_OPTION_INVALID', message: /different versions, two are 24\.21\.0/ },
  )
  await refused({ nodes: [...nodes, 'no-such-node'] }, { code: 'ERR_NODE_UNUSABLE' })
  await refused(
    { shard: { index: 1, count: 2 } },
    { code: 'ERR_OPTION_UNSUPPORTED', message: /compareNodes/ },
  )
  await refused({ history: 'h' }, { code: 'ERR_OPTION_UNSUPPORTED' })
  await refused({ entry: 5 }, { code: 'ERR_OPTION_INVALID', message: /entry must be/ })
  t.equal(hosts.launched.length, 0)
})

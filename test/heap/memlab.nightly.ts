import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readHeapSnapshot } from 'isolate-leak/heap'
import { nodeBinary, otherNodes } from '../matrix/nodes.js'
import { installed } from '../support/install-agents.js'
import { madeSnapshot } from '../support/made-graph.js'
import { projectPath } from '../support/project-path.js'
import fc from '../support/seeded-fast-check.js'

const memlab = ['@memlab/core@2.0.5', '@memlab/heap-analysis@2.0.5']

/** An application with what Node itself brings: a server, timers, promises, modules of both kinds, weak collections. */
const application = `
  const { createServer } = require('node:http')
  const { AsyncLocalStorage } = require('node:async_hooks')
  class Span { constructor(parent) { this.parent = parent; this.attributes = { route: '/' } } }
  const spans = new Map()
  const contexts = new WeakMap()
  const storage = new AsyncLocalStorage()
  let last = null
  for (let i = 0; i < 2000; i++) {
    last = new Span(i % 50 === 0 ? null : last)
    spans.set('span ' + i, last)
    contexts.set(last, { i, dropped: new WeakRef({}) })
    storage.run(last, () => setTimeout(() => contexts, 1e6).unref())
  }
  globalThis.waiting = (async () => { await new Promise(() => {}); return spans })()
  const server = createServer(() => spans).listen(0, '127.0.0.1', async () => {
    await import('node:diagnostics_channel')
    require('node:v8').writeHeapSnapshot(process.argv[2])
    server.close()
    process.exit()
  })
`

const askMemlab = async (files: readonly string[]): Promise<void> => {
  const script = projectPath('test', 'fixtures', 'heap', 'ask-memlab.cjs')
  const args = ['-i', `HOME=${t.testdirName}`, process.execPath, script, await installed(memlab), ...files]
  execFileSync('/usr/bin/env', args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000 })
}

/** What differs from what memlab found, in words; empty where everything agrees. */
const differences = async (file: string): Promise<string[]> => {
  const bytes = readFileSync(`${file}.memlab`)
  const theirs = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  const snapshot = await readHeapSnapshot(file)
  const { nodeIds, selfSizes } = snapshot.columns
  const dominators = snapshot.dominators()
  const sizes = snapshot.retainedSizes()
  const found: string[] = []
  const compare = (what: string, our: number | undefined, their: number | undefined): void => {
    if (our !== their) found.push(`${what}: ${String(our)}, memlab ${String(their)}`)
  }
  compare('nodes', snapshot.nodeCount, theirs[0])
  compare('edges', snapshot.edgeCount, theirs[1])
  for (let node = 0, at = 2; node < snapshot.nodeCount; node++) {
    compare(`id of ${node}`, nodeIds[node], theirs[at++])
    compare(`self size of ${node}`, selfSizes[node], theirs[at++])
    compare(`dominator of ${node}`, dominators[node], theirs[at++])
    compare(`retained size of ${node}`, sizes[node], theirs[at++])
  }
  return found.slice(0, 10)
}

t.test('snapshots of Node', async t => {
  const folder = t.testdir({ 'application.cjs': application })
  const nodes = [process.execPath, ...(await Promise.all(otherNodes.map(nodeBinary)))]
  const files = nodes.map((node, index) => {
    const file = join(folder, `${index}.heapsnapshot`)
    execFileSync('/usr/bin/env', ['-i', node, 'application.cjs', file], { cwd: folder, timeout: 60_000 })
    return file
  })
  await askMemlab(files)
  for (const [index, file] of files.entries()) t.strictSame(await differences(file), [], nodes[index]!)
})

t.test('graphs of any kind', async t => {
  const folder = t.testdir({})
  const graphs = fc.integer({ min: 1, max: 30 }).chain(count => {
    const node = fc.integer({ min: 0, max: count - 1 })
    const type = fc.constantFrom('property', 'internal', 'element', 'weak', 'shortcut')
    return fc.tuple(fc.constant(count), fc.array(fc.tuple(node, node, type), { maxLength: 2 * count }))
  })
  const files = fc.sample(graphs, { seed: 1, numRuns: 400 }).map(([count, edges], index) => {
    const nodes = Array.from({ length: count }, (_, node) => ({
      type: node % 7 === 0 ? 'synthetic' : 'object',
      name: node === 14 ? '(Document DOM trees)' : `node ${node}`,
      size: (node * 2_654_435_761) % 1_000_003,
    }))
    const numbered = edges.map(
      ([from, to, type], edge) => [from, to, type, type === 'element' ? edge : `edge ${edge}`] as const,
    )
    const file = join(folder, `${index}.heapsnapshot`)
    writeFileSync(file, JSON.stringify(madeSnapshot(nodes, numbered)))
    return file
  })
  await askMemlab(files)
  const different: string[] = []
  for (const file of files) {
    for (const difference of await differences(file)) different.push(`${file}: ${difference}`)
  }
  t.strictSame(different, [])
})

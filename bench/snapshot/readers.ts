import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What is asked of a reader. `path`: all nodes, edges and strings, what refers to what, and the way from the root to one node. */
export type Work = 'floor' | 'path' | 'retained'

export interface Outcome {
  readonly nodes: number
  readonly edges: number
  /** Steps of the way that was found, `null` where that was not asked for. */
  readonly steps: number | null
  /** Retained size of the root, bytes; `null` where that was not asked for. */
  readonly retainedBytes: number | null
}

export interface Reader {
  readonly name: string
  /** Packages that it is; none for this library. */
  readonly specs: readonly string[]
  readonly works: readonly Work[]
  /** Largest file that it is asked to read, bytes. */
  readonly mostBytes: number
  /** Files from this size on are read once, bytes; default 1 GB. */
  readonly onceAboveBytes?: number
  /** @param folder where its packages are installed */
  readonly read: (file: string, work: Work, folder: string) => Promise<Outcome>
}

/** The node to which a way is asked for. */
const wanted = (nodes: number): number => Math.floor(nodes * 0.9)

const isolateLeak: Reader = {
  name: 'isolate-leak/heap',
  specs: [],
  works: ['path', 'retained'],
  mostBytes: Infinity,
  read: async (file, work) => {
    const { readHeapSnapshot } = await import('../../lib/heap/read-heap-snapshot.js')
    const snapshot = await readHeapSnapshot(file)
    const node = wanted(snapshot.nodeCount)
    snapshot.retainers(node)
    const steps = snapshot.pathTo(node)?.length ?? 0
    const retainedBytes = work === 'retained' ? (snapshot.retainedSizes()[0] ?? 0) : null
    return { nodes: snapshot.nodeCount, edges: snapshot.edgeCount, steps, retainedBytes }
  },
}

const floor: Reader = {
  name: 'floor: numbers of nodes and edges',
  specs: [],
  works: ['floor'],
  mostBytes: Infinity,
  read: async file => {
    const { readNumbers } = await import('./floor.js')
    return { ...readNumbers(file), steps: null, retainedBytes: null }
  },
}

/** As far as it is used here. */
interface Memlab {
  readonly config: { muteConsole: boolean }
  readonly utils: {
    getSnapshotFromFile(file: string, options: { buildNodeIdIndex: boolean }): Promise<MemlabSnapshot>
  }
  readonly TraceFinder: new () => {
    annotateShortestPaths(snapshot: MemlabSnapshot): void
    getPathToGCRoots(snapshot: MemlabSnapshot, node: unknown): MemlabPath | null
    calculateAllNodesRetainedSizes(snapshot: MemlabSnapshot): void
  }
}
interface MemlabSnapshot {
  readonly nodes: { readonly length: number; get(node: number): { readonly retainedSize: number } | null }
  readonly edges: { readonly length: number }
}
interface MemlabPath {
  readonly next?: MemlabPath
}

const memlab: Reader = {
  name: '@memlab/core',
  specs: ['@memlab/core@2.0.5'],
  works: ['path', 'retained'],
  mostBytes: Infinity,
  read: async (file, work, folder) => {
    const { config, utils, TraceFinder } = createRequire(join(folder, 'package.json'))(
      '@memlab/core',
    ) as Memlab
    config.muteConsole = true
    const snapshot = await utils.getSnapshotFromFile(file, { buildNodeIdIndex: true })
    const finder = new TraceFinder()
    finder.annotateShortestPaths(snapshot)
    const path = finder.getPathToGCRoots(snapshot, snapshot.nodes.get(wanted(snapshot.nodes.length)))
    let steps = 0
    for (let step = path?.next; step !== undefined; step = step.next) steps++
    if (work === 'retained') finder.calculateAllNodesRetainedSizes(snapshot)
    const retainedBytes = work === 'retained' ? (snapshot.nodes.get(0)?.retainedSize ?? 0) : null
    return { nodes: snapshot.nodes.length, edges: snapshot.edges.length, steps, retainedBytes }
  },
}

/** As far as it is used here. */
interface DevTools {
  parse(stream: NodeJS.ReadableStream): Promise<{
    readonly nodeCount: number
    readonly retainingNodes: Uint32Array
    readonly firstRetainerIndex: Uint32Array
    readonly nodeDistances: Int32Array
    readonly retainedSizes: Float64Array
    readonly nodeFieldCount: number
  }>
}

const devTools: Reader = {
  name: 'heap-snapshot-toolkit (DevTools)',
  specs: ['heap-snapshot-toolkit@1.1.3'],
  works: ['retained'],
  mostBytes: Infinity,
  read: async (file, _work, folder) => {
    const entry = pathToFileURL(
      createRequire(join(folder, 'package.json')).resolve('heap-snapshot-toolkit'),
    ).href
    const { parse } = (await import(entry)) as DevTools
    const snapshot = await parse(createReadStream(file, 'utf8'))
    const { nodeDistances, firstRetainerIndex, retainingNodes, nodeFieldCount } = snapshot
    // To the retainer nearest to the root, as its view of retainers goes.
    let steps = 0
    for (let node = wanted(snapshot.nodeCount); node !== 0 && steps < 1e6; steps++) {
      const end = firstRetainerIndex[node + 1] ?? 0
      let nearest = node
      for (let at = firstRetainerIndex[node] ?? 0; at < end; at++) {
        const retainer = (retainingNodes[at] ?? 0) / nodeFieldCount
        if ((nodeDistances[retainer] ?? 0) < (nodeDistances[nearest] ?? 0)) nearest = retainer
      }
      if (nearest === node) break
      node = nearest
    }
    const { nodeCount, retainedSizes } = snapshot
    return { nodes: nodeCount, edges: retainingNodes.length, steps, retainedBytes: retainedSizes[0] ?? 0 }
  },
}

interface V8HeapSnapshot {
  parseSnapshotFromFile(
    file: string,
  ): Promise<{ readonly nodes: readonly V8Node[]; readonly edges: readonly unknown[] }>
}
interface V8Node {
  readonly out_edges: readonly { readonly to: V8Node }[]
}

const v8HeapSnapshot: Reader = {
  name: 'v8-heapsnapshot',
  specs: ['v8-heapsnapshot@1.3.1'],
  works: ['path'],
  mostBytes: 500e6,
  // Minutes a time.
  onceAboveBytes: 100e6,
  read: async (file, _work, folder) => {
    const { parseSnapshotFromFile } = createRequire(join(folder, 'package.json'))(
      'v8-heapsnapshot',
    ) as V8HeapSnapshot
    const { nodes, edges } = await parseSnapshotFromFile(file)
    const target = nodes[wanted(nodes.length)]
    const distances = new Map<V8Node | undefined, number>([[nodes[0], 0]])
    for (const [node, distance] of distances) {
      if (node === target) break
      for (const { to } of node?.out_edges ?? []) if (!distances.has(to)) distances.set(to, distance + 1)
    }
    return {
      nodes: nodes.length,
      edges: edges.length,
      steps: distances.get(target) ?? 0,
      retainedBytes: null,
    }
  },
}

export const readers: readonly Reader[] = [isolateLeak, memlab, devTools, v8HeapSnapshot, floor]

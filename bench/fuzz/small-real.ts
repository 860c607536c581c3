import type { RawSnapshot } from '../../test/support/columns-of.js'
import { textOf } from '../../test/support/mini-snapshot.js'

/** The first nodes of a real snapshot with the edges among them, as V8 writes it: real rows, but small. */
export const smallReal = (real: RawSnapshot, nodeCount: number): string => {
  const { meta } = real.snapshot
  const nodeWidth = meta.node_fields.length
  const countAt = meta.node_fields.indexOf('edge_count')
  const nodes = real.nodes.slice(0, nodeCount * nodeWidth)
  const edges: number[] = []
  let edge = 0
  for (let node = 0; node < nodeCount; node++) {
    const at = node * nodeWidth + countAt
    const end = edge + (nodes[at] ?? 0)
    const before = edges.length
    for (; edge < end; edge++) {
      const row = real.edges.slice(edge * 3, edge * 3 + 3)
      if ((row[2] ?? 0) < nodes.length) edges.push(...row)
    }
    nodes[at] = (edges.length - before) / 3
  }
  const locations: number[] = []
  for (let at = 0; at < real.locations.length; at += 4)
    if ((real.locations[at] ?? 0) < nodes.length) locations.push(...real.locations.slice(at, at + 4))
  const used = new Map<number, number>()
  const rename = (name: number): number => {
    if (!used.has(name)) used.set(name, used.size)
    return used.get(name) ?? 0
  }
  const nameAt = meta.node_fields.indexOf('name')
  for (let at = nameAt; at < nodes.length; at += nodeWidth) nodes[at] = rename(nodes[at] ?? 0)
  const edgeTypes = meta.edge_types[0] as string[]
  for (let at = 0; at < edges.length; at += 3)
    if (!['element', 'hidden'].includes(edgeTypes[edges[at] ?? 0] ?? ''))
      edges[at + 1] = rename(edges[at + 1] ?? 0)
  const strings = [...used.keys()].map(name => real.strings[name] ?? '')
  const snapshot = { meta, node_count: nodeCount, edge_count: edges.length / 3 }
  return textOf({ snapshot, nodes, edges, locations, strings }, nodeWidth)
}

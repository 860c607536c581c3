import { readFileSync } from 'node:fs'
import type { SnapshotColumns } from '../../lib/heap/snapshot-columns.js'

/** A snapshot as `JSON.parse` gives it. */
export interface RawSnapshot {
  snapshot: {
    meta: {
      node_fields: string[]
      node_types: (string | string[])[]
      edge_fields: string[]
      edge_types: (string | string[])[]
      location_fields: string[]
    }
    node_count: number
    edge_count: number
  }
  nodes: number[]
  edges: number[]
  locations: number[]
  strings: string[]
}

/** Columns of a snapshot file, by another way than the library's: for comparing, and for tests that only need a graph. */
export function columnsOf(file: string): SnapshotColumns {
  return columnsOfRaw(JSON.parse(readFileSync(file, 'utf8')) as RawSnapshot)
}

export function columnsOfRaw({ snapshot, nodes, edges, locations, strings }: RawSnapshot): SnapshotColumns {
  const { meta } = snapshot
  const nodeWidth = meta.node_fields.length
  const edgeWidth = meta.edge_fields.length
  const nodeCount = nodes.length / nodeWidth
  const edgeCount = edges.length / edgeWidth
  const column = (values: number[], fields: string[], name: string): number[] => {
    const at = fields.indexOf(name)
    return values.filter((_, index) => index % fields.length === at)
  }
  const ofNodes = (name: string): number[] => column(nodes, meta.node_fields, name)
  const ofEdges = (name: string): number[] => column(edges, meta.edge_fields, name)
  const ofLocations = (name: string): number[] => column(locations, meta.location_fields, name)
  const sizes = ofNodes('self_size')
  const firstEdges = new Uint32Array(nodeCount + 1)
  ofNodes('edge_count').forEach((count, node) => {
    firstEdges[node + 1] = (firstEdges[node] ?? 0) + count
  })
  const order = ofLocations('object_index')
    .map((offset, index) => ({ node: offset / nodeWidth, index }))
    .sort((a, b) => a.node - b.node)
  const sorted = (name: string): Uint32Array => {
    const values = ofLocations(name)
    return Uint32Array.from(order, ({ index }) => values[index] ?? 0)
  }
  return {
    nodeCount,
    edgeCount,
    nodeTypeNames: meta.node_types[meta.node_fields.indexOf('type')] as string[],
    edgeTypeNames: meta.edge_types[meta.edge_fields.indexOf('type')] as string[],
    nodeTypes: Uint8Array.from(ofNodes('type')),
    nodeNames: Uint32Array.from(ofNodes('name')),
    nodeIds: Uint32Array.from(ofNodes('id')),
    selfSizes: sizes.some(size => size > 0xffff_ffff) ? Float64Array.from(sizes) : Uint32Array.from(sizes),
    firstEdges,
    detachedness: meta.node_fields.includes('detachedness') ? Uint8Array.from(ofNodes('detachedness')) : null,
    edgeTypes: Uint8Array.from(ofEdges('type')),
    edgeNames: Uint32Array.from(ofEdges('name_or_index')),
    edgeTargets: Uint32Array.from(ofEdges('to_node'), offset => offset / nodeWidth),
    strings: {
      length: strings.length,
      get: position => {
        const text = strings[position]
        if (text === undefined) throw new RangeError(`no string ${String(position)}`)
        return text
      },
      indexOf: text => strings.indexOf(text),
    },
    locations: {
      nodes: Uint32Array.from(order, ({ node }) => node),
      scriptIds: sorted('script_id'),
      lines: sorted('line'),
      columns: sorted('column'),
    },
  }
}

import { columnsOfRaw, type RawSnapshot } from './columns-of.js'
import type { SnapshotColumns } from '../../lib/heap/snapshot-columns.js'

export interface MadeNode {
  readonly name?: string
  readonly type?: string
  readonly size?: number
  readonly id?: number
  readonly detachedness?: number
}

/** From, to, type (`property`), name or index (`to` as text). */
export type MadeEdge = readonly [from: number, to: number, type?: string, name?: string | number]

const nodeTypes = [
  'hidden',
  'array',
  'string',
  'object',
  'code',
  'closure',
  'native',
  'synthetic',
  'object shape',
]
const edgeTypes = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak']

/** A snapshot as V8 would write it, of a graph told in short. Node 0 is the root; a number stands for that many plain nodes. */
export function madeSnapshot(nodes: number | readonly MadeNode[], edges: readonly MadeEdge[]): RawSnapshot {
  const made = typeof nodes === 'number' ? Array.from({ length: nodes }, (): MadeNode => ({})) : nodes
  const strings: string[] = ['']
  const string = (text: string): number => {
    const at = strings.indexOf(text)
    return at === -1 ? strings.push(text) - 1 : at
  }
  const byNode = made.map((_, node) => edges.filter(([from]) => from === node))
  return {
    snapshot: {
      meta: {
        node_fields: ['type', 'name', 'id', 'self_size', 'edge_count', 'detachedness'],
        node_types: [nodeTypes, 'string', 'number', 'number', 'number', 'number'],
        edge_fields: ['type', 'name_or_index', 'to_node'],
        edge_types: [edgeTypes, 'string_or_number', 'node'],
        location_fields: ['object_index', 'script_id', 'line', 'column'],
      },
      node_count: made.length,
      edge_count: edges.length,
    },
    nodes: made.flatMap(({ type, name, id, size, detachedness }, node) => [
      nodeTypes.indexOf(type ?? (node === 0 ? 'synthetic' : 'object')),
      string(name ?? ''),
      id ?? node * 2 + 1,
      size ?? (node === 0 ? 0 : 2 ** (node % 16)),
      byNode[node]!.length,
      detachedness ?? 0,
    ]),
    edges: byNode
      .flat()
      .flatMap(([, to, type = 'property', name = `to ${to}`]) => [
        edgeTypes.indexOf(type),
        typeof name === 'number' ? name : string(name),
        to * 6,
      ]),
    locations: [],
    strings,
  }
}

export const madeColumns = (
  nodes: number | readonly MadeNode[],
  edges: readonly MadeEdge[],
): SnapshotColumns => columnsOfRaw(madeSnapshot(nodes, edges))

/** Columns of nodes 0 to `length - 1`, each leading to the next, and more edges; quick for millions. */
export function chainColumns(
  length: number,
  more: readonly (readonly [number, number])[] = [],
): SnapshotColumns {
  const small = madeColumns(1, [])
  const edges = [...more].sort((a, b) => a[0] - b[0])
  const edgeCount = length - 1 + edges.length
  const firstEdges = new Uint32Array(length + 1)
  const edgeTargets = new Uint32Array(edgeCount)
  let edge = 0
  let next = 0
  for (let node = 0; node < length; node++) {
    firstEdges[node] = edge
    if (node < length - 1) edgeTargets[edge++] = node + 1
    for (; edges[next]?.[0] === node; next++) edgeTargets[edge++] = edges[next]![1]
  }
  firstEdges[length] = edge
  return {
    ...small,
    nodeCount: length,
    edgeCount,
    nodeTypes: new Uint8Array(length).fill(nodeTypes.indexOf('object')),
    nodeNames: new Uint32Array(length),
    nodeIds: Uint32Array.from({ length }, (_, node) => node * 2 + 1),
    selfSizes: new Uint32Array(length).fill(1),
    detachedness: null,
    firstEdges,
    edgeTypes: new Uint8Array(edgeCount).fill(edgeTypes.indexOf('property')),
    edgeNames: new Uint32Array(edgeCount),
    edgeTargets,
  }
}

import { createObjectShapes } from '../classes/object-shapes.js'
import type { SnapshotColumns } from '../snapshot-columns.js'
import { isFunctionName, isKey, isV8Description } from './name-rules.js'
import type { NewStrings } from './new-strings.js'
import { namesInCode } from './names-in-code.js'

/** Node types that are named after their content. */
const CONTENTS = new Set([
  'string',
  'concatenated string',
  'sliced string',
  'regexp',
  'symbol',
  'number',
  'bigint',
])
/** What V8 calls those whose content it does not tell. */
const WITHOUT_CONTENT = new Set(['symbol', 'number', 'heap number', 'smi number', 'bigint', ''])
const FUNCTIONS = new Set(['closure', 'object', 'code'])

export interface ScrubbedNames {
  /** Positions in the new strings, by node. */
  readonly nodes: Uint32Array
  /** Positions in the new strings by edge, or the index that it had. */
  readonly edges: Uint32Array
}

/** Decides for each node and edge what of its name may be shown. */
export function scrubNames(columns: SnapshotColumns, strings: NewStrings): ScrubbedNames {
  const { nodeCount, edgeCount, nodeTypes, nodeNames, nodeTypeNames, firstEdges } = columns
  const { edgeTypes, edgeNames, edgeTypeNames } = columns
  const { keyNodes, scriptNodes, globals, names } = namesInCode(columns)
  const shapes = createObjectShapes(columns)
  const closureType = nodeTypeNames.indexOf('closure')

  const ofNode = (node: number): number => {
    const name = nodeNames[node] ?? 0
    const type = nodeTypeNames[nodeTypes[node] ?? 0] ?? ''
    if (scriptNodes[node] === 1) return strings.path(name)
    if (keyNodes[node] === 1 && CONTENTS.has(type)) return strings.name(name, isKey)
    if (CONTENTS.has(type)) {
      return WITHOUT_CONTENT.has(columns.strings.get(name)) ? strings.whole(name) : strings.masked(name)
    }
    return strings.name(name, FUNCTIONS.has(type) ? isFunctionName : isV8Description)
  }
  const ofEdge = (edge: number, isDictionary: boolean): number => {
    const name = edgeNames[edge] ?? 0
    switch (edgeTypeNames[edgeTypes[edge] ?? 0] ?? '') {
      case 'element':
      case 'hidden':
        return name
      case 'property':
      case 'shortcut':
        return isDictionary && isOfData(edge, name) ? strings.masked(name) : strings.name(name, isKey)
      case 'context':
        return strings.whole(name)
      default:
        return columns.strings.get(name).includes('part of key ')
          ? strings.pair(name)
          : strings.name(name, isV8Description)
    }
  }

  /** Keys of data, unless programs have the same name, or only programs can have such a key. */
  const isOfData = (edge: number, name: number): boolean => {
    if (names[name] === 1) return false
    const text = columns.strings.get(name)
    const isAccessor = nodeTypes[columns.edgeTargets[edge] ?? 0] === closureType && /^[gs]et /.test(text)
    return !isAccessor && !text.startsWith('<symbol ')
  }

  const nodes = new Uint32Array(nodeCount)
  const edges = new Uint32Array(edgeCount)
  for (let node = 0; node < nodeCount; node++) {
    nodes[node] = ofNode(node)
    const isDictionary = shapes.isDictionary(node) && globals[node] !== 1
    const end = firstEdges[node + 1] ?? 0
    for (let edge = firstEdges[node] ?? 0; edge < end; edge++) edges[edge] = ofEdge(edge, isDictionary)
  }
  return { nodes, edges }
}

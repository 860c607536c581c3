import { createObjectShapes } from '../classes/object-shapes.js'
import { type SnapshotColumns, createEdgeFinder, typeOf } from '../snapshot-columns.js'
import type { NameRule, NewStrings } from './new-strings.js'
import { looksLikeData } from '../../options/redact/mask-key.js'

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

const LONGEST_FUNCTION_NAME = 80
/** What V8 puts before the names of functions and accessors. */
const PREFIXES = /^(?:(?:get|set|bound|async|static) )+/
const OF_V8 =
  /^\([\w .-]{1,100}\)$|^(?:system|Node) \/ [\w ().:<>,*&/-]{1,80}$|^[A-Z][\w-]*(?: [A-Z]\w*)* Iterator$/
const V8_CHARACTERS = /^[\w ./:()<>#*&,[\]+-]{0,100}$/

/** Of properties. */
const isKey: NameRule = text => !looksLikeData(text.replace(PREFIXES, ''))

/** Of functions and classes. */
const isFunctionName: NameRule = text =>
  OF_V8.test(text) ||
  !looksLikeData(text.replace(PREFIXES, '').replace(/^\[(.*)\]$/, '$1'), LONGEST_FUNCTION_NAME)

/** Of what V8 and Node describe themselves: parts of objects, roots, native memory. */
const isV8Description: NameRule = text => V8_CHARACTERS.test(text) && !/\d{6}/.test(text)

/** What of a heap stands in the text of programs. Each has a 1 where it does. */
interface NamesInCode {
  /** Nodes that are names of properties of objects that are no dictionaries. */
  readonly keyNodes: Uint8Array
  /** Nodes that are scripts, or names of scripts. */
  readonly scriptNodes: Uint8Array
  /** Nodes that are global objects, whose properties are variables of programs, and `process`. */
  readonly globals: Uint8Array
  /** Strings that are such names of properties, or of variables or functions. */
  readonly names: Uint8Array
}

/** Descriptor arrays have three entries a property, of which the first is its name. */
const DESCRIPTOR_WIDTH = 3

function namesInCode(columns: SnapshotColumns): NamesInCode {
  const { nodeCount, nodeTypes, nodeNames, firstEdges, edgeTypes, edgeNames, edgeTargets, strings } = columns
  const finder = createEdgeFinder(columns)
  const closureType = typeOf(columns.nodeTypeNames, 'closure')
  const objectType = typeOf(columns.nodeTypeNames, 'object')
  const codeType = typeOf(columns.nodeTypeNames, 'code')
  const contextType = typeOf(columns.edgeTypeNames, 'context')
  const internalType = typeOf(columns.edgeTypeNames, 'internal')
  const propertyType = typeOf(columns.edgeTypeNames, 'property')
  const descriptorsName = strings.indexOf('descriptors')
  const sourceName = strings.indexOf('source')
  const nameName = strings.indexOf('name')
  const processName = strings.indexOf('process')
  const globalThisName = strings.indexOf('globalThis')
  const keyNodes = new Uint8Array(nodeCount)
  const scriptNodes = new Uint8Array(nodeCount)
  const globals = new Uint8Array(nodeCount)
  const names = new Uint8Array(strings.length)
  const seen = new Uint8Array(nodeCount)

  const addKeys = (descriptors: number): void => {
    if (seen[descriptors] === 1) return
    seen[descriptors] = 1
    const end = firstEdges[descriptors + 1] ?? 0
    for (let edge = firstEdges[descriptors] ?? 0; edge < end; edge++) {
      if (edgeTypes[edge] !== internalType) continue
      const slot = Number(strings.get(edgeNames[edge] ?? 0))
      if (!Number.isInteger(slot) || slot % DESCRIPTOR_WIDTH !== 0) continue
      const key = edgeTargets[edge] ?? 0
      keyNodes[key] = 1
      names[nodeNames[key] ?? 0] = 1
    }
  }

  for (let node = 0; node < nodeCount; node++) {
    if (nodeTypes[node] === closureType) names[nodeNames[node] ?? 0] = 1
    if (nodeTypes[node] === objectType && nodeNames[node] === processName) globals[node] = 1
    if (nodeTypes[node] === codeType && finder.internal(node, sourceName) >= 0) {
      scriptNodes[node] = 1
      const name = finder.internal(node, nameName)
      if (name >= 0) scriptNodes[name] = 1
    }
    const end = firstEdges[node + 1] ?? 0
    for (let edge = firstEdges[node] ?? 0; edge < end; edge++) {
      if (edgeNames[edge] === globalThisName && edgeTypes[edge] === propertyType) globals[node] = 1
      if (edgeTypes[edge] === contextType) names[edgeNames[edge] ?? 0] = 1
      else if (edgeNames[edge] === descriptorsName && edgeTypes[edge] === internalType)
        addKeys(edgeTargets[edge] ?? 0)
    }
  }
  return { keyNodes, scriptNodes, globals, names }
}

import { type Place, type Places, earlier } from '../locate/places.js'
import { type SnapshotColumns, createEdgeFinder, typeOf } from '../snapshot-columns.js'
import {
  type ClassDraft,
  constructorName,
  isContent,
  plainClassName,
  type Drafts,
  createDrafts,
} from './class-table.js'
import type { ObjectShapes } from './object-shapes.js'

/** Shapes with more properties than this are told apart, but their names are not listed. */
const mostProperties = 12

/** Parts of an object that V8 keeps in an array of their own. */
const parts = ['elements', 'properties', 'table']

/** Owner of what functions keep: their names are their own. */
const ofFunction = -1

/** Class of each node, as a position in `drafts`. */
interface AssignedClasses {
  readonly drafts: readonly ClassDraft[]
  readonly ofNode: Uint32Array
}

/**
 * Objects are told apart by their hidden class, functions by V8's description of them (`shared`): what a class is, is worked out
 * once for each of those, so that a node costs a look at its edges.
 */
export function assignClasses(
  columns: SnapshotColumns,
  shapes: ObjectShapes,
  places: Places,
): AssignedClasses {
  const { nodeCount, firstEdges, edgeTypes, edgeNames, edgeTargets, nodeTypes, nodeNames, strings } = columns
  const internalType = typeOf(columns.edgeTypeNames, 'internal')
  const [objectType, closureType, arrayType, codeType] = ['object', 'closure', 'array', 'code'].map(name =>
    typeOf(columns.nodeTypeNames, name),
  )
  const [mapName, sharedName, contextName, boundName, sourceName, scriptName, oldScriptName] = [
    ...['map', 'shared', 'context', 'bound_function', 'source', 'script', 'script_or_debug_info'],
  ].map(name => strings.indexOf(name)) as [number, number, number, number, number, number, number]
  const partNames = parts.map(name => strings.indexOf(name))
  const propertiesName = partNames[1] ?? -1
  const isContext = strings.indexOf('system / Context')
  const finder = createEdgeFinder(columns)
  const drafts = createDrafts()
  const contexts = createContextClasses(columns, drafts)
  const ofNode = new Uint32Array(nodeCount)
  // By hidden class or by description of a function: what its objects or functions are, from 1.
  const known = new Uint32Array(nodeCount)
  const sorts: { readonly name: number; readonly draft: number; readonly map: number; count: number }[] = []
  const plain = new Map<number, number>()
  const owned = new Map<number, number>()
  const isOwned = new Uint8Array(nodeCount)
  const bound: number[] = []
  const isContentType = columns.nodeTypeNames.map(isContent)

  const draftOfObject = (node: number, map: number): number => {
    const name = constructorName(strings.get(nodeNames[node] ?? 0))
    const place = places.own(node)
    if (name !== 'Object' || place !== null) return drafts.at('object', name, place, '')
    if (shapes.isDictionary(node)) return drafts.at('object', name, null, 'dictionary')
    const properties = shapes.propertiesOf(map)
    const listed = properties.length > mostProperties ? [] : properties
    return drafts.at('object', name, null, JSON.stringify(properties), listed)
  }

  const own = (store: number, part: number, ownerName: number): void => {
    const key = ownerName * parts.length + part
    let draft = owned.get(key)
    if (draft === undefined) {
      const owner = ownerName === ofFunction ? 'Function' : constructorName(strings.get(ownerName))
      draft = drafts.at('array', `${parts[part] ?? ''} of ${owner}`, null, '')
      owned.set(key, draft)
    }
    ofNode[store] = draft
    isOwned[store] = 1
  }

  const ofObject = (node: number): void => {
    let map = 0
    for (let edge = firstEdges[node] ?? 0, end = firstEdges[node + 1] ?? 0; edge < end; edge++) {
      if (edgeTypes[edge] !== internalType) continue
      const name = edgeNames[edge] ?? 0
      const target = edgeTargets[edge] ?? 0
      if (name === mapName) map = target
      else if (nodeTypes[target] === arrayType) {
        const part = partNames.indexOf(name)
        if (part >= 0) own(target, part, nodeNames[node] ?? 0)
      }
    }
    if (nodeNames[node] === isContext) {
      contexts.add(node)
      return
    }
    let sort = map === 0 ? undefined : sorts[(known[map] ?? 0) - 1]
    if (sort === undefined || sort.name !== nodeNames[node]) {
      sort = { name: nodeNames[node] ?? 0, draft: draftOfObject(node, map === 0 ? -1 : map), map, count: 0 }
      known[map] = sorts.push(sort)
    }
    sort.count++
    ofNode[node] = sort.draft
  }

  const ofClosure = (node: number): void => {
    const properties = finder.internal(node, propertiesName)
    if (properties >= 0 && nodeTypes[properties] === arrayType) own(properties, 1, ofFunction)
    const shared = finder.internal(node, sharedName)
    if (shared < 0) {
      if (finder.internal(node, boundName) >= 0) bound.push(node)
      ofNode[node] = drafts.at('closure', strings.get(nodeNames[node] ?? 0) || '(anonymous)', null, '')
      return
    }
    let draft = (known[shared] ?? 0) - 1
    if (draft < 0) {
      draft = drafts.at('closure', strings.get(nodeNames[node] ?? 0) || '(anonymous)', places.own(node), '')
      known[shared] = draft + 1
      contexts.use(finder.internal(node, contextName), places.own(node))
    }
    ofNode[node] = draft
  }

  const ofCode = (node: number): number => {
    if (finder.internal(node, sourceName) >= 0) return drafts.at('code', '(script)', null, '')
    if (finder.internal(node, scriptName) >= 0 || finder.internal(node, oldScriptName) >= 0) {
      return drafts.at('code', '(function info)', null, '')
    }
    return -1
  }

  const ofOther = (node: number): void => {
    const type = nodeTypes[node] ?? 0
    const special = type === codeType ? ofCode(node) : -1
    if (special >= 0) {
      ofNode[node] = special
      return
    }
    // Contents differ from node to node: one class for all of a type.
    const key = (isContentType[type] === true ? 0 : (nodeNames[node] ?? 0)) * 256 + type
    let draft = plain.get(key)
    if (draft === undefined) {
      const typeName = columns.nodeTypeNames[type] ?? ''
      draft = drafts.at(typeName, plainClassName(typeName, strings.get(nodeNames[node] ?? 0)), null, '')
      plain.set(key, draft)
    }
    ofNode[node] = draft
  }

  for (let node = 0; node < nodeCount; node++) {
    const type = nodeTypes[node]
    if (type === objectType) ofObject(node)
    else if (type === closureType) ofClosure(node)
    else if (isOwned[node] === 0) ofOther(node)
  }
  for (const node of bound) {
    const target = drafts.list[ofNode[finder.internal(node, boundName)] ?? 0]
    ofNode[node] = drafts.at('closure', `bound ${target?.name ?? ''}`, target?.place ?? null, '')
  }
  contexts.assign(ofNode)
  drafts.nameProperties(sorts, map => shapes.propertiesOf(map === 0 ? -1 : map), mostProperties)
  return { drafts: drafts.list, ofNode }
}

/** The variables of calls that functions still use, a class for each function whose variables they are. */
interface ContextClasses {
  add(context: number): void
  /** A function at `place` uses the variables in `context`. */
  use(context: number, place: Place | null): void
  /** Once all are added and used. */
  assign(ofNode: Uint32Array): void
}

/** So many contexts of a class are asked for the names of their variables: those that hold small numbers have no edge. */
const asked = 8

/** V8 has no place for a context: it gets the first function that uses one of its class. */
function createContextClasses(columns: SnapshotColumns, drafts: Drafts): ContextClasses {
  const { strings, firstEdges, edgeTypes, edgeNames } = columns
  const finder = createEdgeFinder(columns)
  const scopeName = strings.indexOf('scope_info')
  const contextType = typeOf(columns.edgeTypeNames, 'context')
  const contexts: number[] = []
  const users = new Map<number, Place | null>()

  const variablesOf = (context: number): string[] => {
    const names: string[] = []
    for (let edge = firstEdges[context] ?? 0, end = firstEdges[context + 1] ?? 0; edge < end; edge++) {
      if (edgeTypes[edge] === contextType) names.push(strings.get(edgeNames[edge] ?? 0))
    }
    return names
  }

  return {
    add: context => void contexts.push(context),
    use(context, place) {
      const scope = context < 0 ? -1 : finder.internal(context, scopeName)
      if (scope >= 0) users.set(scope, earlier(users.get(scope) ?? null, place))
    },
    assign(ofNode) {
      const variables = new Map<number, { readonly names: Set<string>; left: number }>()
      const scopes = contexts.map(context => finder.internal(context, scopeName))
      contexts.forEach((context, index) => {
        const scope = scopes[index] ?? -1
        let known = variables.get(scope)
        if (known === undefined) variables.set(scope, (known = { names: new Set(), left: asked }))
        if (known.left === 0) return
        known.left--
        for (const name of variablesOf(context)) known.names.add(name)
      })
      const ofScope = new Map<number, number>()
      contexts.forEach((context, index) => {
        const scope = scopes[index] ?? -1
        let draft = ofScope.get(scope)
        if (draft === undefined) {
          const names = [...(variables.get(scope)?.names ?? [])]
          const place = users.get(scope) ?? null
          // Without a user the names of the variables tell scopes apart.
          const shape = place === null ? JSON.stringify(names) : ''
          draft = drafts.at('object', 'system / Context', place, shape, names.length > 12 ? [] : names)
          ofScope.set(scope, draft)
        }
        ofNode[context] = draft
      })
    },
  }
}

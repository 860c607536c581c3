import type { HeapEdge } from '../heap-snapshot.js'
import { type SnapshotColumns, createEdgeFinder, typeOf } from '../snapshot-columns.js'
import { fileURLToPath } from 'node:url'

/** A place as V8 has it. */
export interface Place {
  /** Path, URL or `node:` name; empty where the snapshot does not tell. */
  readonly script: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

/** Says where the code behind a node is, from the snapshot alone. */
export interface Places {
  /** As V8 writes it: of functions, of constructors of objects, of the function behind a bound one. */
  own(node: number): Place | null
  /** Also of contexts, by a function that uses them, and of V8's descriptions of functions and scripts. */
  derived(node: number, retainers: (node: number) => readonly HeapEdge[]): Place | null
}

/** Bound functions of bound functions, contexts in contexts. */
const furthest = 8

/** @see Places */
export function createPlaces(columns: SnapshotColumns): Places {
  const { locations, strings, nodeTypes } = columns
  const scripts = createScriptNames(columns)
  const finder = createEdgeFinder(columns)
  const closureType = typeOf(columns.nodeTypeNames, 'closure')
  const codeType = typeOf(columns.nodeTypeNames, 'code')
  const boundEdge = strings.indexOf('bound_function')
  const functionEdge = strings.indexOf('function')
  const sourceEdge = strings.indexOf('source')

  const written = (node: number): Place | null => {
    const index = positionOf(locations.nodes, node)
    if (index < 0) return null
    return {
      script: scripts.byId(locations.scriptIds[index] ?? 0),
      line: (locations.lines[index] ?? 0) + 1,
      column: (locations.columns[index] ?? 0) + 1,
    }
  }

  const own = (node: number): Place | null => {
    let at = node
    for (let step = 0; step < furthest; step++) {
      const place = written(at)
      if (place !== null) return place
      const behind = finder.internal(at, nodeTypes[at] === closureType ? boundEdge : functionEdge)
      if (behind < 0 || nodeTypes[behind] !== closureType) return null
      at = behind
    }
    return null
  }

  const ofUsers = (
    start: number,
    by: string,
    retainers: (node: number) => readonly HeapEdge[],
  ): Place | null => {
    let level = [start]
    for (let step = 0; step < furthest && level.length > 0; step++) {
      const inner: number[] = []
      let first: Place | null = null
      for (const { from, name, type } of level.flatMap(retainers)) {
        if (type !== 'internal') continue
        if (name === by && nodeTypes[from] === closureType) first = earlier(first, own(from))
        else if (name === 'previous') inner.push(from)
      }
      if (first !== null) return first
      level = inner.slice(0, 1_000)
    }
    return null
  }

  return {
    own,
    derived(node, retainers) {
      const place = own(node)
      if (place !== null) return place
      if (strings.get(columns.nodeNames[node] ?? 0) === 'system / Context')
        return ofUsers(node, 'context', retainers)
      if (nodeTypes[node] !== codeType) return null
      const ofFunction = ofUsers(node, 'shared', retainers)
      if (ofFunction !== null) return ofFunction
      const script = finder.internal(node, sourceEdge) >= 0 ? scripts.ofScript(node) : scripts.ofShared(node)
      return script === null ? null : { script, line: 1, column: 1 }
    },
  }
}

/** The first of two places in reading order: which of several users is met first differs from process to process. */
export function earlier(a: Place | null, b: Place | null): Place | null {
  if (a === null || b === null) return a ?? b
  if (a.script !== b.script) return a.script < b.script ? a : b
  if (a.line !== b.line) return a.line < b.line ? a : b
  return a.column <= b.column ? a : b
}

function positionOf(sorted: Uint32Array, value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = sorted[middle] ?? 0
    if (found === value) return middle
    if (found < value) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** Scripts of a snapshot. */
interface ScriptNames {
  /** Path, URL or `node:` name of the script with V8's script id; empty where the snapshot does not tell. */
  byId(scriptId: number): string
  /** Of what a function's `shared` refers to; `null` where it is no such thing. */
  ofShared(shared: number): string | null
  ofScript(script: number): string
}

/**
 * Locations carry V8's script ids, and no snapshot says which script has which. A function does: it has a location, and it refers
 * to its script (`script_or_debug_info` up to Node 20, `script` from Node 22).
 */
function createScriptNames(columns: SnapshotColumns): ScriptNames {
  const { strings, nodeTypes, nodeNames, locations } = columns
  const finder = createEdgeFinder(columns)
  const closureType = typeOf(columns.nodeTypeNames, 'closure')
  const codeType = typeOf(columns.nodeTypeNames, 'code')
  const sharedName = strings.indexOf('shared')
  const scriptEdges = ['script', 'script_or_debug_info'].map(name => strings.indexOf(name))
  const nameEdge = strings.indexOf('name')
  const sourceEdge = strings.indexOf('source')

  const scriptOf = (shared: number): number => {
    for (const edge of scriptEdges) {
      const found = finder.internal(shared, edge)
      if (found < 0) continue
      if (finder.internal(found, sourceEdge) >= 0) return found
      // While a debugger is attached, its notes stand between the two.
      for (const further of scriptEdges) {
        const behind = finder.internal(found, further)
        if (behind >= 0) return behind
      }
    }
    return -1
  }
  const nameOf = (script: number): string => {
    const name = finder.internal(script, nameEdge)
    const node = name < 0 ? script : name
    const text = strings.get(nodeNames[node] ?? 0)
    return name < 0 && text.startsWith('system / ') ? '' : plainPath(text)
  }

  let names: Map<number, string> | undefined
  const readAll = (): Map<number, string> => {
    const found = new Map<number, string>()
    for (let index = 0; index < locations.nodes.length; index++) {
      const scriptId = locations.scriptIds[index] ?? 0
      if (found.has(scriptId)) continue
      const node = locations.nodes[index] ?? 0
      if (nodeTypes[node] !== closureType) continue
      const shared = finder.internal(node, sharedName)
      const script = shared < 0 ? -1 : scriptOf(shared)
      if (script >= 0) found.set(scriptId, nameOf(script))
    }
    return found
  }

  return {
    byId: scriptId => (names ??= readAll()).get(scriptId) ?? '',
    ofScript: nameOf,
    ofShared(shared) {
      if (nodeTypes[shared] !== codeType) return null
      const script = scriptOf(shared)
      return script < 0 ? null : nameOf(script)
    },
  }
}

function plainPath(name: string): string {
  if (!name.startsWith('file:')) return name
  try {
    return fileURLToPath(name)
  } catch {
    // Not a path on this machine, for example of a host: then the URL is all there is to show.
    return name
  }
}

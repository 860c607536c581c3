import { fileURLToPath } from 'node:url'
import { createEdgeFinder, typeOf } from '../edges.js'
import type { SnapshotColumns } from '../snapshot-columns.js'

/** Scripts of a snapshot. */
export interface ScriptNames {
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
export function createScriptNames(columns: SnapshotColumns): ScriptNames {
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

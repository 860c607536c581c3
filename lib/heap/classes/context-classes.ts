import { createEdgeFinder, typeOf } from '../edges.js'
import { earlier } from '../locate/places.js'
import type { Place } from '../locate/places.js'
import type { SnapshotColumns } from '../snapshot-columns.js'
import type { Drafts } from './drafts.js'

/** The variables of calls that functions still use, a class for each function whose variables they are. */
export interface ContextClasses {
  add(context: number): void
  /** A function at `place` uses the variables in `context`. */
  use(context: number, place: Place | null): void
  /** Once all are added and used. */
  assign(ofNode: Uint32Array): void
}

/** So many contexts of a class are asked for the names of their variables: those that hold small numbers have no edge. */
const asked = 8

/** V8 has no place for a context: it gets the first function that uses one of its class. */
export function createContextClasses(columns: SnapshotColumns, drafts: Drafts): ContextClasses {
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

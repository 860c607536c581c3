import { dirname } from 'node:path'
import type { OpenResource } from '../probe/protocol.cjs'
import type { Captured } from './types.js'

/** Files of one folder that are told apart; more of them become one. */
const MOST_FILES_APART = 8

/** What all processes had open at each point, added up; files of folders in which many were open are told by the folder. */
export function groupResources(
  looks: readonly { readonly operations: number; readonly found: readonly OpenResource[] }[],
): Captured['resources'] {
  const files = new Map<string, Set<string>>()
  for (const { found } of looks) {
    for (const resource of found.filter(isFile)) {
      const folder = dirname(resource.what)
      files.set(folder, (files.get(folder) ?? new Set()).add(resource.what))
    }
  }
  const nameOf = (resource: OpenResource): string => {
    const folder = dirname(resource.what)
    const isMany = isFile(resource) && (files.get(folder)?.size ?? 0) > MOST_FILES_APART
    return isMany ? `${folder}/*` : resource.what
  }
  return looks.map(({ operations, found }) => {
    const counts = new Map<string, OpenResource>()
    for (const resource of found) {
      const what = nameOf(resource)
      const key = `${resource.kind} ${what}`
      const { kind, count } = resource
      counts.set(key, { kind, what, count: (counts.get(key)?.count ?? 0) + count })
    }
    return { operations, counts: [...counts.values()] }
  })
}

function isFile({ kind, what }: OpenResource): boolean {
  return kind === 'descriptor' && what.startsWith('/')
}

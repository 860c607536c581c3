import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import type { HeapEdge, HeapSnapshot } from '../../lib/heap/heap-snapshot.js'
import { readHeapSnapshot } from '../../lib/heap/read-heap-snapshot.js'

/**
 * Runs a script that writes heap snapshots into its working folder, and reads them in the order of their names. The Node of
 * `HEAP_TEST_NODE` instead of the test's own, where it is set.
 */
export async function snapshotsOf(script: string, folder: string): Promise<HeapSnapshot[]> {
  const node = process.env['HEAP_TEST_NODE'] ?? process.execPath
  // The test runner adds its hooks to what it sees started; what env starts is out of their reach.
  const { status, stderr } = spawnSync('/usr/bin/env', ['-i', node, '--allow-natives-syntax', script], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
  })
  if (status !== 0) throw new Error(`${script} ended with ${String(status)}: ${stderr}`)
  const files = readdirSync(folder).filter(name => name.endsWith('.heapsnapshot'))
  return Promise.all(files.sort().map(name => readHeapSnapshot(path.join(folder, name))))
}

/** Follows properties and variables by name. */
export function follow(snapshot: HeapSnapshot, from: number, ...names: readonly string[]): number {
  let at = from
  for (const name of names) {
    const edges: readonly HeapEdge[] = snapshot.references(at)
    const edge =
      edges.find(({ type, name: own }) => own === name && type !== 'internal') ??
      edges.find(({ name: own }) => own === name)
    if (edge === undefined) throw new Error(`no ${name} in ${snapshot.node(at).name}`)
    at = edge.to
  }
  return at
}

/** Object that has a string property `marker`: scripts put one on what they want found. */
export function marked(snapshot: HeapSnapshot, marker: string): number {
  const name = snapshot.columns.strings.indexOf(marker)
  const { firstEdges, edgeNames, edgeTypes, edgeTypeNames, nodeCount } = snapshot.columns
  const property = edgeTypeNames.indexOf('property')
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = firstEdges[node] ?? 0; edge < (firstEdges[node + 1] ?? 0); edge++) {
      if (edgeNames[edge] === name && edgeTypes[edge] === property) return node
    }
  }
  throw new Error(`no object with a property ${marker}`)
}

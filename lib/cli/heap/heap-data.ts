import { className, masked } from '../../heap/describe/class-name.js'
import { pathInWords, type PathStep } from '../../heap/describe/path-in-words.js'
import type { HeapDiff } from '../../heap/heap-diff.js'
import type { HeapClass, HeapSnapshot } from '../../heap/heap-snapshot.js'
import { maskKey } from '../../options/redact/mask-key.js'

/** How a class is called where people see it: names that look like data give way to their length. */
export function shownName(one: Pick<HeapClass, 'name' | 'type' | 'properties'>): string {
  return className(masked(one, maskKey))
}

/** The way from a root in words, `null` for what nothing keeps alive. */
export function shownPath(snapshot: HeapSnapshot, node: number): PathStep[] | null {
  const path = snapshot.pathTo(node)
  return path === null ? null : pathInWords(snapshot, path, maskKey)
}

/** What `heap classes --json` prints. */
export function classesData(snapshot: HeapSnapshot, top: number): unknown {
  return snapshot.classes().slice(0, top).map(classData)
}

/** What `heap diff --json` prints: the growth, with its paths in words. */
export function diffData({ added, classes, containers, clusters }: HeapDiff, last: HeapSnapshot): unknown {
  return {
    added,
    classes: classes.map(grown => ({ ...grown, class: classData(grown.class) })),
    containers: containers.map(grown => ({ ...grown, path: shownPath(last, grown.node) })),
    clusters: clusters.map(cluster => {
      const old = new Set(cluster.path.slice(0, cluster.oldSteps).map(({ to }) => to))
      const path = pathInWords(last, cluster.path, maskKey)
      return { ...cluster, path, oldSteps: path.filter(({ node }) => old.has(node)).length }
    }),
  }
}

/** What `heap path --json` prints. Of a string the name is what it contains: the class stands for it. */
export function pathData(snapshot: HeapSnapshot, node: number): unknown {
  return {
    ...snapshot.node(node),
    name: shownName(snapshot.classOf(node)),
    retainedSizeBytes: snapshot.retainedSizes()[node] ?? 0,
    path: shownPath(snapshot, node),
  }
}

function classData({ type, properties, location, count, selfSizeBytes, ...one }: HeapClass): unknown {
  const name = shownName({ ...one, type, properties })
  return { name, type, properties: properties.map(maskKey), location, count, selfSizeBytes }
}

import type { HeapEdge, HeapSnapshot, SourceLocation } from '../heap-snapshot.js'
import { className, masked, v8Table } from './class-name.js'

/** One object on the way from a root. */
export interface PathStep {
  /** How it is reached from the step before: `property spans`, `element`, `variable cache`; empty for the first. */
  readonly by: string
  readonly name: string
  /** Position in the snapshot. */
  readonly node: number
  readonly location: SourceLocation | null
}

/** Objects that V8 needs and nobody has written: scopes of variables, tables of maps, elements of arrays. */
const INNER =
  /^(?:system \/ |\((?:object elements|object properties|internal array)|table of |elements of |properties of )/
/** Edges whose names say nothing to people. */
const UNNAMED: Readonly<Record<string, string>> = {
  table: 'entry',
  elements: 'element',
  context: 'variable',
  properties: 'property',
}

/**
 * A way through the heap as people would tell it: what V8 has in between (scopes, tables, elements) is passed over, and what it
 * stands for is said in the next step, as `variable`, `entry`, `element` or `property`.
 * @param path as of `pathTo`, from the root
 * @param mask replaces names that people should not see; V8's own stay as they are
 */
export function pathInWords(
  snapshot: HeapSnapshot,
  path: readonly HeapEdge[],
  mask: (name: string) => string = same,
): PathStep[] {
  const steps: PathStep[] = []
  let skipped = ''
  let list: string | null = null
  for (const [index, edge] of path.entries()) {
    const { type, name } = snapshot.node(edge.to)
    const by = edgeInWords(edge, mask)
    const isLast = index === path.length - 1
    if (isRoot(type)) {
      steps.length = 0
      steps.push({ by: '', name: nodeRoot(name), node: edge.to, location: null })
      continue
    }
    const ofNode = nodeList(snapshot, edge, list)
    if (ofNode !== null) {
      // Of a list that is gone through the first link stands for it: it was there before the others.
      if (list !== ofNode.list) {
        const node = ofNode.entry === null ? edge.to : edge.from
        steps.splice(0, steps.length, { by: '', name: ofNode.list, node, location: null })
      }
      list = ofNode.list
      steps.length = 1
      skipped = ''
      if (ofNode.entry !== null) steps.push(stepTo(snapshot, edge.to, ofNode.entry, mask))
      continue
    }
    if (!isLast && isInner(type, name)) {
      // The name of a variable is on the edge that leaves its scope, that of a table on the edge that leads to it.
      skipped = v8Table(edge, name) ?? (skipped || by)
      continue
    }
    const table = isLast ? v8Table(edge, name) : null
    const said = table ?? (skipped !== '' && !tells(by) ? skipped : by)
    const step = stepTo(snapshot, edge.to, steps.length === 0 ? '' : said, mask)
    const [root] = steps
    if (root !== undefined && steps.length === 1 && isHandle(root.name, step.name)) {
      steps[0] = { ...root, name: "Node's handles" }
    }
    steps.push(step)
    skipped = ''
  }
  return steps
}

/** `property spans`, `element`, `variable cache`, or V8's own name of it. */
export function edgeInWords({ type, name }: HeapEdge, mask: (name: string) => string = same): string {
  if (type === 'property') return `property ${mask(String(name))}`
  if (type === 'context') return `variable ${mask(String(name))}`
  if (type === 'element') return 'element'
  const text = String(name)
  if (/part of key/.test(text)) return 'value of a weak key'
  if (text.startsWith('bound_')) return text.replace(/_\d+$/, '').replace('_', ' ')
  if (type === 'internal') return UNNAMED[text] ?? `internal ${/^\d+$/.test(text) ? 'entry' : text}`
  return type === 'hidden' ? 'entry' : text
}

function stepTo(snapshot: HeapSnapshot, node: number, by: string, mask: (name: string) => string): PathStep {
  const name = className(masked(snapshot.classOf(node), mask))
  return { by, name, node, location: snapshot.location(node) }
}

function same(name: string): string {
  return name
}

function isRoot(type: string): boolean {
  return type === 'synthetic'
}

function isInner(type: string, name: string): boolean {
  return (
    type === 'array' || type === 'hidden' || type === 'code' || type === 'object shape' || INNER.test(name)
  )
}

function tells(by: string): boolean {
  return by.startsWith('property ') || by.startsWith('variable ')
}

/** A step of a way that is part of one of Node's own lists. */
interface NodeList {
  /** What the list is called. */
  readonly list: string
  /** How what is in it is reached; `null`: this is the list itself, or a part of it. */
  readonly entry: string | null
}

const TIMERS = "Node's list of timers"
const QUEUE = "Node's queue of timers"
const IMMEDIATES = "Node's list of immediates"

/** By the variable of Node's own code that holds them, and the class that it has there. */
const VARIABLES: Readonly<Record<string, { readonly list: string; readonly classes: RegExp }>> = {
  timerListMap: { list: TIMERS, classes: /^Object$/ },
  timerListQueue: { list: QUEUE, classes: /^PriorityQueue$/ },
  immediateQueue: { list: IMMEDIATES, classes: /^ImmediateList$/ },
  outstandingQueue: { list: IMMEDIATES, classes: /^ImmediateList$/ },
  active_hooks: { list: "Node's list of async hooks", classes: /^Object$/ },
  storageList: { list: "Node's list of stores (AsyncLocalStorage)", classes: /^Array$/ },
  queue: { list: "Node's queue of process.nextTick", classes: /^FixedQueue$/ },
}

const ENTRIES: Readonly<Record<string, string>> = { Timeout: TIMERS, Immediate: IMMEDIATES }
/** What libuv calls handles, by the class that Node gives them. */
const HANDLE = /^(?:TCP|Pipe|TTY|UDP|Process|FSEvent|StatWatcher|MessagePort)$/
/** What Node writes into the snapshot of its own objects. */
const WRAP = /^Node \/ (\w+)Wrap$/

/** Of a root what it is called where it stands for Node's handles or requests. */
function nodeRoot(name: string): string {
  const [, of] = WRAP.exec(name) ?? []
  if (of === undefined) return name
  return of.endsWith('Req') ? `Node's open requests (${of}Wrap)` : `Node's handles (${of}Wrap)`
}

/**
 * Where a way enters one of Node's own lists, or goes on in it: what leads there is Node's, and the links between entries that
 * happen to be neighbours say nothing.
 * @param inside the list that the way is in already, `null`: none
 */
function nodeList(
  snapshot: HeapSnapshot,
  { type, name, to }: HeapEdge,
  inside: string | null,
): NodeList | null {
  const own = snapshot.classOf(to).name
  if (type === 'context') {
    const known = Object.hasOwn(VARIABLES, name) ? VARIABLES[String(name)] : undefined
    return known?.classes.test(own) === true ? { list: known.list, entry: null } : null
  }
  if (own === 'TimersList' && isNodes(snapshot, to))
    return { list: inside === QUEUE ? QUEUE : TIMERS, entry: null }
  const list = Object.hasOwn(ENTRIES, own) ? ENTRIES[own] : undefined
  const isLink =
    name === '_idleNext' ||
    name === '_idlePrev' ||
    (inside === IMMEDIATES && /^(?:head|tail)$/.test(String(name)))
  if (list !== undefined && isLink && isNodes(snapshot, to)) {
    return { list: inside === QUEUE ? QUEUE : list, entry: list === TIMERS ? 'timer' : 'immediate' }
  }
  // The queue of the timers' lists keeps them in an array.
  const isHeap = inside === QUEUE && own === 'Array' && /^#?heap$/.test(String(name))
  return isHeap ? { list: QUEUE, entry: null } : null
}

/** Whether a root and what it leads to first are a handle. */
function isHandle(root: string, className: string): boolean {
  return root === '(Global handles)' && HANDLE.test(className)
}

function isNodes(snapshot: HeapSnapshot, node: number): boolean {
  return snapshot.location(node)?.script.startsWith('node:') === true
}

import type { HeapEdge, HeapSnapshot } from '../heap-snapshot.js'

/** A step of a way that is part of one of Node's own lists. */
export interface NodeList {
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
export function nodeRoot(name: string): string {
  const [, of] = WRAP.exec(name) ?? []
  if (of === undefined) return name
  return of.endsWith('Req') ? `Node's open requests (${of}Wrap)` : `Node's handles (${of}Wrap)`
}

/**
 * Where a way enters one of Node's own lists, or goes on in it: what leads there is Node's, and the links between entries that
 * happen to be neighbours say nothing.
 * @param inside the list that the way is in already, `null`: none
 */
export function nodeList(
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
export function isHandle(root: string, className: string): boolean {
  return root === '(Global handles)' && HANDLE.test(className)
}

function isNodes(snapshot: HeapSnapshot, node: number): boolean {
  return snapshot.location(node)?.script.startsWith('node:') === true
}

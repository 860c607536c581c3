import type * as Path from 'node:path'
import type * as Url from 'node:url'
import type { KeepWorkers } from './keep-workers.cjs'
import type { EvidenceRequest, LiveAllocations, StackFrame } from './protocol.cjs'

const path = require('node:path') as typeof Path
const { fileURLToPath } = require('node:url') as typeof Url
const { withThread } = require('./keep-workers.cjs') as KeepWorkers

type Sample = Extract<EvidenceRequest, { method: 'sample' }>
type Allocations = Extract<EvidenceRequest, { method: 'allocations' }>

interface ProfileNode {
  readonly callFrame: {
    readonly functionName: string
    readonly url: string
    readonly lineNumber: number
    readonly columnNumber: number
  }
  /** Of allocations that are still alive. */
  readonly selfSize: number
  readonly children: readonly ProfileNode[]
}

const mostSites = 200
const mostFrames = 32

/** From now on V8 keeps the stack of one allocation in `intervalBytes`, for as long as what was allocated is alive. */
async function startSampling({ thread, intervalBytes, timeoutMs }: Sample): Promise<null> {
  await withThread(thread, timeoutMs, post =>
    post('HeapProfiler.startSampling', { samplingInterval: intervalBytes }),
  )
  return null
}

/** What was allocated since then and is alive, by stack, without the probe's own. Sampling goes on. */
async function liveAllocations({ thread, timeoutMs }: Allocations): Promise<LiveAllocations[]> {
  const { profile } = await withThread(thread, timeoutMs, post =>
    post<{ profile: { head: ProfileNode } }>('HeapProfiler.getSamplingProfile'),
  )
  const sites = new Map<string, LiveAllocations>()
  collect(profile.head, [], sites)
  return [...sites.values()].sort((a, b) => b.bytes - a.bytes).slice(0, mostSites)
}

function collect(
  root: ProfileNode,
  callers: readonly StackFrame[],
  sites: Map<string, LiveAllocations>,
): void {
  const waiting = [{ node: root, callers }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node } = next
    const frame = frameOf(node)
    const frames = frame === null ? next.callers : [frame, ...next.callers]
    const maker = frames.find(({ script }) => !script.startsWith('node:'))
    const isOwn = maker !== undefined && path.dirname(maker.script) === __dirname
    if (node.selfSize > 0 && !isOwn) {
      const shown = frames.slice(0, mostFrames)
      const key = JSON.stringify(shown)
      sites.set(key, { bytes: (sites.get(key)?.bytes ?? 0) + node.selfSize, frames: shown })
    }
    for (const child of node.children) waiting.push({ node: child, callers: frames })
  }
}

function frameOf({
  callFrame: { functionName, url, lineNumber, columnNumber },
}: ProfileNode): StackFrame | null {
  if (url === '') return null
  return { functionName, script: scriptOf(url), line: lineNumber + 1, column: columnNumber + 1 }
}

function scriptOf(url: string): string {
  if (url.startsWith('file://')) return fileURLToPath(url.replace(/[?#].*$/, ''))
  // A whole script may stand in such an address.
  if (url.startsWith('data:')) return 'data:'
  return url.replace(/[?#].*$/, '')
}

export type StartSampling = typeof startSampling
export type LiveAllocationsOf = typeof liveAllocations
module.exports = { startSampling, liveAllocations }

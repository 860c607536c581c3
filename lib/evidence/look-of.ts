import type { AccountedPlace } from '../heap/heap-account.js'
import { masked } from '../heap/describe/class-name.js'
import { createPackageFinder } from '../heap/locate/package-of-script.js'
import { maskKey } from '../options/redact/mask-key.js'
import type { Captured } from '../trial/types.js'
import type { AllocationSite, EvidenceOfResource } from '../types/index.js'
import type { Look } from './explain.js'
import { isNobodys } from './grown.js'

/** What was captured of a trial, as evidence tells it. */
export function lookOf(captured: Captured): Look {
  const { heap, refused, comparable, snapshots } = captured
  const notes = [
    ...(refused === null ? [] : [`No heap snapshots: ${refused}.`]),
    ...(comparable || heap === null
      ? []
      : ['V8 gave objects new numbers between the snapshots, so that they tell less.']),
  ]
  return {
    ...{ heap, notes },
    files: snapshots.map(({ path }) => path),
    allocations: allocationSites(captured),
    resources: grownBetween(captured.resources),
  }
}

/** By the innermost function that is not Node's own. */
function allocationSites({ allocations, resources }: Captured): AllocationSite[] {
  const operations = span(resources)
  const packageOf = createPackageFinder()
  const sites = new Map<string, AllocationSite>()
  for (const { bytes, frames } of allocations) {
    const frame = frames.find(
      ({ script, line, column }) => !isNobodys({ script, line, column, package: null }),
    )
    if (frame === undefined || operations === 0) continue
    const { script, line, column, functionName } = frame
    const { name } = masked({ name: functionName, type: 'closure', properties: [] }, maskKey)
    const key = `${script}:${String(line)}:${String(column)}`
    const place: AccountedPlace = { script, line, column, package: packageOf(script) }
    const before = sites.get(key)?.bytesPerOperation ?? 0
    sites.set(key, { function: name, place, bytesPerOperation: before + bytes / operations })
  }
  return [...sites.values()]
}

function grownBetween(resources: Captured['resources']): EvidenceOfResource[] {
  const operations = span(resources)
  const [first, last] = [resources[0], resources.at(-1)]
  if (first === undefined || last === undefined || operations === 0) return []
  const grown = new Map<string, EvidenceOfResource>()
  for (const { kind, what, count } of last.counts) {
    const before = first.counts.find(other => other.kind === kind && other.what === what)?.count ?? 0
    const name = resourceName({ kind, what })
    const known = grown.get(`${kind} ${name}`)?.perOperation ?? 0
    const perOperation = known + (count - before) / operations
    grown.set(`${kind} ${name}`, { kind, what: name, perOperation })
  }
  return [...grown.values()].filter(({ perOperation }) => perOperation > 0)
}

function span(resources: Captured['resources']): number {
  return (resources.at(-1)?.operations ?? 0) - (resources[0]?.operations ?? 0)
}

const LISTENER = /^(process )(.*?)( at \S[^\n]*:\d+)?$/s

/** What a resource is, as reports tell it: events and files whose names look like data give way to their lengths. */
function resourceName({ kind, what }: Pick<EvidenceOfResource, 'kind' | 'what'>): string {
  if (kind === 'listener') {
    return what.replace(
      LISTENER,
      (_, emitter: string, event: string, place = '') => `${emitter}${maskKey(event)}${String(place)}`,
    )
  }
  if (kind !== 'descriptor' || !what.startsWith('/')) return what
  return what
    .split('/')
    .map(part => (part === '*' ? part : maskKey(part)))
    .join('/')
}

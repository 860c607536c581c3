import type { AgentCosts, Cost, CostName } from '../../types/index.js'
import { byteUnit, formatNumber } from './bytes.js'

/** A cost in words, all in one unit and with the same number of decimals. */
interface CostText {
  /** `0.31 ms` */
  readonly without: string
  /** `+0.12 ms` */
  readonly added: string
  /** `0.10 to 0.14 ms` */
  readonly interval: string
  /** What is added with half the width of its interval: `+0.12 ±0.02 ms`. */
  readonly brief: string
}

/** Every figure, what it is called, and what it is called where there is little room; in the order in which they are told. */
export const COST_NAMES: Readonly<Record<CostName, readonly [name: string, short: string]>> = {
  cpuMsPerOperation: ['CPU time per operation', 'CPU/op'],
  cpuMsPerSecond: ['CPU time per second, idle', 'CPU/s idle'],
  startMs: ['start-up', 'start-up'],
  rssStartBytes: ['resident memory at start', 'resident at start'],
  rssRestBytes: ['resident memory after the last operation', 'resident'],
  heapStartBytes: ['heap at start', 'heap at start'],
  heapRestBytes: ['heap after the last operation', 'heap'],
  operationsPerSecond: ['operations a second', 'op/s'],
  p50Ms: ['answers, median', 'p50'],
  p99Ms: ['answers, 99th percentile', 'p99'],
}

/** The figures of an agent that are known, in that order. */
export function knownCosts(costs: AgentCosts): (readonly [CostName, Cost])[] {
  return (Object.keys(COST_NAMES) as CostName[]).flatMap(name => {
    const cost = costs[name]
    return cost === null ? [] : [[name, cost] as const]
  })
}

/** What an agent is called where it has one row for each condition of its collector. */
export function costSubject({ agent, backend }: AgentCosts, isOneOfSeveral: boolean): string {
  return isOneOfSeveral ? `${agent}, collector ${backend}` : agent
}

export function costText(name: CostName, { without, added, low, high }: Cost): CostText {
  const half = (high - low) / 2
  const { unit, divisor } = unitOf(name, Math.max(Math.abs(added), half / 10))
  const decimals = decimalsOf(half / divisor, added / divisor)
  const amount = (value: number): string => formatNumber(value / divisor, decimals, decimals)
  const plus = (value: number): string => (/^(?:0\.)?0*$/.test(amount(value)) || value < 0 ? '' : '+')
  return {
    without: `${amount(without)}${unit}`,
    added: `${plus(added)}${amount(added)}${unit}`,
    interval: `${amount(low)} to ${amount(high)}${unit}`,
    brief: `${plus(added)}${amount(added)} ±${amount(half)}${unit}`,
  }
}

function unitOf(name: CostName, size: number): { readonly unit: string; readonly divisor: number } {
  if (name === 'operationsPerSecond') return { unit: '', divisor: 1 }
  if (!name.endsWith('Bytes')) return { unit: ' ms', divisor: 1 }
  const { name: unit, bytes } = byteUnit(size)
  return { unit: ` ${unit}`, divisor: bytes }
}

const MOST_DECIMALS = 4

/** One digit of the interval that is not 0 is what is known. */
function decimalsOf(half: number, added: number): number {
  const size = half > 0 ? half : Math.abs(added) / 10
  return size > 0 ? Math.min(MOST_DECIMALS, Math.max(0, -Math.floor(Math.log10(size)))) : 0
}

import type { AgentCosts, CostName, ReportData } from '../../types/index.js'
import { COST_NAMES, costSubject, costText, knownCosts } from '../format/cost.js'
import { fittingTable, plural, widthOf, wrap } from '../format/layout.js'
import type { Cells } from './components-table.js'

/** Of those that a table has room for: CPU time first, which trials that run beside disturb least. */
const SHOWN: readonly CostName[] = ['cpuMsPerOperation', 'cpuMsPerSecond', 'startMs', 'rssRestBytes', 'p50Ms']

/** Rows of a table that leaves room for the rest of an account. */
const MOST_ROWS = 4

const SHORTEST_NAME = 12

/** A few figures of each agent as lines of at most `width` characters; none where none is known. */
export function costsTable(data: ReportData, width: number): string[] {
  const known = knownAgents(data)
  const shown = known.slice(0, MOST_ROWS)
  const columns = SHOWN.filter(name => shown.some(costs => costs[name] !== null))
  const several = data.options.backends.length > 1
  const tableOf = (names: readonly CostName[]): string[] =>
    fittingTable(
      ['agent', ...names.map(name => COST_NAMES[name][1])],
      shown.map(costs => [costSubject(costs, several), ...names.map(name => briefOf(costs, name))]),
      width,
      [{ column: 0, least: SHORTEST_NAME }],
    )
  if (columns.length === 0) return []
  let count = columns.length
  while (count > 1 && widthOf(tableOf(columns.slice(0, count))) > width) count--
  const more = known.length - shown.length
  return [
    ...tableOf(columns.slice(0, count)),
    ...(more > 0 ? wrap(`and ${plural(more, 'more row')} in the report as JSON or HTML`, width) : []),
  ]
}

/** Every figure of these agents, one a row, beside the same without the agent. */
export function costCells(data: ReportData, isMeant: (agent: string) => boolean = () => true): Cells {
  const several = data.options.backends.length > 1
  return {
    headings: ['agent', 'figure', 'without it', 'it adds', '95% interval'],
    rows: knownAgents(data)
      .filter(({ agent }) => isMeant(agent))
      .flatMap(costs =>
        knownCosts(costs).map(([name, cost]) => {
          const { without, added, interval } = costText(name, cost)
          return [costSubject(costs, several), COST_NAMES[name][0], without, added, interval]
        }),
      ),
  }
}

/** What the figures are worth, in a sentence or two; `''` where there are none. */
export function costsNote(data: ReportData): string {
  const known = knownAgents(data)
  if (known.length === 0) return ''
  const isTimed = known.some(({ startMs, p50Ms }) => startMs !== null || p50Ms !== null)
  const { concurrency } = data.options
  const beside =
    isTimed && concurrency > 1
      ? ` Up to ${String(concurrency)} trials ran at a time, which disturbs times by the clock more than CPU time.`
      : ''
  const isCpuKnown = known.some(({ cpuMsPerOperation }) => cpuMsPerOperation !== null)
  const higher = isCpuKnown ? ' Readings make CPU time higher.' : ''
  return `With the agent minus without it, each with a 95% interval of its own; no verdict.${beside}${higher}`
}

function knownAgents({ costs = [] }: ReportData): readonly AgentCosts[] {
  return costs.filter(one => knownCosts(one).length > 0)
}

function briefOf(costs: AgentCosts, name: CostName): string {
  const cost = costs[name]
  return cost === null ? '' : costText(name, cost).brief
}

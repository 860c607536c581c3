import { SCREEN, screen } from '../../report/brief-text.js'
import { growthText } from '../../report/format/growth.js'
import { fittingTable, hanging, list, verdictWords } from '../../report/format/layout.js'
import { clip } from '../../report/format/visible-text.js'
import { plainPaint, withShortNames } from '../../report/text/short-names.js'
import { DEFAULT_WIDTH, reportText, type TextOptions } from '../../report/text.js'
import type { NodeComponent, NodesData, NodeSide } from './types.js'

const SHORTEST_NAME = 12

/** The account for people: verdict, every component on every Node, then the experiments one after another. */
export function nodesText(data: NodesData, options: TextOptions = {}): string {
  const { width = DEFAULT_WIDTH, paint = plainPaint } = options
  return [
    ...hanging('', nodesHeadline(data), width).map(line => paint(data.verdict, line)),
    '',
    ...componentsTable(data, width - 2).map(line => `  ${line}`),
    ...data.nodes.flatMap(({ node, report }) => ['', `On Node ${node}:`, '', reportText(report, options)]),
  ].join('\n')
}

/**
 * The account on one screen, for a test that fails: see `briefText`.
 * @param bad the Node whose reasons are told
 */
export function nodesBrief(data: NodesData, bad: NodeSide): string {
  const lines = [
    ...clip(nodesHeadline(data), SCREEN.width, 3),
    ...componentsTable(data, SCREEN.width - 2).map(line => `  ${line}`),
    ...clip(`Of Node ${bad.node}:`, SCREEN.width, 1),
  ]
  return screen(lines, withShortNames(bad.report), { file: null })
}

function nodesHeadline({ verdict, reason }: NodesData): string {
  return `${verdictWords(verdict)}: ${reason}.`
}

/** Where something leaks, where nothing does, where it was not settled. */
export function nodesReason(nodes: readonly NodeSide[], components: readonly NodeComponent[]): string {
  const on = (verdict: string): string[] =>
    nodes.filter(side => side.verdict === verdict).map(({ node }) => node)
  const [leaking, clean, open] = [on('leak'), on('clean'), on('inconclusive')]
  const differing = components.filter(({ differs }) => differs)
  if (differing.length > 0) return differing.map(differenceOf).join('; ')
  const parts = [
    ...(leaking.length > 0 ? [`${list(leakersOf(components))} on Node ${list(leaking)}`] : []),
    ...(clean.length > 0 ? [`nothing leaks on Node ${list(clean)}`] : []),
    ...(open.length > 0 ? [`not settled on Node ${list(open)}`] : []),
  ]
  return parts.join('; ')
}

function leakersOf(components: readonly NodeComponent[]): string[] {
  const names = components
    .filter(({ sides }) => sides.some(({ verdict }) => verdict === 'leak'))
    .map(({ name }) => `${componentName(name)} leaks`)
  return names.length === 0 ? ['something leaks'] : names
}

function differenceOf({ name, sides }: NodeComponent): string {
  const on = (verdict: string): string =>
    list(sides.filter(side => side.verdict === verdict).map(({ node }) => node))
  return `${componentName(name)} leaks on Node ${on('leak')} and is clean on Node ${on('clean')}`
}

function componentName(name: string): string {
  return name === 'application' ? 'the application' : name
}

function componentsTable({ components, nodes }: NodesData, width: number): string[] {
  const rows = components.map(({ name, sides }) => [
    name,
    ...nodes.map(({ node }) => {
      const side = sides.find(one => one.node === node)
      if (side === undefined) return ''
      const { amount } = growthText(side.growth)
      return `${side.verdict === 'leak' ? 'LEAK' : side.verdict} ${amount}`.trim()
    }),
  ])
  const headings = ['', ...nodes.map(({ node }) => `Node ${node}`)]
  return fittingTable(headings, rows, width, [{ column: 0, least: SHORTEST_NAME }])
}

import { join } from 'node:path'
import { LeakError } from '../../errors.js'
import { checkObject, invalidOption } from '../../options/check/check-object.js'
import { entryOn } from '../../options/entry.js'
import { texts } from '../../options/check/fields.js'
import { parse } from '../../options/check/parse.js'
import type { ResolvedOptions } from '../../options/resolved.js'
import type { IsolateLeakOptions } from '../../options/types.js'
import { withCleanErrors } from '../../report/redact/known-secrets.js'
import { resolveOptions } from '../../run/resolve/resolve-options.js'
import { refuseOfOneRun } from '../../run/resolve/shard.js'
import { runExperiment } from '../../run/run-experiment.js'
import { realTime } from '../../system/real-time.js'
import type { IsolationReport, Verdict } from '../../types/index.js'
import { nodesBrief, nodesReason, nodesText } from './nodes-text.js'
import type { NodeComponent, NodesData, NodesOptions, NodesReport } from './types.js'

/**
 * Runs the experiment on one Node after another, and says what leaks on which: some leaks are those of a Node, and go or come with it.
 * `errorRate` is shared out evenly (C. E. Bonferroni, 1936), so that it holds for all of them together; `budgetMs` is that of all.
 *
 * @throws IsolateLeakError as {@link isolateLeak} does; `ERR_OPTION_INVALID` for less than two Nodes, or one version twice
 */
export async function compareNodes(options: NodesOptions): Promise<NodesReport> {
  return withCleanErrors(options, async resolvedTo => runOnEach(options, resolvedTo))
}

async function runOnEach(
  options: NodesOptions,
  resolvedTo: (resolved: ResolvedOptions) => void,
): Promise<NodesReport> {
  const { nodes, ...rest } = checkObject('the options of compareNodes()', options) as unknown as NodesOptions
  refuseOfOneRun('compareNodes()', rest)
  const paths = parse(texts, nodes, 'nodes')
  if (paths.length < 2) throw invalidOption(`nodes must name two Nodes or more, got ${String(paths.length)}`)
  // All of them before anything is launched: one that is missing is told at once.
  const runs: ResolvedOptions[] = []
  for (const nodePath of paths) {
    const seed = rest.seed ?? runs[0]?.seed
    const resolved = await resolveOptions({
      ...(rest as IsolateLeakOptions),
      entry: entryOn(rest.entry, nodePath),
      ...(seed === undefined ? {} : { seed }),
    })
    resolvedTo(resolved)
    const { nodeVersion } = resolved.entry
    if (runs.some(({ entry }) => entry.nodeVersion === nodeVersion))
      throw invalidOption(`nodes must be of different versions, two are ${nodeVersion}`)
    runs.push(resolved)
  }

  const startedAtMs = realTime.nowMs()
  const reports: IsolationReport[] = []
  for (const [index, run] of runs.entries()) {
    const { nodeVersion: node } = run.entry
    run.onEvent({ type: 'node', node, index: index + 1, count: runs.length })
    resolvedTo(run)
    const leftMs = run.budgetMs === null ? null : run.budgetMs - (realTime.nowMs() - startedAtMs)
    reports.push(
      await runExperiment({
        ...run,
        errorRate: run.errorRate / runs.length,
        outDir: run.outDir === null ? null : join(run.outDir, `node-${node}`),
        // Even the last moment may hold the answer of a run that is gone on with.
        budgetMs: leftMs === null ? null : Math.max(1, Math.round(leftMs / (runs.length - index))),
      }),
    )
  }
  return createNodesReport(nodesData(reports))
}

/** What the reports of one experiment on several Nodes mean. Pure. */
export function nodesData(reports: readonly IsolationReport[]): NodesData {
  const nodes = reports.map(report => ({ node: nodeOf(report), verdict: report.verdict, report }))
  const components = componentsOf(reports)
  return {
    verdict: verdictOf(nodes.map(({ verdict }) => verdict)),
    reason: nodesReason(nodes, components),
    nodes,
    components,
  }
}

function nodeOf({ environment }: IsolationReport): string {
  return environment.node.replace(/^v/, '')
}

function verdictOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('leak')) return 'leak'
  return verdicts.every(verdict => verdict === 'clean') ? 'clean' : 'inconclusive'
}

function componentsOf(reports: readonly IsolationReport[]): NodeComponent[] {
  const names = [...new Set(reports.flatMap(({ components }) => components.map(({ name }) => name)))]
  return names.map(name => {
    const sides = reports.flatMap(report =>
      report.components
        .filter(component => component.name === name)
        .map(({ verdict, growth }) => ({ node: nodeOf(report), verdict, growth })),
    )
    const verdicts = sides.map(({ verdict }) => verdict)
    return { name, sides, differs: verdicts.includes('leak') && verdicts.includes('clean') }
  })
}

/** The answer with its methods, which are not enumerable. */
export function createNodesReport(data: NodesData): NodesReport {
  return Object.freeze(
    Object.defineProperties(
      { ...data },
      {
        toString: { value: () => nodesText(data) },
        assertClean: {
          value: () => {
            const bad =
              data.nodes.find(({ verdict }) => verdict === 'leak') ??
              data.nodes.find(({ verdict }) => verdict !== 'clean')
            if (bad !== undefined) throw new LeakError(nodesBrief(data, bad), bad.report)
          },
        },
      },
    ),
  ) as NodesReport
}

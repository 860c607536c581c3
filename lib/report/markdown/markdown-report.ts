import type { Culprit, Metric, ReportData, ReportedAgent, TrialRecord } from '../../types/index.js'
import type { Reporter } from '../reporter.js'
import { evidenceLines, culpritLines } from '../text/evidence-lines.js'
import { DEFAULT_OPERATIONS_PER_SECOND, repeatCommand, repeatLine } from '../text/next-steps.js'
import { retentionLine, surenessLines } from '../text/sureness.js'
import { culpritClaim } from '../text/verdict-lines.js'
import { warningLines } from '../text/run-lines.js'
import { blocks, bullets, code, fenced, folded, markdownTable, prose } from './markdown-text.js'
import { costsBlock, summaryBlocks, growthTable } from './summary-blocks.js'
import { shellArgument } from '../format/visible-text.js'
import { list, plural } from '../format/layout.js'
import { ownSet } from '../judged.js'
import { formatNumber } from '../format/bytes.js'
import { metricName } from '../format/growth.js'

/**
 * An issue for the maintainers of what leaks, with what they ask for: versions, settings without secrets, the same run without
 * it, growth and rest, readings, what holds the memory, and how to repeat it. Several culprits give several issues. Where
 * nothing leaks it is a summary.
 */
export const markdownReport: Reporter = (report, options = {}) => {
  const { operationsPerSecond = DEFAULT_OPERATIONS_PER_SECOND } = options
  if (report.culprits.length === 0) {
    return blocks([['# Memory of the application'], ...summaryBlocks(report, operationsPerSecond)])
  }
  return report.culprits.map(culprit => issue(culprit, report, operationsPerSecond)).join('\n---\n\n')
}

function issue(culprit: Culprit, data: ReportData, operationsPerSecond: number): string {
  const evidence = evidenceLines(culprit)
  const rest = retentionLine(culprit, data)
  const section = (title: string, ...parts: (readonly string[])[]): (readonly string[])[] =>
    parts.every(lines => lines.length === 0) ? [] : [[`## ${title}`], ...parts]
  return blocks([
    [`# ${prose(title(culprit, data))}`],
    culpritLines(culprit, data, operationsPerSecond).map(prose),
    ...section(
      'What grows, and what holds it',
      evidence.map(([label, text]) => `- ${label}: ${prose(text)}`),
    ),
    ...section('Versions', versionsTable(culprit, data), packageTree(culprit, data)),
    ...section('How it is started', settingsLines(culprit, data)),
    ...section('Growth, with and without', growthTable(culprit, data)),
    ...section(
      'What it costs',
      costsBlock(data, agent => culprit.agents.includes(agent)),
    ),
    ...section('When idle', rest === '' ? [] : [prose(rest)]),
    ...section('Readings', ...seriesTables(culprit, data)),
    ...section(
      'How sure',
      bullets(surenessLines(data).filter(line => line !== rest)),
      bullets(warningLines(data.warnings)),
    ),
    ...section(
      'What was run',
      bullets(data.conditions.exercised),
      folded('What was not', bullets(data.conditions.notExercised)),
    ),
    ...section(
      'How to repeat it',
      [`${prose(repeatLine(data))} With the report as JSON and the application at hand:`],
      fenced([repeatCommand(data)], 'sh'),
    ),
    ...section('Since when, and which part of it', searchLines(culprit, data)),
  ])
}

/** Who and how much, on what. */
function title(culprit: Culprit, data: ReportData): string {
  const versions = accusedAgents(culprit, data).flatMap(({ name, package: owner, version }) =>
    version === null ? [] : [`${owner ?? name} ${version}`],
  )
  return `${culpritClaim(culprit)} (${[...versions, `Node ${data.environment.node}`].join(', ')})`
}

/** What this run does not know, and the commands that find it out: first bad and last good version, and the part that leaks. */
function searchLines(culprit: Culprit, data: ReportData): string[] {
  const { isolateLeak } = data.environment
  const commands = accusedAgents(culprit, data).flatMap(({ package: owner, preset }) => {
    const run = (name: string, agent: string): string =>
      `npx isolate-leak@${isolateLeak} ${name} ${shellArgument(agent)} --config leak.config.mjs`
    return [
      ...(owner === null ? [] : [run('bisect', owner)]),
      ...(preset === null || data.options.carrier ? [] : [run('instrumentation', preset)]),
    ]
  })
  if (commands.length === 0) return []
  return [
    'First bad and last good version, and the instrumentation that leaks, are not known from this run. These commands find them out:',
    '',
    ...fenced(commands, 'sh'),
  ]
}

/** How application and culprit are started. Variables by name: values were never kept. */
function settingsLines(culprit: Culprit, data: ReportData): string[] {
  const { entry } = data.options
  const command = [
    ...(entry.isCommand === true ? [] : ['node', ...entry.nodeArgs]),
    entry.file,
    ...entry.args,
  ].join(' ')
  return [
    `- application: ${code(command)}`,
    ...named('variables set for it', entry.env),
    ...accusedAgents(culprit, data).flatMap(agentLines),
  ]
}

function agentLines(agent: ReportedAgent): string[] {
  const { name, command, nodeArgs, env, sidecar = [], requires, flush } = agent
  return [
    ...named(`${code(name)} is preloaded with --require`, agent.require),
    ...named(`${code(name)} is preloaded with --import`, agent.import),
    ...named(`arguments of Node for ${code(name)}`, nodeArgs),
    ...named(`command in front of Node for ${code(name)}`, command.length === 0 ? [] : [command.join(' ')]),
    ...named(
      `command beside the application for ${code(name)}`,
      sidecar.length === 0 ? [] : [sidecar.join(' ')],
    ),
    ...named(`variables set for ${code(name)} (values are left out)`, env),
    ...named(`${code(name)} needs`, requires),
    ...(flush === null ? [] : [`- ${code(name)} was told to send sooner: ${code(flush)}`]),
  ]
}

function named(label: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`- ${label}: ${values.map(code).join(', ')}`]
}

/** Exact versions of everything that takes part. */
export function versionsTable(culprit: Culprit, data: ReportData): readonly string[] {
  const { node, v8, platform, release, arch, libc, isolateLeak } = data.environment
  const agents = accusedAgents(culprit, data)
  const own = agents.map(({ name, package: owner, version }) => [
    owner ?? name,
    version ?? 'not a package of its own',
  ])
  const accused = culprit.agents.flatMap(name => ownSet(name, data))
  const loaded = data.trials
    .filter(({ agents: on }) => on.length > 0 && on.every(name => accused.includes(name)))
    .flatMap(trial => trial.loadedAgents.map(({ name, version }) => [name, version]))
  const rows = [
    ['Node', `${node} (V8 ${v8})`],
    ['operating system', `${platform} ${release} ${arch}`],
    // Reports of earlier versions have none.
    ...(libc === undefined ? [] : [['C library', libc]]),
    ...own,
    ...loaded,
    ['isolate-leak', isolateLeak],
  ]
  const distinct = [...new Map(rows.map(row => [row.join('\n'), row])).values()]
  return markdownTable(
    ['what', 'version'],
    distinct.map(([what = '', version = '']) => [prose(what), prose(version)]),
  )
}

/** Every package that an agent brought with it, where that is known. */
function packageTree(culprit: Culprit, data: ReportData): readonly string[] {
  return accusedAgents(culprit, data).flatMap(({ name, package: owner, packages }) => {
    if (packages.length > 0) {
      const lines = packages.map(one => `${one.name} ${one.version}`)
      return folded(`${plural(packages.length, 'package')} in the tree of ${name}`, fenced(lines))
    }
    return owner === null
      ? []
      : [
          `What ${code(owner)} brought with it is not known; ${code('npm ls --all')} in the application's folder tells.`,
        ]
  })
}

/** The agents that a culprit consists of; for instrumentations the one they belong to, for the application none. */
function accusedAgents(culprit: Culprit, { options }: ReportData): readonly ReportedAgent[] {
  if (culprit.kind === 'application') return []
  return options.carrier
    ? [options.carrier]
    : options.agents.filter(({ name }) => culprit.agents.includes(name))
}

const MEMORY = ['heap', 'arrayBuffers', 'external', 'code', 'rss'] as const

/** Settled readings of one trial without the culprit and of one with it, by kind of memory. */
function seriesTables(culprit: Culprit, data: ReportData): readonly (readonly string[])[] {
  const without = trialOf(({ agents }) => agents.length === 0, data)
  const withIt =
    culprit.kind === 'application'
      ? undefined
      : trialOf(
          ({ agents, backend }) =>
            backend === culprit.backend && culprit.agents.every(name => agents.includes(name)),
          data,
        )
  const counts = [culprit, ...culprit.alsoGrows]
    .map(({ metric }) => metric)
    .filter(metric => !MEMORY.some(kind => kind === metric))
  return [
    ...(without === undefined ? [] : series('Without any agent', without, counts)),
    ...(withIt === undefined ? [] : series(`With ${list(withIt.agents)}`, withIt, counts)),
  ]
}

/** The longest trial that was completed, with as few other agents as there are. */
function trialOf(isOne: (trial: TrialRecord) => boolean, { trials }: ReportData): TrialRecord | undefined {
  const failed = ({ outcome }: TrialRecord): number => (outcome.kind === 'completed' ? 0 : 1)
  return trials
    .filter(trial => trial.purpose === 'measure' && isOne(trial))
    .toSorted(
      (a, b) =>
        failed(a) - failed(b) ||
        a.agents.length - b.agents.length ||
        b.operations - a.operations ||
        a.id - b.id,
    )[0]
}

function series(title: string, trial: TrialRecord, counts: readonly Metric[]): (readonly string[])[] {
  const cell = (amount: number | null, divisor: number): string =>
    amount === null ? '' : formatNumber(amount / divisor)
  return [
    [`${prose(title)} (trial ${String(trial.id)}, sizes in kB):`],
    markdownTable(
      ['operations', ...MEMORY.map(metricName), ...counts.map(metricName)],
      trial.samples.map(({ operations, values }) => [
        formatNumber(operations),
        ...MEMORY.map(metric => cell(values[metric], 1000)),
        ...counts.map(metric => cell(values[metric], 1)),
      ]),
    ),
  ]
}

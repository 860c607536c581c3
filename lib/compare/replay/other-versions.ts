import { invalidOption } from '../../options/check/check-object.js'
import { IsolateLeakError } from '../../errors.js'
import type { AgentOptions } from '../../options/types.js'
import { parseSpec } from '../../agents/packages/parse-spec.js'
import type { ReportData, ReportedAgent } from '../../types/index.js'
import { parseSpecifier } from '../../agents/preload.js'

/** Agents, and what they were called in the report. */
interface RenamedAgents {
  readonly agents: readonly (string | AgentOptions)[]
  /** Name in the report → name now. */
  readonly names: ReadonlyMap<string, string>
}

/**
 * Puts other versions in the place of those of the report.
 * @param versions for example `['newrelic@13.20.0']`
 * @param reported the agents of the report, in the order of `agents`
 * @throws IsolateLeakError `ERR_OPTION_INVALID` for a version of no agent of the report or of several, `ERR_REPLAY` where a file
 * of the caller's attaches it, which would go on to find the old one
 */
export function otherVersions(
  agents: readonly (string | AgentOptions)[],
  reported: readonly ReportedAgent[],
  versions: readonly string[],
  { culprits }: Pick<ReportData, 'culprits'>,
): RenamedAgents {
  const list = [...agents]
  const names = new Map(reported.map(({ name }) => [name, name]))
  const accused = culprits.flatMap(culprit => culprit.agents)
  for (const text of versions) {
    const spec = parseSpec(text, process.cwd())
    if (!('name' in spec) || spec.text === spec.name) {
      throw invalidOption(
        `versions must hold packages in a version, for example 'newrelic@13.20.0', got '${text}'`,
      )
    }
    const index = indexOf(spec.name, list, reported, accused)
    const [agent, was] = [list[index], reported[index]]
    if (agent === undefined || was === undefined) throw new Error('expected the agent that was found')
    const name = was.name.includes('@', 1) && baseName(was.name) === spec.name ? text : was.name
    list[index] = inVersion(agent, name, text, spec.name)
    names.set(was.name, name)
  }
  const renamed = list.map(agent => (typeof agent === 'string' ? agent : withRequires(agent, names)))
  return { agents: renamed, names }
}

function indexOf(
  name: string,
  agents: readonly (string | AgentOptions)[],
  reported: readonly ReportedAgent[],
  accused: readonly string[],
): number {
  const found = agents.flatMap((agent, index) => {
    const was = reported[index]
    const all = [...agentNames(agent), was?.package, was?.preset]
    return all.includes(name) ? [index] : []
  })
  const culprit = found.filter(index => accused.includes(reported[index]?.name ?? ''))
  const [index, ...others] = found.length > 1 && culprit.length > 0 ? culprit : found
  if (index === undefined) {
    const known = reported.map(one => one.name).join(', ') || 'none'
    throw invalidOption(`the report has no agent of the package ${name}: it has ${known}`)
  }
  if (others.length > 0) {
    throw invalidOption(
      `the report has several agents of the package ${name}: ${found.map(one => reported[one]?.name).join(', ')}; ` +
        'which one is meant cannot be told',
    )
  }
  return index
}

function inVersion(
  agent: string | AgentOptions,
  name: string,
  spec: string,
  packageName: string,
): AgentOptions {
  if (typeof agent === 'string') return { name, package: spec }
  const { require, import: imports, ...rest } = agent
  const kept = {
    require: preloads(require).filter(one => !isWithin(one, packageName)),
    import: preloads(imports).filter(one => !isWithin(one, packageName)),
  }
  const own = [...kept.require, ...kept.import].find(one => /^(?:\.{0,2}[\\/]|file:|[a-z]:[\\/])/i.test(one))
  if (own !== undefined) {
    throw new IsolateLeakError(
      'ERR_REPLAY',
      `${nameOf(agent)} is attached by the file ${own}, which finds ${packageName} from where it is: install ${spec} there, ` +
        'and replay without another version',
    )
  }
  return {
    ...rest,
    ...(kept.require.length === 0 ? {} : { require: kept.require }),
    ...(kept.import.length === 0 ? {} : { import: kept.import }),
    ...{ name, package: spec },
  }
}

function preloads(value: AgentOptions['require']): string[] {
  const all: readonly (string | URL)[] =
    value === undefined ? [] : typeof value === 'string' || value instanceof URL ? [value] : value
  return all.map(String)
}

/** A file of the package itself, where it was found then. */
function isWithin(file: string, packageName: string): boolean {
  return file.replaceAll('\\', '/').includes(`/node_modules/${packageName}/`)
}

function withRequires(agent: AgentOptions, names: ReadonlyMap<string, string>): AgentOptions {
  return agent.requires === undefined
    ? agent
    : { ...agent, requires: agent.requires.map(name => names.get(name) ?? name) }
}

/** The names that an agent answers to: its own, that of its package, that of its preset, each without a version. */
export function agentNames(agent: string | AgentOptions): readonly string[] {
  const texts = typeof agent === 'string' ? [agent] : [agent.name, agent.package, agent.preset]
  return texts.flatMap(text => (typeof text === 'string' ? [text, baseName(text)] : []))
}

/** `newrelic` for `newrelic@13.20.0`. */
function baseName(text: string): string {
  const parsed = parseSpecifier(text)
  return parsed.kind === 'versioned' ? parsed.name : text
}

export function nameOf(agent: string | AgentOptions): string {
  return typeof agent === 'string' ? agent : agent.name
}

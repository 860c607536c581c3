import { isDeepStrictEqual } from 'node:util'
import { formatBytes, formatDuration, formatNumber } from '../../report/format/bytes.js'
import { list } from '../../report/format/layout.js'
import type { ReportData, ReportedAgent, ReportedVariables } from '../../types/index.js'
import { packageChanges } from '../upgrade/package-changes.js'
import type { ReplayDifference } from './types.js'
import { MASK } from '../../options/redact/redact-text.js'
import { IsolateLeakError } from '../../errors.js'

/** Packages beneath an agent that are named. */
const MOST_PACKAGES = 5

/** What is not as it was: versions first, then the machine, then what was asked for. */
export function reportDifferences(
  was: ReportData,
  now: ReportData,
  names: ReadonlyMap<string, string>,
): ReplayDifference[] {
  return [
    ...agentPairs(was, now, names).flatMap(([then, since]) => agentDifferences(then, since)),
    ...loadedDifferences(was, now),
    ...plainDifferences(machineOf(was), machineOf(now)),
    ...plainDifferences(settingsOf(was), settingsOf(now)),
    ...workloadDifference(was, now),
  ]
}

type Texts = Readonly<Record<string, string>>

function plainDifferences(was: Texts, now: Texts): ReplayDifference[] {
  return Object.entries(was).flatMap(([what, text]) =>
    text === now[what] ? [] : [{ what, was: text, now: now[what] ?? 'unknown' }],
  )
}

function machineOf({ environment }: ReportData): Texts {
  const { node, platform, arch, release, cpus, memoryBytes, isolateLeak } = environment
  return {
    Node: node,
    'operating system': `${platform} ${arch}, ${release}`,
    CPUs: String(cpus),
    'memory of the machine': formatBytes(memoryBytes),
    'isolate-leak': isolateLeak,
  }
}

function settingsOf({ options }: ReportData): Texts {
  const { entry, effort, operations, threshold, errorRate, retentionMs, backends, seed, concurrency } =
    options
  return {
    'entry file': entry.file,
    'arguments of the application': entry.args.join(' '),
    'arguments for Node': entry.nodeArgs.join(' '),
    'variables of the application': entry.env.join(', ') || 'none',
    effort,
    'operations a trial': formatNumber(operations),
    threshold: String(threshold),
    'error rate': String(errorRate),
    'idle wait': formatDuration(retentionMs),
    'conditions of the collector': backends.join(', '),
    seed: String(seed),
    'trials at a time': String(concurrency),
  }
}

/** Two that read the same may not be. */
function workloadDifference(was: ReportData, now: ReportData): ReplayDifference[] {
  const [then, since] = [was.options.rerun?.workload, now.options.rerun?.workload]
  const known = then !== undefined && since !== undefined && then !== null && since !== null
  const [thenText, sinceText] = [was.conditions.workload, now.conditions.workload]
  if (thenText === sinceText && (!known || isDeepStrictEqual(plain(then), plain(since)))) return []
  return [
    {
      what: 'workload',
      was: thenText,
      now: thenText === sinceText ? `${sinceText}, with other settings` : sinceText,
    },
  ]
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown
}

function agentPairs(
  was: ReportData,
  now: ReportData,
  names: ReadonlyMap<string, string>,
): (readonly [ReportedAgent, ReportedAgent])[] {
  const carriers =
    was.options.carrier && now.options.carrier ? [[was.options.carrier, now.options.carrier] as const] : []
  const pairs = was.options.agents.flatMap(then => {
    const since = now.options.agents.find(({ name }) => name === (names.get(then.name) ?? then.name))
    return since === undefined ? [] : [[then, since] as const]
  })
  return [...carriers, ...pairs]
}

function agentDifferences(then: ReportedAgent, since: ReportedAgent): ReplayDifference[] {
  const who = then.preset ?? then.package ?? then.name
  const packages = packageChanges(then, since)
  const shown = packages.slice(0, MOST_PACKAGES)
  const more = packages.length - shown.length
  const side = (which: 'from' | 'to'): string =>
    list([
      ...shown.map(change => `${change.name} ${change[which] ?? '(none)'}`),
      ...(more > 0 ? [`${String(more)} more`] : []),
    ])
  const known = then.packages.length > 0 && since.packages.length > 0
  return [
    ...plainDifferences(
      {
        [`version of ${who}`]: then.version ?? 'unknown',
        [`variables of ${who}`]: then.env.join(', ') || 'none',
        [`arguments for Node of ${who}`]: then.nodeArgs.join(' ') || 'none',
      },
      {
        [`version of ${who}`]: since.version ?? 'unknown',
        [`variables of ${who}`]: since.env.join(', ') || 'none',
        [`arguments for Node of ${who}`]: since.nodeArgs.join(' ') || 'none',
      },
    ),
    ...(known && packages.length > 0
      ? [{ what: `packages of ${who}`, was: side('from'), now: side('to') }]
      : []),
  ]
}

/** Agents that trials had loaded, whoever brought them along. */
function loadedDifferences(was: ReportData, now: ReportData): ReplayDifference[] {
  const [then, since] = [loadedVersions(was), loadedVersions(now)]
  const attached = new Set(
    [...was.options.agents, ...now.options.agents].flatMap(agent => agent.package ?? []),
  )
  return [...then].flatMap(([name, version]) => {
    const other = since.get(name)
    const changed = other !== undefined && other !== version && !attached.has(name)
    return changed ? [{ what: `version of ${name}`, was: version, now: other }] : []
  })
}

function loadedVersions({ trials }: ReportData): ReadonlyMap<string, string> {
  const versions = new Map<string, Set<string>>()
  for (const { name, version } of trials.flatMap(trial => trial.loadedAgents)) {
    versions.set(name, (versions.get(name) ?? new Set()).add(version))
  }
  return new Map([...versions].map(([name, all]) => [name, [...all].sort().join(', ')]))
}

type Environment = Readonly<Record<string, string | undefined>>

/** Collects what a report does not tell, so that all of it is said at once. */
export interface Missing {
  /** A part that a report cannot hold, for example `the workload, which holds functions or secrets`. */
  part(what: string): void
  /** The texts, unless a secret in them was masked. */
  texts(what: string, texts: readonly string[]): readonly string[]
  /** Variables with their values: from the environment, under their names. */
  variables(owner: string, variables: ReportedVariables | undefined): Record<string, string | undefined>
  /** Names of those whose values were taken from the environment. */
  readonly taken: ReadonlySet<string>
  /** @throws IsolateLeakError `ERR_REPLAY` when anything is missing */
  check(): void
}

export function collectMissing(env: Environment): Missing {
  const parts: string[] = []
  const unset = new Map<string, string[]>()
  const taken = new Set<string>()
  return {
    taken,
    part: what => void parts.push(what),
    texts(what, texts) {
      if (texts.some(text => text.includes(MASK))) parts.push(`${what}, in which a secret was masked`)
      return texts
    },
    variables(owner, variables) {
      if (variables === undefined) return {}
      const values: Record<string, string | undefined> = { ...variables.placeholders }
      for (const name of variables.unset) values[name] = undefined
      for (const name of variables.set) {
        const value = env[name]
        if (value === undefined) unset.set(name, [...(unset.get(name) ?? []), owner])
        else {
          values[name] = value
          taken.add(name)
        }
      }
      return values
    },
    check() {
      const names = [...unset].map(([name, owners]) => `${name} (${list([...new Set(owners)])})`)
      const wanted = [
        ...parts,
        ...(names.length === 0
          ? []
          : [`values of variables, which are taken from the environment: ${names.join(', ')}`]),
      ]
      if (wanted.length === 0) return
      throw new IsolateLeakError(
        'ERR_REPLAY',
        `the report does not tell all that it takes to run it again; missing: ${wanted.join('; ')}. ` +
          `${names.length === 0 ? 'Give' : 'Set the variables, or give'} the config of the run (--config leak.config.js; from JavaScript entry, agents, workload)`,
      )
    },
  }
}

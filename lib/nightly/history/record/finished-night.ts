import type { Component, MetricResult, ReportData, ReportedAgent } from '../../../types/index.js'
import {
  type FailedNight,
  type FinishedNight,
  HISTORY_SCHEMA_VERSION,
  type NightComponent,
  type NightConfiguration,
  type NightMetric,
  type NightVersions,
  type SettingValue,
} from '../night.js'
import { join } from 'node:path'
import { packageOfFile } from '../../../agents/find-package.js'
import { createHash } from 'node:crypto'
import { redactText } from '../../../options/redact/redact-text.js'

/** Digits that are kept of a figure. */
const DIGITS = 6

/** What is told of a run besides its report. */
interface NightOrigin {
  /** Folder of the run; see `run` of a night. */
  readonly run: string | null
  /** Commit of the application. */
  readonly commit: string | null
}

/** The line of a run that came to an answer. */
export function finishedNight(report: ReportData, { run, commit }: NightOrigin): FinishedNight {
  return {
    schemaVersion: HISTORY_SCHEMA_VERSION,
    startedAt: report.timings.startedAt,
    totalMs: report.timings.totalMs,
    outcome: 'finished',
    verdict: report.verdict,
    culprits: report.culprits.map(({ kind, agents, metric, backend }) => ({ kind, agents, metric, backend })),
    components: report.components.flatMap(nightComponents),
    versions: versionsOf(report, commit),
    configuration: configurationOf(report),
    run,
  }
}

/** An agent under several conditions is followed under each: which of them decides may be another every night. */
function nightComponents(component: Component): NightComponent[] {
  const { name, kind, verdict, trials, startBytes, metrics, backends = [] } = component
  if (backends.length === 0)
    return [{ name, kind, verdict, trials, startBytes: whole(startBytes), metrics: metrics.map(nightMetric) }]
  return backends.map(condition => ({
    ...{ name, kind, backend: condition.backend, verdict: condition.verdict, trials: condition.trials },
    startBytes: whole(condition.startBytes),
    metrics: condition.metrics.map(nightMetric),
  }))
}

function nightMetric({ metric, verdict, growth, threshold }: MetricResult): NightMetric {
  return {
    ...{ metric, verdict, estimate: rounded(growth.estimate) },
    low: bound(growth.low),
    high: bound(growth.high),
    ...{ unit: growth.unit, threshold: rounded(threshold) },
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS))
}

function bound(value: number | null): number | null {
  return value === null ? null : rounded(value)
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value)
}

/**
 * Versions of everything that took part in a run.
 * @param commit of the application; `null`: not known
 */
function versionsOf({ environment, options }: ReportData, commit: string | null): NightVersions {
  const { isolateLeak, node, v8, platform, release, arch } = environment
  const { file, cwd, isCommand = false } = options.entry
  const application = packageOfFile(isCommand ? join(cwd, 'package.json') : file)
  const { agents, carrier } = options
  return {
    ...{ isolateLeak, node, v8 },
    os: `${platform} ${release} ${arch}`,
    application: { name: application?.name ?? null, version: application?.version ?? null, commit },
    agents: [...(carrier === null ? [] : [carrier]), ...agents].map(agent => ({
      name: agent.name,
      package: agent.package,
      version: agent.version,
      tree: agent.packages.length === 0 ? null : digestOf(agent.packages),
    })),
  }
}

/** The settings of a run that its figures depend on: no values of variables, no paths, no secrets. */
function configurationOf({ options, conditions }: ReportData): NightConfiguration {
  const { entry, agents, carrier, keep = [] } = options
  const values: Readonly<Record<string, SettingValue>> = {
    workload: conditions.workload,
    operations: options.operations,
    threshold: options.threshold,
    errorRate: options.errorRate,
    effort: options.effort,
    strategy: options.strategy,
    backends: options.backends,
    retentionMs: options.retentionMs,
    concurrency: options.concurrency,
    keep,
    'arguments of Node': entry.nodeArgs,
    'arguments of the application': entry.args,
    'variables of the application': entry.env,
    agents: agents.map(({ name }) => name),
    ...Object.fromEntries(
      [...agents, ...(carrier === null ? [] : [carrier])].map(agent => [
        `settings of ${agent.name}`,
        settingsOf(agent),
      ]),
    ),
  }
  return { digest: digestOf(values), values }
}

/** What was set for an agent, by name. */
function settingsOf({ preset, env, nodeArgs, requires, flush }: ReportedAgent): string[] {
  return [
    ...(preset === null ? [] : [`preset ${preset}`]),
    ...env,
    ...nodeArgs,
    ...requires.map(name => `requires ${name}`),
    ...(flush === null ? [] : [flush]),
  ]
}

const DIGEST_DIGITS = 16

/** The first 16 hexadecimal digits of the SHA-256 of a value's JSON. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, DIGEST_DIGITS)
}

/** Where CI systems tell which commit they work on. */
const VARIABLES = [
  'GITHUB_SHA',
  'CI_COMMIT_SHA',
  'GIT_COMMIT',
  'BITBUCKET_COMMIT',
  'BUILDKITE_COMMIT',
  'BUILD_SOURCEVERSION',
  'CIRCLE_SHA1',
  'CODEBUILD_RESOLVED_SOURCE_VERSION',
  'DRONE_COMMIT_SHA',
  'TRAVIS_COMMIT',
]
const COMMIT = /^[0-9a-f]{7,64}$/i

/** The commit of the application as the CI system tells it: GitHub, GitLab, Jenkins and others. `null`: none does. */
export function commitOf(env: Readonly<Record<string, string | undefined>>): string | null {
  for (const name of VARIABLES) {
    const value = env[name]
    if (value !== undefined && COMMIT.test(value)) return value.toLowerCase()
  }
  return null
}

/** What is known of a run that failed. */
interface Failure {
  readonly startedAt: Date | string
  readonly totalMs: number | null
  readonly run: string | null
  /** Of the library, of Node, or `ERR_KILLED`. */
  readonly code: string
  readonly message: string
}

const LONGEST = 2_000

/** The line of a run that did not come to an answer, without secrets. */
export function failedNight({ startedAt, totalMs, run, code, message }: Failure): FailedNight {
  return {
    schemaVersion: HISTORY_SCHEMA_VERSION,
    startedAt: new Date(startedAt).toISOString(),
    totalMs: totalMs === null ? null : Math.round(totalMs),
    outcome: 'failed',
    error: { code, message: redactText(message).slice(0, LONGEST) },
    run,
  }
}

/** The code of what was thrown. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' ? code : 'ERR_UNKNOWN'
}

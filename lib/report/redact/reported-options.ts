import type { ResolvedAgent, ResolvedOptions, ResolvedReady } from '../../options/resolved.js'
import type { ReportedOptions, ReportedWorkload, RerunOptions } from '../../types/index.js'
import { isSecretName, redactArguments, redactText } from '../../options/redact/redact-text.js'
import { variablesAsGiven } from '../../options/variables-as-given.js'
import { withoutSecrets } from './known-secrets.js'
import type { CommandWorkload, NamedWorkload } from '../../types/workload.js'
import { looksLikeData } from '../../options/redact/mask-key.js'

/** The options as they are reported: variables by name only, secrets in arguments masked. */
export function reportedOptions(options: ResolvedOptions): ReportedOptions {
  const { entry } = options
  return {
    entry: {
      file: entry.file,
      ...(entry.isCommand ? { isCommand: true } : {}),
      args: redactArguments(entry.args),
      nodeArgs: redactArguments(entry.nodeArgs),
      nodePath: entry.nodePath,
      cwd: entry.cwd,
      env: Object.keys(entry.env).sort(),
    },
    agents: options.agents.map(reportedAgent),
    carrier: options.carrier === null ? null : reportedAgent(options.carrier.agent),
    ...(options.keep.length === 0 ? {} : { keep: options.keep }),
    effort: options.effort,
    operations: options.operations,
    threshold: options.threshold,
    errorRate: options.errorRate,
    strategy: options.strategy,
    backends: options.backends,
    concurrency: options.concurrency,
    retentionMs: options.timing.retentionMs,
    seed: options.seed,
  }
}

function reportedAgent(agent: ResolvedAgent): ReportedOptions['agents'][number] {
  return {
    name: agent.name,
    require: agent.require,
    import: agent.import.map(redactText),
    nodeArgs: redactArguments(agent.nodeArgs),
    command: redactArguments(agent.command),
    env: Object.keys({ ...agent.preset?.env, ...agent.env }).sort(),
    ...(agent.sidecar === null ? {} : { sidecar: redactArguments(agent.sidecar.command) }),
    requires: agent.requires,
    package: agent.package?.name ?? null,
    version: agent.package?.version ?? null,
    preset: agent.preset?.package ?? null,
    flush: agent.preset?.flush ?? null,
    packages: agent.tree,
  }
}

/** What it takes to run it again, as far as a report may hold it. */
export function rerunOptions(options: ResolvedOptions, secrets: readonly string[]): RerunOptions | undefined {
  const { given, entry, workload } = options
  if (given === undefined) return undefined
  return {
    workload: reportedWorkload(workload, secrets),
    entry: {
      ready: reportedReady(entry.ready, secrets),
      variables: variablesAsGiven(entry.env),
      ...(entry.port === null ? {} : { port: entry.port }),
      stdin: entry.stdin !== '',
      nodePath: given.nodePath,
    },
    agents: given.agents,
    concurrency: options.concurrencyIsDefault ? null : options.concurrency,
    trialTimeoutMs: options.trialTimeoutMs,
    readyTimeoutMs: options.readyTimeoutMs,
    evidence: options.evidence,
    evidenceHeapLimitBytes: options.evidenceHeapLimitBytes,
  }
}

function reportedReady(ready: ResolvedReady, secrets: readonly string[]): RerunOptions['entry']['ready'] {
  switch (ready.kind) {
    case 'listening':
    case 'running':
      return ready.kind
    case 'output': {
      const { source, flags } = ready.pattern
      return withoutSecrets(source, secrets) === source ? { pattern: source, flags } : null
    }
    case 'function':
      return null
  }
}

/** Requests that take more than this, characters, are not worth a report. */
const LONGEST = 20_000
/** Values of a query from this length on are looked at. */
const LONG_VALUE = 16

/**
 * The workload as a JSON config has it; `null` where that cannot be: it holds functions, is too large, or holds something that
 * looks like a secret, or requests that people have made.
 * @param secrets texts that must not appear
 */
export function reportedWorkload(
  workload: NamedWorkload,
  secrets: readonly string[],
): ReportedWorkload | null {
  switch (workload.kind) {
    case 'http': {
      const options = { ...workload.options }
      if (options.recording !== undefined) return null
      const text = JSON.stringify(options)
      if (hasFunction(options) || text.length > LONGEST || holdsSecret(options, '', secrets)) return null
      return { http: JSON.parse(text) as Readonly<Record<string, unknown>> }
    }
    case 'command':
      return reportedCommand(workload, secrets)
    case 'in-app':
      return isSecret(workload.module, secrets) ? null : { inApp: workload.module }
    case 'idle':
      return { idle: {} }
    case 'function':
      return null
  }
}

function reportedCommand(
  { args, options }: CommandWorkload,
  secrets: readonly string[],
): ReportedWorkload | null {
  const { cwd, env, count, timeoutMs } = options
  if (typeof count === 'function') return null
  const command = {
    args,
    cwd: String(cwd),
    ...(env === undefined ? {} : { env: withNull(env) }),
    ...(count === undefined ? {} : { count: { pattern: count.source, flags: count.flags } }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
  const texts = [...args, ...Object.values(env ?? {})].filter(text => text !== undefined)
  const isMasked = redactArguments(args).some((text, index) => text !== args[index])
  if (isMasked || texts.some(hasTokenInQuery) || holdsSecret(command, '', secrets)) return null
  return JSON.stringify(command).length > LONGEST ? null : { command }
}

function withNull(env: NonNullable<CommandWorkload['options']['env']>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(env).map(([name, text]) => [name, text ?? null]))
}

function hasFunction(options: Readonly<Record<string, unknown>>): boolean {
  return Object.values(options).some(value => typeof value === 'function')
}

function holdsSecret(value: unknown, name: string, secrets: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some(one => holdsSecret(one, name, secrets))
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).some(
      ([field, one]) => isSecretName(field) || holdsSecret(one, field, secrets),
    )
  }
  if (typeof value !== 'string') return false
  return isSecret(value, secrets) || (name === 'path' && hasTokenInQuery(value))
}

function isSecret(text: string, secrets: readonly string[]): boolean {
  return withoutSecrets(text, secrets) !== text
}

/** Whatever the name of the parameter. */
function hasTokenInQuery(path: string): boolean {
  const values = [...new URLSearchParams(path.slice(path.indexOf('?') + 1 || path.length)).values()]
  return values.some(value => value.length >= LONG_VALUE && looksLikeData(value))
}

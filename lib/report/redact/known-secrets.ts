import { isPlainObject } from '../../options/check/check-object.js'
import type { ResolvedOptions } from '../../options/resolved.js'
import { MASK, isSecretName, redactArguments, redactText } from '../../options/redact/redact-text.js'
import type { Sample, TrialRecord, RunWarning } from '../../types/index.js'
import { types } from 'node:util'
import { isCallersOwn, noteCallersOwn } from '../../options/redact/callers-own.js'

/** Shorter values (`1`, `true`, `prod`) would blot out half of the report. */
const SHORTEST_SECRET = 6
/** A line of a longer secret tells something from this length on. */
const SHORTEST_LINE = 12
/** Options are not nested deeper; what is given as options may be anything. */
const DEEPEST = 8

type Variables = Readonly<Record<string, string | undefined>>

function secretsOfWorkload(workload: ResolvedOptions['workload']): readonly string[] {
  if (workload.kind === 'http') return secretsIn(workload.options)
  if (workload.kind !== 'command') return []
  const { args, options } = workload
  return [args, headersIn(args), options.env].flatMap(part => secretsIn(part))
}

/**
 * Values that must not appear in the texts of a report, longest first: those of secret looking variables of the
 * application, of its agents and of the caller (the application inherits them), and masked arguments.
 */
export function knownSecrets(options: ResolvedOptions, callerEnv: Variables = {}): readonly string[] {
  const values: string[] = []
  const agents = [...options.agents, ...(options.carrier === null ? [] : [options.carrier.agent])]
  const environments = [
    callerEnv,
    options.entry.env,
    ...agents.flatMap(agent => [agent.env, agent.sidecar?.env ?? {}]),
  ]
  for (const env of environments) values.push(...secretsIn(env))
  const { args, nodeArgs } = options.entry
  for (const list of [
    args,
    nodeArgs,
    ...agents.flatMap(agent => [agent.nodeArgs, agent.command, agent.sidecar?.command ?? []]),
  ]) {
    values.push(...secretsIn(list))
  }
  // Recorded requests may be more than a call takes arguments.
  const all = values.concat(secretsOfWorkload(options.workload))
  return longestFirst(all.filter(value => agents.every(({ name }) => name !== value)))
}

/**
 * What is known when a run fails, perhaps before its options were validated.
 * @param given the options as they were given
 */
export function secretsOfRun(
  resolved: ResolvedOptions | null,
  callerEnv: Variables,
  given: unknown = null,
): readonly string[] {
  if (resolved === null) return longestFirst([...secretsIn(callerEnv), ...secretsIn(given)])
  const others = secretsIn(given).filter(value => resolved.agents.every(({ name }) => name !== value))
  return longestFirst([...knownSecrets(resolved, callerEnv), ...others])
}

/** Values of secret looking names, passwords in URLs and masked arguments, however deep. */
function secretsIn(given: unknown, depth = 0): string[] {
  if (depth > DEEPEST) return []
  if (Array.isArray(given)) {
    const args = given.filter(one => typeof one === 'string')
    return [...secretArguments(args), ...given.flatMap(one => secretsIn(one, depth + 1))]
  }
  if (!isPlainObject(given)) return []
  return Object.entries(given).flatMap(([name, value]) => {
    if (typeof value !== 'string') return secretsIn(value, depth + 1)
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^/@:]*:([^/@]+)@/i.exec(value)?.[1]
    return [...(isSecretName(name) ? formsOf(value) : []), ...(password === undefined ? [] : [password])]
  })
}

/** Load generators take headers as `name: value`. */
function headersIn(args: readonly string[]): Readonly<Record<string, string>> {
  const headers = args.map(text => /^([\w-]+):\s*(.+)$/s.exec(text)).filter(match => match !== null)
  return Object.fromEntries(headers.map(([, name = '', value = '']) => [name, value]))
}

/** As the value is written elsewhere: quoted, without the scheme of its header, and line by line where the whole is indented. */
function formsOf(value: string): string[] {
  const credentials = /^(?:bearer|basic|apikey|token)\s+(\S+)$/i.exec(value)?.[1]
  const lines = value.split(/[\r\n]+/).map(line => line.trim())
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    ...(credentials === undefined ? [] : [credentials]),
    ...(lines.length === 1 ? [] : lines.filter(line => line.length >= SHORTEST_LINE)),
  ]
}

function longestFirst(values: readonly string[]): string[] {
  const long = values.filter(value => value.length >= SHORTEST_SECRET)
  return [...new Set(long)].sort((a, b) => b.length - a.length)
}

function secretArguments(args: readonly string[]): string[] {
  const masked = redactArguments(args)
  return args.flatMap((argument, index) => {
    if (masked[index] === MASK) return [argument]
    const value = argument.slice(argument.indexOf('=') + 1)
    return masked[index] === `${argument.slice(0, argument.length - value.length)}${MASK}` ? [value] : []
  })
}

/** A text without the given values and without what looks like a secret. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let result = text
  for (const secret of secrets) result = result.replaceAll(secret, MASK)
  return redactText(result)
}

/** A trial whose texts, which others wrote, hold no secret. */
export function cleanTrial(trial: TrialRecord, secrets: readonly string[]): TrialRecord {
  const { outcome } = trial
  return {
    ...trial,
    outcome:
      'message' in outcome ? { ...outcome, message: withoutSecrets(outcome.message, secrets) } : outcome,
    warnings: trial.warnings.map(warning => cleanWarning(warning, secrets)),
    samples: trial.samples.map(sample => cleanSample(sample, secrets)),
  }
}

/** Names of scripts and commands are the application's. */
function cleanSample(sample: Sample, secrets: readonly string[]): Sample {
  const { parts, unread } = sample
  if (parts === undefined && unread === undefined) return sample
  const clean = (text: string): string => withoutSecrets(text, secrets)
  return {
    ...sample,
    ...(parts === undefined ? {} : { parts: parts.map(part => ({ ...part, label: clean(part.label) })) }),
    ...(unread === undefined ? {} : { unread: unread.map(part => ({ ...part, name: clean(part.name) })) }),
  }
}

/** A warning without secrets. */
export function cleanWarning(warning: RunWarning, secrets: readonly string[]): RunWarning {
  return { ...warning, message: withoutSecrets(warning.message, secrets) }
}

/** What must not be shown of an error that left the library. */
const secretsOf = new WeakMap<object, readonly string[]>()

/**
 * Runs what a function of the library does: no error leaves it with a secret of its options or of the environment in its texts, nor
 * in those of its causes. What the caller threw is the caller's, and stays as it is.
 * @param given the options as they were given, which may not be valid
 * @param run tells its options as soon as they are validated
 */
export async function withCleanErrors<Result>(
  given: unknown,
  run: (resolvedTo: (resolved: ResolvedOptions) => void) => Promise<Result>,
): Promise<Result> {
  let resolved: ResolvedOptions | null = null
  try {
    return await run(validated => {
      resolved = validated
    })
  } catch (error) {
    if (isPlainObject(given))
      noteCallersOwn((given.signal as Partial<AbortSignal> | null | undefined)?.reason)
    const secrets = secretsOfRun(resolved, process.env, given)
    clean(error, secrets, new Set())
    if (types.isNativeError(error)) secretsOf.set(error, [...secrets, ...(secretsOf.get(error) ?? [])])
    throw error
  }
}

/** Takes secrets out of what is printed of an error: what the caller threw may be among its causes. */
export function errorCleaner(
  error: unknown,
  env: Readonly<Record<string, string | undefined>>,
): (text: string) => string {
  const known = types.isNativeError(error) ? secretsOf.get(error) : undefined
  const secrets = known ?? secretsOfRun(null, env, null)
  return text => withoutSecrets(text, secrets)
}

/** Changes the error itself: whoever catches it finds its class, its code and what else it carries. */
function clean(error: unknown, secrets: readonly string[], seen: Set<Error>): void {
  if (!types.isNativeError(error) || isCallersOwn(error) || seen.has(error)) return
  seen.add(error)
  for (const name of ['message', 'stack', ...Object.keys(error)]) {
    const value: unknown = Reflect.get(error, name)
    const cleaned = cleanTexts(value, secrets)
    if (cleaned !== value) Reflect.set(error, name, cleaned)
  }
  clean(error.cause, secrets, seen)
  if (error instanceof AggregateError) for (const one of error.errors) clean(one, secrets, seen)
}

/** Errors of the system also carry the command, as a text and as a list. */
function cleanTexts(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return withoutSecrets(value, secrets)
  if (!Array.isArray(value) || !value.every(one => typeof one === 'string')) return value
  return value.map(one => withoutSecrets(one, secrets))
}

import { isPlainObject } from '../../options/check/check-object.js'
import type { ResolvedOptions } from '../../options/resolved.js'
import { isSecretName, MASK, redactArguments, redactText } from '../../options/redact/redact-text.js'

/** Shorter values (`1`, `true`, `prod`) would blot out half of the report. */
const SHORTEST_SECRET = 6
/** A line of a longer secret tells something from this length on. */
const SHORTEST_LINE = 12
/** Options are not nested deeper; what is given as options may be anything. */
const DEEPEST = 8

type Variables = Readonly<Record<string, string | undefined>>

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
  if (options.workload.kind === 'http') values.push(...secretsIn(options.workload.options))
  return longestFirst(values.filter(value => agents.every(({ name }) => name !== value)))
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

import type { ResolvedOptions } from '../../options/resolved.js'
import { isSecretName, MASK, redactArguments, redactText } from '../../redact/redact-text.js'

/** Shorter values (`1`, `true`, `prod`) would blot out half of the report. */
const SHORTEST_SECRET = 6

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Values that must not appear in the texts of a report, longest first: those of secret looking variables of the
 * application, of its agents and of the caller (the application inherits them), and masked arguments.
 */
export function knownSecrets(options: ResolvedOptions, callerEnv: Variables = {}): readonly string[] {
  const values = new Set<string>()
  const agents = [...options.agents, ...(options.carrier === null ? [] : [options.carrier.agent])]
  const environments = [
    callerEnv,
    options.entry.env,
    ...agents.flatMap(agent => [agent.env, agent.sidecar?.env ?? {}]),
  ]
  for (const [name, value] of environments.flatMap(env => Object.entries(env))) {
    if (value === undefined) continue
    if (isSecretName(name)) values.add(value)
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^/@:]*:([^/@]+)@/i.exec(value)?.[1]
    if (password !== undefined) values.add(password)
  }
  const { args, nodeArgs } = options.entry
  for (const list of [
    args,
    nodeArgs,
    ...agents.flatMap(agent => [agent.nodeArgs, agent.command, agent.sidecar?.command ?? []]),
  ]) {
    for (const value of secretArguments(list)) values.add(value)
  }
  for (const agent of agents) values.delete(agent.name)
  return [...values].filter(value => value.length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length)
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

import { isPlainObject, invalidOption, showValue } from '../../options/check/check-object.js'
import type { CommandOptions, CommandWorkload } from '../../types/workload.js'
import { command } from './command.js'

/**
 * A command as a JSON config and a report write it: the list of its words, or an object with `args` and the options of {@link command}, of
 * which `count` is the source of a RegExp, or `{ pattern, flags }`, and variables that are `null` are unset.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function commandFromJson(value: unknown): CommandWorkload {
  if (!isPlainObject(value)) return command(value as string[])
  const { args, count, env, ...others } = value
  return command(args as string[], {
    ...(others as CommandOptions),
    ...(count === undefined ? {} : { count: patternOf(count) }),
    ...(env === undefined ? {} : { env: withUnset(env) }),
  })
}

function patternOf(count: unknown): RegExp {
  const { pattern, flags = '' } = isPlainObject(count) ? count : { pattern: count }
  if (typeof pattern !== 'string' || typeof flags !== 'string') {
    throw invalidOption(`command(): count must be a regular expression as a text, got ${showValue(count)}`)
  }
  try {
    return new RegExp(pattern, flags)
  } catch (cause) {
    throw invalidOption(`command(): count is no regular expression: ${(cause as Error).message}`, { cause })
  }
}

function withUnset(env: unknown): NonNullable<CommandOptions['env']> {
  if (!isPlainObject(env)) return env as NonNullable<CommandOptions['env']>
  const variables = Object.entries(env).map(([name, text]) => [name, text ?? undefined] as const)
  return Object.fromEntries(variables) as NonNullable<CommandOptions['env']>
}

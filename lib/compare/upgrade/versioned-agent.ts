import { showValue, invalidOption } from '../../options/check/check-object.js'
import { parseSpecifier } from '../../agents/preload.js'
import type { AgentOptions } from '../../options/types.js'

/**
 * An agent in a version: `newrelic` and `13.20.0` give the package `newrelic@13.20.0` under that name.
 * @throws IsolateLeakError `ERR_OPTION_INVALID` when the package is not known
 */
export function versionedAgent(agent: unknown, version: string): AgentOptions {
  if (typeof agent === 'string') {
    const name = packageName(agent)
    return { name: `${name}@${version}`, package: `${name}@${version}` }
  }
  if (typeof agent !== 'object' || agent === null) {
    throw invalidOption(
      `agent must be the name of a package or an object with package, got ${showValue(agent)}`,
    )
  }
  const given = agent as AgentOptions
  const name = packageName(given.package ?? given.preset ?? given.name)
  return { ...given, name: `${given.name}@${version}`, package: `${name}@${version}` }
}

/** The package that comes in versions, whatever version is asked for beside its name. */
export function packageName(text: unknown): string {
  const parsed = typeof text === 'string' ? parseSpecifier(text) : { kind: 'invalid' as const }
  if (parsed.kind === 'versioned') return parsed.name
  if (parsed.kind === 'package' && parsed.subpath === '') return parsed.name
  throw invalidOption(
    `agent must be a package that comes in versions, for example 'newrelic', got ${showValue(text)}`,
  )
}

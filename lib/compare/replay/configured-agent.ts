import { invalidOption } from '../../options/check/invalid-option.js'
import type { Agent } from '../../options/types.js'
import type { ReportedAgent } from '../../types/index.js'
import { agentNames, nameOf } from './agent-names.js'
import { exactPackage } from './rebuild-agent.js'

/**
 * An agent of a report as a config attaches it: the one of its name, or else the one of its package; in the version of the report
 * where the library installed it. `null`: the config has none.
 * @throws IsolateLeakError `ERR_OPTION_INVALID` where several may be meant
 */
export function configuredAgent(
  reported: ReportedAgent,
  config: readonly (string | Agent)[],
): string | Agent | null {
  const found = config.find(agent => nameOf(agent) === reported.name) ?? ofSamePackage(reported, config)
  if (found === null) return null
  const installed = reported.packages.length > 0 && reported.package !== null && reported.version !== null
  if (!installed) return found
  const given: Agent = typeof found === 'string' ? { name: found } : found
  const spec = given.package ?? reported.package
  const exact = exactPackage(spec, reported) ?? spec
  return { ...given, name: reported.name, package: exact }
}

function ofSamePackage(
  { name, package: packageName, preset }: ReportedAgent,
  config: readonly (string | Agent)[],
): string | Agent | null {
  const wanted = [packageName, preset].flatMap(one => one ?? [])
  const found = config.filter(agent => agentNames(agent).some(one => wanted.includes(one)))
  if (found.length > 1) {
    throw invalidOption(
      `agents: ${found.map(nameOf).join(' and ')} may all be ${name} of the report; give the one that is meant its name`,
    )
  }
  return found[0] ?? null
}

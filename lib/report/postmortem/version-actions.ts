import type { BisectData } from '../../types/bisect.js'
import type { Culprit, ReportData, ReportedAgent } from '../../types/index.js'
import { action, type Action } from './action.js'
import { knownVersions } from './known-versions.js'
import { shellArgument } from '../format/shell-argument.js'
import { agentsOf, carrierName, versionedName } from './subject.js'

/** Another version of the agent: the one that is known to be right, or the commands that find it out. */
export function versionActions(
  culprit: Culprit,
  data: ReportData,
  { bisect, config }: { readonly bisect: BisectData | undefined; readonly config: string },
): Action[] {
  const { carrier } = data.options
  const agents = carrier ? [carrier] : agentsOf(culprit, data)
  return agents.flatMap(agent => ofAgent(agent, data, { bisect, config }))
}

function ofAgent(
  agent: ReportedAgent,
  data: ReportData,
  { bisect, config }: { readonly bisect: BisectData | undefined; readonly config: string },
): Action[] {
  const { package: name, version } = agent
  const who = data.options.carrier === agent ? carrierName(agent) : versionedName(agent)
  if (name === null || version === null) return [action(`Fix ${who}, or leave it out, and run this again.`)]
  const { upgradeTo, pinTo, note } = knownVersions(agent, data, bisect)
  const known = [
    ...(upgradeTo === null
      ? []
      : [
          action(
            `Upgrade ${name} from ${version} to ${upgradeTo.version} (${upgradeTo.how}):`,
            `npm install ${shellArgument(`${name}@${upgradeTo.version}`)}`,
          ),
        ]),
    ...(pinTo === null
      ? []
      : [
          action(
            `${upgradeTo === null ? 'Pin' : 'Or pin'} ${name} to ${pinTo.version} (${pinTo.how}):`,
            `npm install --save-exact ${shellArgument(`${name}@${pinTo.version}`)}`,
          ),
        ]),
  ]
  if (known.length > 0) return known
  const search = `npx isolate-leak bisect ${shellArgument(name)}`
  const rest = `--config ${shellArgument(config)}`
  return [
    ...(note === null ? [] : [action(`No version of ${name} to go to is known: ${note}.`)]),
    action(
      `Find out which version of ${name} no longer leaks, and upgrade to it; where there is none, which was the last good one, and pin that (this run knows ${version} alone):`,
      `${search} --range ${shellArgument(`>=${version}`)} ${rest}`,
      `${search} --bad ${shellArgument(version)} ${rest}`,
    ),
  ]
}

import { code } from '../markdown/markdown-text.js'
import { presetFor } from '../../agents/presets/index.js'
import { list } from '../format/layout.js'
import type { Culprit, ReportData, ReportedAgent } from '../../types/index.js'
import { action, type Action } from './action.js'
import { shellArgument } from '../format/shell-argument.js'
import { agentsOf, carrierName, subjectOf } from './subject.js'

/** How to switch off what leaks inside an agent: the setting where the run knows it, else the command that finds it out. */
export function switchOffActions(culprit: Culprit, data: ReportData, config: string): Action[] {
  const { carrier } = data.options
  if (carrier) return [ofCarrier(culprit, data, carrier)]
  return agentsOf(culprit, data).flatMap(agent => ofAgent(agent, config))
}

function ofCarrier(culprit: Culprit, data: ReportData, carrier: ReportedAgent): Action {
  const switches = presetFor(carrier.preset ?? '')?.switches
  const version = carrier.version ?? ''
  const code = switches?.code?.(culprit.agents, version)
  if (code !== undefined) {
    return action(`Switch off ${subjectOf(culprit, data)} where the agent is started:`, code)
  }
  const setting = Object.entries(switches?.off(culprit.agents, version) ?? {})
  return setting.length === 0
    ? action(`Leave out ${list(culprit.agents)} of ${carrierName(carrier)}.`)
    : action(
        `Switch off ${subjectOf(culprit, data)} by this setting of the application:`,
        ...setting.map(([name, value]) => `${name}=${shellArgument(value)}`),
      )
}

/** Which of its instrumentations it is, another run finds out; an agent without switches has none to find. */
function ofAgent({ preset, package: name, version }: ReportedAgent, config: string): Action[] {
  const switches = presetFor(preset ?? '')?.switches
  if (switches === null || switches === undefined || preset === null) return []
  const [variable] = Object.keys(switches.off(['<name>'], version ?? ''))
  const byVariable = switches.code?.(['<name>'], version ?? '') === undefined && variable !== undefined
  const setting = byVariable ? `its setting is ${code(variable)}` : 'it is done in code'
  const spec = name !== null && version !== null && name === preset ? `${name}@${version}` : preset
  return [
    {
      text: `Find out which instrumentation it is, and switch off that one alone (${setting}, where this version has switches):`,
      lines: [`npx isolate-leak instrumentation ${shellArgument(spec)} --config ${shellArgument(config)}`],
    },
  ]
}

import type { Culprit, ReportData, ReportedAgent } from '../../types/index.js'
import { accusedAgents } from './accused-agents.js'
import { code } from './markdown-text.js'

/** How application and culprit are started. Variables by name: values were never kept. */
export function settingsLines(culprit: Culprit, data: ReportData): string[] {
  const { entry } = data.options
  const command = [
    ...(entry.isCommand === true ? [] : ['node', ...entry.nodeArgs]),
    entry.file,
    ...entry.args,
  ].join(' ')
  return [
    `- application: ${code(command)}`,
    ...named('variables set for it', entry.env),
    ...accusedAgents(culprit, data).flatMap(agentLines),
  ]
}

function agentLines(agent: ReportedAgent): string[] {
  const { name, command, nodeArgs, env, sidecar = [], requires, flush } = agent
  return [
    ...named(`${code(name)} is preloaded with --require`, agent.require),
    ...named(`${code(name)} is preloaded with --import`, agent.import),
    ...named(`arguments of Node for ${code(name)}`, nodeArgs),
    ...named(`command in front of Node for ${code(name)}`, command.length === 0 ? [] : [command.join(' ')]),
    ...named(
      `command beside the application for ${code(name)}`,
      sidecar.length === 0 ? [] : [sidecar.join(' ')],
    ),
    ...named(`variables set for ${code(name)} (values are left out)`, env),
    ...named(`${code(name)} needs`, requires),
    ...(flush === null ? [] : [`- ${code(name)} was told to send sooner: ${code(flush)}`]),
  ]
}

function named(label: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`- ${label}: ${values.map(code).join(', ')}`]
}

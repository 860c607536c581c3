import type { Culprit, ReportData } from '../../types/index.js'
import { shellArgument } from '../format/shell-argument.js'
import { accusedAgents } from './accused-agents.js'
import { fenced } from './markdown-text.js'

/** What this run does not know, and the commands that find it out: first bad and last good version, and the part that leaks. */
export function searchLines(culprit: Culprit, data: ReportData): string[] {
  const { isolateLeak } = data.environment
  const commands = accusedAgents(culprit, data).flatMap(({ package: owner, preset }) => {
    const run = (name: string, agent: string): string =>
      `npx isolate-leak@${isolateLeak} ${name} ${shellArgument(agent)} --config leak.config.mjs`
    return [
      ...(owner === null ? [] : [run('bisect', owner)]),
      ...(preset === null || data.options.carrier ? [] : [run('instrumentation', preset)]),
    ]
  })
  if (commands.length === 0) return []
  return [
    'First bad and last good version, and the instrumentation that leaks, are not known from this run. These commands find them out:',
    '',
    ...fenced(commands, 'sh'),
  ]
}

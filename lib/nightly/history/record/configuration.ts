import type { ReportData, ReportedAgent } from '../../../types/index.js'
import type { NightConfiguration, SettingValue } from '../night.js'
import { digestOf } from './digest.js'

/** The settings of a run that its figures depend on: no values of variables, no paths, no secrets. */
export function configurationOf({ options, conditions }: ReportData): NightConfiguration {
  const { entry, agents, carrier, keep = [] } = options
  const values: Readonly<Record<string, SettingValue>> = {
    workload: conditions.workload,
    operations: options.operations,
    threshold: options.threshold,
    errorRate: options.errorRate,
    effort: options.effort,
    strategy: options.strategy,
    backends: options.backends,
    retentionMs: options.retentionMs,
    concurrency: options.concurrency,
    keep,
    'arguments of Node': entry.nodeArgs,
    'arguments of the application': entry.args,
    'variables of the application': entry.env,
    agents: agents.map(({ name }) => name),
    ...Object.fromEntries(
      [...agents, ...(carrier === null ? [] : [carrier])].map(agent => [
        `settings of ${agent.name}`,
        settingsOf(agent),
      ]),
    ),
  }
  return { digest: digestOf(values), values }
}

/** What was set for an agent, by name. */
function settingsOf({ preset, env, nodeArgs, requires, flush }: ReportedAgent): string[] {
  return [
    ...(preset === null ? [] : [`preset ${preset}`]),
    ...env,
    ...nodeArgs,
    ...requires.map(name => `requires ${name}`),
    ...(flush === null ? [] : [flush]),
  ]
}

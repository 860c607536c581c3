import type { ResolvedAgent, ResolvedOptions } from './resolved.js'
import type { DecisionSettings, Loads } from '../types/decision-settings.js'

/** The part of the options that a decision depends on. */
export function decisionSettings(options: ResolvedOptions): DecisionSettings {
  return {
    agents: options.agents.map(agent => {
      const { name, requires, preset } = agent
      const holdsBytes = preset?.holdsBytes ?? null
      return { name, requires, loads: loadsOf(agent), ...(holdsBytes === null ? {} : { holdsBytes }) }
    }),
    operations: options.operations,
    threshold: options.threshold,
    errorRate: options.errorRate,
    unit: options.workload.kind === 'idle' ? 'second' : 'operation',
    retentionMs: options.timing.retentionMs,
    strategy: options.strategy,
    together: options.conflict === null,
    backends: options.backends,
  }
}

function loadsOf(agent: ResolvedAgent): Loads {
  if (agent.require.length + agent.import.length === 0) return 'nothing'
  return agent.package === null ? 'file' : 'package'
}

import type { ReportData, TrialRecord } from '../types/index.js'

/** The agents of the trials that judge a component by itself: the agent and those that it requires, and so on. */
export function ownSet(name: string, data: Pick<ReportData, 'options'>): readonly string[] {
  return withRequired(name, data, [])
}

/** Whether two sets have the same agents, in whatever order. */
export function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every(name => others.includes(name))
}

/** Trials of exactly these agents. */
export function trialsOfSet(agents: readonly string[], data: ReportData): readonly TrialRecord[] {
  return data.trials.filter(trial => isSameSet(trial.agents, agents))
}

function withRequired(
  name: string,
  data: Pick<ReportData, 'options'>,
  seen: readonly string[],
): readonly string[] {
  if (seen.includes(name)) return seen
  const requires = data.options.agents.find(agent => agent.name === name)?.requires ?? []
  return requires.reduce<readonly string[]>((names, one) => withRequired(one, data, names), [...seen, name])
}

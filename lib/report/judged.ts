import type { Component, Judged, ReportData, TrialRecord } from '../types/index.js'

/** What the verdict of a component rests on, under all conditions of the collector together. */
interface JudgedInAll {
  readonly trials: number
  /** Without it, the most of one condition; `null`: not known. */
  readonly reference: number | null
  /** Of a trial, each size once, ascending; empty: not known. */
  readonly operations: readonly number[]
}

/** Where no look was taken, as when every trial failed, the launches. */
export function judgedInAll(component: Component): JudgedInAll {
  const parts = component.backends ?? [component]
  const known = parts.flatMap(({ judged }) => (isLook(judged) ? judged : []))
  return {
    trials: parts.reduce((sum, part) => sum + judgedTrials(part), 0),
    reference: known.length === 0 ? null : Math.max(...known.map(({ reference }) => reference)),
    operations: [...new Set(known.map(({ operations }) => operations))].sort((a, b) => a - b),
  }
}

/** Of a component, or of one of its conditions. */
export function judgedTrials({ judged, trials }: Pick<Component, 'judged' | 'trials'>): number {
  return isLook(judged) ? judged.trials : trials
}

function isLook(judged: Judged | undefined): judged is Judged {
  return judged !== undefined && judged.trials > 0
}

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

/**
 * Measuring trials, one for every application that was launched: of those that went on with the same application the last, whose samples
 * hold those of the others.
 */
export function measuredLaunches(trials: readonly TrialRecord[]): readonly TrialRecord[] {
  const measured = trials.filter(({ purpose }) => purpose === 'measure')
  const continued = new Set(measured.map(({ continues }) => continues))
  return measured.filter(({ id }) => !continued.has(id))
}

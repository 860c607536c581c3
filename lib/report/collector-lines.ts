import { measuredLaunches } from './judged.js'
import { BACKENDS } from '../options/options-schema.js'
import type { Backend, CollectorRecord, TrialRecord } from '../types/index.js'
import { collectorDoes } from './words/backends.js'
import { list, plural } from './format/layout.js'

const BEHAVING: Readonly<Record<Backend, string>> = {
  up: 'answering',
  down: 'refusing connections',
  slow: 'accepting and never answering',
  error: 'answering with errors',
  reset: 'answering and cutting connections',
}

/** Conditions of the agents' collector that trials ran under; for a run without agents the one of the baseline. */
export function exercisedBackends(
  asked: readonly Backend[],
  trials: readonly TrialRecord[],
): readonly Backend[] {
  const ran = asked.filter(backend =>
    trials.some(trial => trial.agents.length > 0 && trial.backend === backend),
  )
  return asked.length === 1 || ran.length === 0 ? asked.slice(0, 1) : ran
}

/** What the agents reported under each condition, in the measuring trials. */
export function reportedLines(
  agents: readonly string[],
  backends: readonly Backend[],
  trials: readonly TrialRecord[],
): string[] {
  if (agents.length === 0) return []
  return backends.flatMap(backend => {
    const collector = `collector ${BEHAVING[backend]} (${backend})`
    // Nothing counts what is refused.
    if (backend === 'down') return [collector]
    const told = agents.flatMap(agent => reportOf(agent, recordsOf(agent, trials, backend)))
    return told.length === 0 ? [] : [`${collector}: ${told.join('; ')}`]
  })
}

/** What is not known of the agents' collectors, and the conditions that no trial ran under. */
export function unreportedLines(
  agents: readonly string[],
  backends: readonly Backend[],
  trials: readonly TrialRecord[],
): string[] {
  if (agents.length === 0) return []
  const counting = backends.filter(backend => backend !== 'down')
  const records = (agent: string): CollectorRecord[] =>
    counting.flatMap(backend => recordsOf(agent, trials, backend))
  const elsewhere = agents.filter(agent => records(agent).some(record => record.elsewhere))
  const unknown = counting.length === 0 ? [] : agents.filter(agent => records(agent).length === 0)
  const silent = agents.filter(
    agent =>
      !elsewhere.includes(agent) &&
      !unknown.includes(agent) &&
      records(agent).every(({ atEnd }) => atEnd.requests === 0),
  )
  const missing = BACKENDS.filter(backend => !backends.includes(backend))
  return [
    ...(unknown.length === 0
      ? []
      : [
          `a collector of ${list(unknown)}: none is known; an agent that does not reach its own may do less or hold more`,
        ]),
    ...(silent.length === 0 || counting.length === 0
      ? []
      : [
          `a collector of ${list(silent)}: nothing reached the one that this library provides; an agent that does not reach its own may do less or hold more`,
        ]),
    ...(elsewhere.length === 0
      ? []
      : [
          `what ${list(elsewhere)} reported: variables of the call point elsewhere, where nothing is counted`,
        ]),
    ...(missing.length === 0
      ? []
      : [`a collector that ${collectorDoes(missing)}: the option backends asks for it`]),
  ]
}

/** What the collector of an agent got. */
function recordsOf(agent: string, trials: readonly TrialRecord[], backend: Backend): CollectorRecord[] {
  return measuredLaunches(trials)
    .filter(trial => trial.backend === backend)
    .flatMap(({ collectors = [] }) => collectors.filter(record => record.agent === agent))
}

function reportOf(agent: string, records: readonly CollectorRecord[]): string[] {
  if (records.length === 0 || records.some(({ elsewhere }) => elsewhere)) return []
  const total = (amount: (record: CollectorRecord) => number): number =>
    records.reduce((sum, record) => sum + amount(record), 0)
  const requests = total(({ atEnd }) => atEnd.requests)
  if (requests === 0) return [`${agent} sent nothing`]
  const entries = total(({ atEnd }) => atEnd.items.entries)
  const carried =
    entries === 0 ? '' : ` with ${entries.toLocaleString('en-US')} ${entries === 1 ? 'entry' : 'entries'}`
  return [`${agent} sent ${plural(requests, 'request')}${carried} in ${plural(records.length, 'trial')}`]
}

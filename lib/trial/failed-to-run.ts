import { type ErrorCode, IsolateLeakError } from '../errors.js'
import type { ResolvedOptions } from '../options/resolved.js'
import type { PlannedTrial, TrialRecord } from '../types/index.js'
import type { TrialFailure } from './types.js'
import { localError } from './messages.js'
import { armAgents } from '../agents/find-conflict.js'

/** A trial that did not happen as planned. */
export class FailedToRun extends Error {
  readonly planned: PlannedTrial
  readonly failure: TrialFailure
  readonly thrown: unknown

  constructor(planned: PlannedTrial, failure: TrialFailure, thrown: unknown) {
    super(failure.message)
    this.planned = planned
    this.failure = failure
    this.thrown = thrown
  }
}

export function isBaseline(trial: PlannedTrial): boolean {
  return trial.agents.length === 0
}

/** The one of several errors that explains the others. */
export function firstCause(failures: readonly unknown[], options: ResolvedOptions): IsolateLeakError {
  // Trials that were stopped because of another failure tell nothing.
  const trials = failures
    .filter(error => error instanceof FailedToRun)
    .filter(({ failure }) => failure.kind !== 'aborted')
  const worst = trials.find(({ planned }) => isBaseline(planned)) ?? trials[0]
  const other = failures.find(error => !(error instanceof FailedToRun))
  if (other !== undefined || worst === undefined) throw other
  const unsupported = options.warnings
    .filter(warning => warning.code === 'AGENT_ENGINE')
    .flatMap(warning => warning.agents ?? [])
  return failureError({
    entryFile: options.entry.file,
    agents: worst.planned.agents,
    failure: worst.failure,
    thrown: worst.thrown,
    unsupported: unsupported.filter(name => worst.planned.agents.includes(name)),
  })
}

/** What is needed to say who failed. */
export interface FailedTrial {
  readonly entryFile: string
  readonly agents: readonly string[]
  readonly failure: TrialFailure
  /** What a function of the caller threw during the trial, if one did. */
  readonly thrown: unknown
  /** Agents of the trial whose `engines` field excludes the trial's Node. */
  readonly unsupported: readonly string[]
}

/** The error that a failed trial becomes: a code, and a sentence that names who failed and how. */
export function failureError(failed: FailedTrial): IsolateLeakError {
  const { failure } = failed
  const { code, sentence } = describe(failed)
  const output = failure.output === '' ? '' : `\nLast lines of its output:\n${indent(failure.output)}`
  const cause = failed.thrown ?? (failure.cause ? localError(failure.cause) : undefined)
  return new IsolateLeakError(code, sentence + output, cause === undefined ? undefined : { cause })
}

function describe(failed: FailedTrial): { code: ErrorCode; sentence: string } {
  const { failure, agents, entryFile } = failed
  const withAgents = agents.length > 0
  const names = agents.join(' + ')
  const subject = withAgents ? `${entryFile} with ${names}` : entryFile
  const how = exitWords(failure)
  switch (failure.kind) {
    case 'aborted':
      return { code: 'ERR_ABORTED', sentence: 'the run was aborted' }
    case 'contaminated':
      return {
        code: 'ERR_TRIAL_CONTAMINATED',
        sentence: `${subject} did not run as planned: ${failure.message}`,
      }
    case 'baseline-agent':
      return {
        code: 'ERR_BASELINE_AGENT',
        sentence: `expected ${subject} to run without agents: ${failure.message}`,
      }
    case 'agent-not-loaded':
      return {
        code: 'ERR_AGENT_NOT_LOADED',
        sentence: `${subject} did not run as planned: ${failure.message}`,
      }
    case 'sidecar-crashed':
      return { code: 'ERR_SIDECAR_CRASHED', sentence: failure.message }
    case 'sidecar-not-ready':
      return { code: 'ERR_SIDECAR_NOT_READY', sentence: failure.message }
    case 'workload-failed':
      return {
        code: 'ERR_WORKLOAD_FAILED',
        sentence: `the workload failed on ${subject}: ${failure.message}`,
      }
    case 'spawn-failed':
      return { code: withAgents ? 'ERR_AGENT_CRASHED' : 'ERR_ENTRY_CRASHED', sentence: failure.message }
    case 'not-permitted':
      return { code: 'ERR_NODE_UNUSABLE', sentence: `expected to measure ${subject}, but ${failure.message}` }
    case 'probe-lost':
      return {
        code: 'ERR_PROBE_LOST',
        sentence: `the probe inside ${subject} failed or was lost: ${failure.message}`,
      }
    case 'port-in-use':
      return {
        code: 'ERR_PORT_IN_USE',
        sentence:
          `${subject} could not listen: its port is taken (${how}). Let it listen on process.env.PORT, which is 0 in ` +
          'trials, or end what holds the port',
      }
    case 'not-ready':
      return {
        code: withAgents ? 'ERR_AGENT_NOT_READY' : 'ERR_ENTRY_NOT_READY',
        sentence:
          `expected ${subject} to become ready: ${failure.message}. ` +
          'For an application that does not listen, or needs longer, set entry.ready or readyTimeoutMs',
      }
    case 'exited':
      return {
        code: withAgents ? 'ERR_AGENT_EXITED' : 'ERR_ENTRY_EXITED',
        sentence:
          `expected ${subject} to keep running, but it ended with exit status 0 before it was ready` +
          (withAgents ? ' (without agents it keeps running)' : ''),
      }
    case 'crashed': {
      const unsupported = failed.unsupported.join(' + ')
      if (unsupported !== '') {
        return {
          code: 'ERR_AGENT_ENGINE',
          sentence: `${subject} crashed before it was ready (${how}), and ${unsupported} does not support this version of Node`,
        }
      }
      return {
        code: withAgents ? 'ERR_AGENT_CRASHED' : 'ERR_ENTRY_CRASHED',
        sentence:
          `${subject} crashed before it was ready (${how})` +
          (withAgents ? '; without agents it starts' : ''),
      }
    }
  }
}

function exitWords(failure: TrialFailure): string {
  return failure.signal === null ? `exit status ${String(failure.exitCode)}` : `signal ${failure.signal}`
}

function indent(text: string): string {
  return text
    .split('\n')
    .map(line => `    ${line}`)
    .join('\n')
}

/** What agents may bring about that start well by themselves, or under another condition of their collector. Everything else ends the run as ever. */
const KINDS: readonly TrialFailure['kind'][] = [
  'crashed',
  'exited',
  'not-ready',
  'port-in-use',
  'workload-failed',
  'sidecar-crashed',
  'sidecar-not-ready',
]

/**
 * The record of a set of agents that did not start or could not be driven: no error of the run, since every agent may
 * well run without the others. The same holds for an agent that started under the first condition of its collector and does
 * not under another. `null` where it is one: for the baseline, and for an agent with those it requires.
 * @param single whether such an agent is a record, too
 */
export function failedSetRecord(
  planned: PlannedTrial,
  { kind, message }: TrialFailure,
  { agents, entry, backends }: Pick<ResolvedOptions, 'agents' | 'entry' | 'backends'>,
  single = false,
): TrialRecord | null {
  const isOne = agents.some(agent => {
    const own = armAgents(agents, [agent.name])
    return own.length === planned.agents.length && own.every(({ name }) => planned.agents.includes(name))
  })
  const isFirst = planned.backend === backends[0]
  if (planned.agents.length === 0 || (isOne && isFirst && !single) || !KINDS.includes(kind)) return null
  return {
    ...planned,
    outcome: { kind: 'not-started', message },
    samples: [],
    counts: null,
    loadedAgents: [],
    nodeVersion: entry.nodeVersion,
    heapLimitBytes: 0,
    holdMs: 0,
    warnings: [],
    timings: { readyMs: 0, loadMs: 0, settleMs: 0, totalMs: 0 },
  }
}

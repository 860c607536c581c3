import { IsolateLeakError, type ErrorCode } from '../errors.js'
import { localError } from './messages.js'
import type { TrialFailure } from './types.js'

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

import type { FirstAnswers, Sample } from '../types/index.js'
import type { TrialResult, TrialSpec } from './types.js'

/** What a caller and its trial host say to each other, one JSON document a line. */

export interface WorkloadQuestion {
  readonly url: string
  readonly port: number
  readonly operations: number
  readonly round: number
  readonly index: number
}

export interface ReadyQuestion {
  readonly pid: number
  readonly port: number | null
  readonly url: string | null
  readonly output: string
}

export type Question =
  | ({ readonly kind: 'workload' } & WorkloadQuestion)
  | ({ readonly kind: 'ready' } & ReadyQuestion)
  | { readonly kind: 'requests'; readonly index: number; readonly operations: number }
  | { readonly kind: 'turn' }

/** An error as it crosses the channel. */
export interface RemoteError {
  readonly name: string
  readonly message: string
  readonly stack?: string
}

export type ToHost =
  | { readonly type: 'start'; readonly runId: string }
  | { readonly type: 'run'; readonly spec: TrialSpec }
  | { readonly type: 'continue'; readonly spec: TrialSpec; readonly continues: number }
  | { readonly type: 'release'; readonly trial: number }
  | { readonly type: 'abort' }
  | { readonly type: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: RemoteError }

export type FromHost =
  | { readonly type: 'started'; readonly folder: string }
  | { readonly type: 'ready'; readonly trial: number; readonly url: string | null }
  | { readonly type: 'answered'; readonly trial: number; readonly answers: FirstAnswers }
  | { readonly type: 'sample'; readonly trial: number; readonly sample: Sample }
  | { readonly type: 'idle'; readonly trial: number }
  | { readonly type: 'ask'; readonly trial: number; readonly id: number; readonly question: Question }
  | { readonly type: 'cancel'; readonly trial: number; readonly id: number }
  | { readonly type: 'result'; readonly trial: number; readonly result: TrialResult }
  | { readonly type: 'failed'; readonly error: RemoteError }

/** An error in a form that JSON keeps. */
export function remoteError(error: unknown): RemoteError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  return {
    name: error.name,
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  }
}

/** The reverse of {@link remoteError}. */
export function localError(remote: RemoteError): Error {
  const error = new Error(remote.message)
  error.name = remote.name
  if (remote.stack !== undefined) error.stack = remote.stack
  return error
}

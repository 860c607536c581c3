import type { FirstAnswers, Sample } from '../types/index.js'
import type { TrialResult, TrialSpec } from './types.js'
import type { HttpRequest, WorkloadFunction } from '../types/workload.js'
import type { ReadyContext } from '../options/types.js'

/** What a caller and its trial host say to each other, one JSON document a line. */

interface WorkloadQuestion {
  readonly url: string
  readonly port: number
  readonly operations: number
  readonly round: number
  readonly index: number
}

interface ReadyQuestion {
  readonly pid: number
  readonly port: number | null
  readonly url: string | null
  readonly output: string
}

export type Question =
  | ({ readonly kind: 'workload' } & WorkloadQuestion)
  | ({ readonly kind: 'ready' } & ReadyQuestion)
  | { readonly kind: 'requests'; readonly index: number; readonly operations: number }
  | { readonly kind: 'count'; readonly output: string }
  | { readonly kind: 'turn' }

/** An error as it crosses the channel. */
interface RemoteError {
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

/** What a running trial tells its caller and asks of it; in the host, the other end of the channel. */
export interface Caller {
  ready(url: string | null): void
  /** How the first requests of the launch were answered. */
  answered(answers: FirstAnswers): void
  sample(sample: Sample): void
  /** Resolves when the trial may load the machine; until {@link Caller.idle} it is its turn. */
  turn(): Promise<void>
  idle(): void
  /** Runs one round of a workload function; rejects with what it threw. */
  workload(question: WorkloadQuestion, signal: AbortSignal): Promise<void>
  /** Asks the `ready` function; resolves to whether the application is ready. */
  isReady(question: ReadyQuestion): Promise<boolean>
  /** Requests of one round, where they depend on the operation's index. */
  requests(index: number, operations: number): Promise<readonly HttpRequest[]>
  /** Asks the `count` function of a command; resolves to what it gave, rejects with what it threw. */
  count(output: string, signal: AbortSignal): Promise<unknown>
}

/** The caller's own functions: they cannot cross to another process, so the host asks for their results. */
export interface CallerFunctions {
  readonly workload: WorkloadFunction | null
  readonly ready: ((context: ReadyContext) => unknown) | null
  readonly requests: ((index: number, operations: number) => readonly HttpRequest[]) | null
  readonly count: ((output: string) => unknown) | null
}

/** Answers a question of the host; rejects with what the caller's function throws. */
export async function answer(
  question: Exclude<Question, { readonly kind: 'turn' }>,
  functions: CallerFunctions,
  signal: AbortSignal,
): Promise<unknown> {
  switch (question.kind) {
    case 'workload': {
      const { url, port, operations, round, index } = question
      await functions.workload?.({ url, port, operations, round, index, signal })
      return undefined
    }
    case 'ready': {
      const { pid, port, url, output } = question
      const isReady = await functions.ready?.({ pid, port: port ?? undefined, url: url ?? undefined, output })
      return isReady !== false
    }
    case 'requests':
      return functions.requests?.(question.index, question.operations) ?? []
    case 'count':
      return functions.count?.(question.output)
  }
}

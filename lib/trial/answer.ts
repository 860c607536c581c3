import type { ReadyContext } from '../options/types.js'
import type { HttpRequest, WorkloadFunction } from '../types/workload.js'
import type { Question } from './messages.js'

/** The caller's own functions: they cannot cross to another process, so the host asks for their results. */
export interface CallerFunctions {
  readonly workload: WorkloadFunction | null
  readonly ready: ((context: ReadyContext) => unknown) | null
  readonly requests: ((index: number, operations: number) => readonly HttpRequest[]) | null
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
  }
}

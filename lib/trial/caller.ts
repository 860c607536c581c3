import type { ReadyQuestion, WorkloadQuestion } from './messages.js'
import type { HttpRequest } from '../types/workload.js'
import type { FirstAnswers, Sample } from '../types/index.js'

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
}

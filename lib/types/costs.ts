import type { Backend } from './backend.js'

/** What an agent adds to one figure of the application, with its interval. */
export interface Cost {
  /** The figure without the agent, mean of trials. */
  readonly without: number
  /** With the agent minus without it. */
  readonly added: number
  /** Two-sided 95% interval of `added` over the scatter of the trials, of this figure by itself: by Welch's t. */
  readonly low: number
  readonly high: number
}

/** Names of the figures of {@link AgentCosts}. */
export type CostName =
  | 'cpuMsPerOperation'
  | 'cpuMsPerSecond'
  | 'operationsPerSecond'
  | 'p50Ms'
  | 'p99Ms'
  | 'startMs'
  | 'heapStartBytes'
  | 'heapRestBytes'
  | 'rssStartBytes'
  | 'rssRestBytes'

/**
 * What having an agent costs, from the trials that were made for the verdict. It is no verdict: each interval is of its figure by itself,
 * and no error rate is kept over them. A figure is `null` where one of the trials does not tell it, or where fewer than two trials with
 * the agent, or without it, were completed at one size.
 *
 * What happens under load is of the later half of every trial, so that warming up is left out. CPU time is that of all processes of the
 * application, without what reading the memory takes; the reading before a load makes it higher than in a process left alone. Start-up,
 * throughput and answers are by the clock: trials that run beside disturb them, which the intervals show.
 */
export interface AgentCosts extends Readonly<Record<CostName, Cost | null>> {
  readonly agent: string
  /** How its collector behaved. */
  readonly backend: Backend
  /** Operations of each trial that was compared; 0: there were too few. */
  readonly operations: number
  /** Completed trials with the agent, and without it, that were compared. */
  readonly trials: number
  readonly reference: number
  /** CPU time an operation, ms; `null` where the application is only left idle. */
  readonly cpuMsPerOperation: Cost | null
  /** CPU time a second while idle, ms; `null` for workloads with operations. */
  readonly cpuMsPerSecond: Cost | null
  /** Operations a second of load; `null` where idle. */
  readonly operationsPerSecond: Cost | null
  /** Median of the answers to requests, ms; `null` where the workload sends none. */
  readonly p50Ms: Cost | null
  /** What 99 of 100 answers do not exceed, ms; `null` also where a trial had fewer than 100. */
  readonly p99Ms: Cost | null
  /** From the launch to the moment in which the application was ready, ms. */
  readonly startMs: Cost | null
  /** Settled heap before the first operation, bytes. */
  readonly heapStartBytes: Cost | null
  /** Settled heap after the last operation, bytes: of an agent that leaks it grows with the operations. */
  readonly heapRestBytes: Cost | null
  /** Resident memory of all processes before the first operation, bytes. */
  readonly rssStartBytes: Cost | null
  /** Resident memory of all processes after the last operation, bytes. */
  readonly rssRestBytes: Cost | null
}

import type { Loaded, Signs } from '../probe/protocol.cjs'
import type { AnswerTimes, DrivenServer, Sample } from '../types/index.js'
import type { Driver } from './drive.js'
import type { Reachable } from './readiness.js'
import type { TrialCollectors } from './trial-collectors.js'
import type { TrialSpec } from './types.js'
import { stripVTControlCharacters } from 'node:util'
import type { OutputTail } from '../system/output-tail.js'

/** What is known of a trial while it runs; it becomes the record however the trial ends. */
export interface Progress {
  readonly launchedAtMs: number
  readonly samples: Sample[]
  /** From launch to ready, 0 until then. */
  readyMs: number
  loadMs: number
  /** CPU time of the operations, ms; `null`: not known. */
  cpuMs: number | null
  settleMs: number
  /** Of the last load; `null`: it had none. */
  answers: AnswerTimes | null
  loaded: Loaded | null
  driver: Driver | null
  /** Where the workload is driven; `null`: nowhere. */
  reachable: Reachable | null
  /** Whether the process that answers is without what the agents preload. */
  isWithoutAgents: boolean
  /** A server that came later and would have been driven; `null`: there is none. */
  missed: DrivenServer | null
  collectors: TrialCollectors | null
  /** What the application printed again and again. */
  errors: () => RepeatedError | null
  /** `null`: nobody asked. */
  packages: readonly string[] | null
  /** `null`: nobody asked, or they could not be read. */
  signs: Signs | null
  heapLimitBytes: number
  /** How long readings wait for what is flushed at an interval; `null` while that is not known. */
  holdMs: number | null
  /** What was seen to be released while watching for that. */
  heldBytes: number
  /** Whether heap was seen to go with connections that close: then idle time is watched all the while. */
  closesConnections: boolean
  /** When the last operations were done, on the monotonic clock. */
  loadEndedAtMs: number
  /** How far the wall clock moved against the monotonic one. */
  clockJumpMs: number
}

export function newProgress(spec: TrialSpec): Progress {
  return {
    launchedAtMs: performance.now(),
    samples: [],
    readyMs: 0,
    loadMs: 0,
    cpuMs: 0,
    settleMs: 0,
    answers: null,
    loaded: null,
    driver: null,
    reachable: null,
    isWithoutAgents: false,
    missed: null,
    collectors: null,
    errors: () => null,
    packages: null,
    signs: null,
    heapLimitBytes: 0,
    holdMs: spec.settle.holdMs,
    heldBytes: 0,
    closesConnections: false,
    loadEndedAtMs: performance.now(),
    clockJumpMs: 0,
  }
}

const ERROR = /error|fail|exception|refused|denied|unable|cannot|timed? ?out|ECONN|ENOTFOUND/i
/** What differs between lines that say the same: times, ports, numbers of requests, ids. */
const CHANGING = /\b(?=[\da-f-]*\d)[\da-f-]{8,}\b|\d+/gi
/** Fewer may be what a start brings with it. */
const OFTEN = 20
/** An output in which no two lines are alike is not looked through for ever. */
const MOST_KINDS = 500
const LONGEST = 160

/** A line that tells of an error, and how often such a line was written. */
export interface RepeatedError {
  readonly line: string
  readonly times: number
}

/** Counts lines that tell of an error; gives the one that was written most often, `null` where none came again and again. */
export function repeatedErrors(output: Pick<OutputTail, 'onLine'>): () => RepeatedError | null {
  const kinds = new Map<string, { line: string; times: number }>()
  output.onLine(raw => {
    if (!ERROR.test(raw)) return
    const line = stripVTControlCharacters(raw).trim()
    const kind = line.replaceAll(CHANGING, '#')
    const known = kinds.get(kind)
    if (known !== undefined) known.times++
    else if (kinds.size < MOST_KINDS) kinds.set(kind, { line: line.slice(0, LONGEST), times: 1 })
  })
  return () => {
    const [most] = [...kinds.values()].sort((a, b) => b.times - a.times)
    return most === undefined || most.times < OFTEN ? null : most
  }
}

import type { AgentOptions, EntryOptions, Growth, IsolateLeakOptions, Metric } from 'isolate-leak'
import type { BackendKind, LoopbackBackend } from '../../../test/support/loopback-backend.js'

/** One configuration whose answer is known. */
export interface AccuracyCase {
  /** Name of its folder; may hold one slash. */
  readonly id: string
  readonly group: CaseGroup
  /** What is tried and why the answer is what it is. */
  readonly about: string
  readonly workload: CaseWorkload
  readonly backends?: Readonly<Record<string, BackendSetting>>
  /** What must be named: agents, or `application`. Empty: nothing may be. */
  readonly expected: readonly string[]
  /** Answers that are not wrong either. */
  readonly allowed?: Allowed
  readonly truth?: Truth
  /** Where the case cannot be run at standard effort as it is. */
  readonly changed?: Changed
  /** Installs packages and says what to launch. */
  readonly subject: (backends: Readonly<Record<string, RunningBackend>>) => Promise<CaseSubject> | CaseSubject
}

export type CaseGroup = 'leak' | 'fixed' | 'look-alike' | 'made-up' | 'twin' | 'a-a'

export interface CaseSubject {
  readonly entry: EntryOptions & { readonly file: string }
  /** One, but for A/A calls. The naive script tries the first. */
  readonly agents: readonly CaseAgent[]
}

export type CaseAgent = AgentOptions & {
  readonly require: string
  readonly env?: Readonly<Record<string, string>>
}

export type CaseWorkload =
  | { readonly kind: 'http'; readonly path: (index: number) => string }
  | { readonly kind: 'in-app'; readonly module: string }
  | { readonly kind: 'idle' }

export interface BackendSetting {
  /** `up` answers, `refused` has nobody listening, `hanging` accepts and never answers. */
  readonly behaves: 'up' | 'refused' | 'hanging'
  readonly secure?: boolean
  /** What an agent that works must have sent; an agent that sends nothing is not measured. */
  readonly reports?: BackendKind
}

export interface RunningBackend extends Pick<LoopbackBackend, 'url' | 'port'> {
  /** PEM file to trust, for https. */
  readonly certificate: string
}

export interface Allowed {
  /** Components that may be named as well. */
  readonly accused?: readonly string[]
  /** Whether `inconclusive` is a right answer. */
  readonly inconclusive?: boolean
  readonly because: string
}

/** Growth that the component is known to have. */
export interface Truth {
  /** Agent's name, or `application`. */
  readonly component: string
  readonly metric: Metric
  readonly unit: Growth['unit']
  readonly perOperation: number
  readonly low: number
  readonly high: number
  /** `built in`: follows from the code; `by hand`: measured once, in an application of the same kind. */
  readonly source: 'built in' | 'by hand'
}

export interface Changed {
  readonly options: Pick<IsolateLeakOptions, 'effort' | 'operations' | 'threshold' | 'retentionMs'>
  readonly because: string
}

import type { Backend, Component, ConditionResult, Culprit, Judged, MetricResult } from '../types/index.js'
import type { Because, MetricBecause, Place } from './because.js'

/** What was exercised of sets of agents, and what was not. */
export type SetNote = { readonly backends?: readonly Backend[] } & (
  | { readonly code: 'each-alone' | 'all-together' | 'never-together' }
  | { readonly code: 'not-alone'; readonly some: boolean }
  | { readonly code: 'other-shards'; readonly index: number; readonly count: number }
)

/** What was exercised of sets of agents, and what was not. */
export interface SetNotes {
  readonly exercised: readonly SetNote[]
  readonly notExercised: readonly SetNote[]
}

/** The results of a decision: as they are reported, with reasons as codes and numbers. */
export interface DecidedMetric extends Omit<MetricResult, 'reason' | 'where'> {
  readonly because: MetricBecause
  readonly where?: Place
}
export interface DecidedCondition extends Omit<ConditionResult, 'reason' | 'metrics'> {
  readonly metrics: readonly DecidedMetric[]
  readonly because: readonly Because[]
  readonly judged: Judged
}
export interface DecidedComponent extends Omit<Component, 'reason' | 'metrics' | 'conditions'> {
  readonly metrics: readonly DecidedMetric[]
  readonly because: readonly Because[]
  readonly judged: Judged
  readonly conditions?: readonly DecidedCondition[]
}
export interface DecidedCulprit extends Omit<Culprit, 'reason' | 'where' | 'evidence'> {
  readonly because: readonly Because[]
  readonly where?: Place
}

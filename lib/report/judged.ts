import type { Component, Judged } from '../types/index.js'

/** What the verdict of a component rests on, under all conditions of the collector together. */
export interface JudgedInAll {
  readonly trials: number
  /** Without it, the most of one condition; `null`: not known. */
  readonly reference: number | null
  /** Of a trial, each size once, ascending; empty: not known. */
  readonly operations: readonly number[]
}

/** Where no look was taken, as when every trial failed, the launches. */
export function judgedInAll(component: Component): JudgedInAll {
  const parts = component.conditions ?? [component]
  const known = parts.flatMap(({ judged }) => (isLook(judged) ? judged : []))
  return {
    trials: parts.reduce((sum, part) => sum + judgedTrials(part), 0),
    reference: known.length === 0 ? null : Math.max(...known.map(({ reference }) => reference)),
    operations: [...new Set(known.map(({ operations }) => operations))].sort((a, b) => a - b),
  }
}

/** Of a component, or of one of its conditions. */
export function judgedTrials({ judged, trials }: Pick<Component, 'judged' | 'trials'>): number {
  return isLook(judged) ? judged.trials : trials
}

function isLook(judged: Judged | undefined): judged is Judged {
  return judged !== undefined && judged.trials > 0
}

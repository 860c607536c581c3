/** What the picture of a report shows: points, arms with their labels, and a sentence that says what one sees. */
import { growthText, perWhat } from '../lib/report/format/growth.js'
import { list } from '../lib/report/format/layout.js'
import type { Component, ReportData, TrialRecord } from '../lib/types/index.js'

const BYTES_PER_MB = 1e6

/** A settled reading. */
export interface Point {
  /** Name of the agent; empty without agents. */
  readonly arm: string
  readonly trial: number
  readonly operations: number
  /** MB, without code space. */
  readonly heap: number
}

/** One variant of the application. */
export interface Arm {
  readonly arm: string
  readonly leaks: boolean
  readonly label: string
  /** Where its lines end, MB. */
  readonly end: number
}

export interface ChartData {
  readonly title: string
  readonly trials: number
  readonly points: readonly Point[]
  readonly arms: readonly Arm[]
  /** Operations of the longest trial. */
  readonly most: number
}

const pointsOf = (trial: TrialRecord): Point[] =>
  trial.samples.flatMap(({ kind, operations, values: { heap } }) =>
    kind === 'grid' && heap !== null
      ? [{ arm: trial.agents.join(' and '), trial: trial.id, operations, heap: heap / BYTES_PER_MB }]
      : [],
  )

const armName = ({ kind, name }: Component): string => (kind === 'application' ? '' : name)

const labelOf = ({ name, kind, verdict, growth }: Component): string => {
  const { amount } = growthText(growth)
  const added = /^\d/.test(amount) ? `+${amount}` : amount
  const word = verdict === 'leak' ? 'LEAK' : verdict
  return `${kind === 'application' ? 'no agents' : name}: ${word}, ${added} per ${perWhat(growth)}`
}

const titleOf = ({ components }: ReportData): string => {
  const found = components.filter(({ verdict }) => verdict === 'leak')
  const others = components.filter(component => !found.includes(component))
  const names = list(found.map(({ name }) => name))
  const othersClean = others.every(({ verdict }) => verdict === 'clean')
  if (found.some(({ kind }) => kind === 'application')) return 'The heap keeps growing even without agents'
  if (found.length === 0) return othersClean ? 'With every agent the heap levels off' : 'Settled heap'
  return othersClean
    ? `Only with ${names} does the heap keep growing; the other lines level off`
    : `With ${names} the heap keeps growing`
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Figures are those of the report; nothing is smoothed or left out. */
export const chartData = (report: ReportData): ChartData => {
  const trials = report.trials.filter(({ purpose }) => purpose === 'measure')
  const order = report.components.map(armName)
  const points = trials.flatMap(pointsOf).sort((a, b) => order.indexOf(a.arm) - order.indexOf(b.arm))
  const most = Math.max(...points.map(({ operations }) => operations))
  const arms = report.components.map(component => {
    const arm = armName(component)
    const ends = points.filter(point => point.arm === arm && point.operations === most)
    const end = mean(ends.map(({ heap }) => heap))
    return { arm, leaks: component.verdict === 'leak', label: labelOf(component), end }
  })
  return { title: titleOf(report), trials: trials.length, points, arms, most }
}

import type { Backend, Growth, Metric } from './index.js'

/** Something besides growth that is not as it was in an earlier night. */
export interface Difference {
  /** What it is, for people: `newrelic`, `Node`, `operations`. */
  readonly what: string
  readonly kind: 'agent' | 'application' | 'runtime' | 'configuration'
  /** `null`: it was not there. */
  readonly from: string | null
  readonly to: string | null
}

/** Growth that is another since some night, and not by chance. */
export interface Change extends SeriesKey {
  readonly direction: 'up' | 'down'
  /** Level before and since, in `unit`: means without outliers. */
  readonly from: number
  readonly to: number
  readonly unit: Growth['unit']
  /** Growth that counts as a leak, same unit. */
  readonly threshold: number
  /** Index of the last night of the old level, of the first of the new one, and of the one that showed it. */
  readonly before: number
  readonly first: number
  readonly shown: number
  /** Whether growth is still what it became: nothing took it back, and the last night that has an answer has it. */
  readonly stands: boolean
  /** What else changed between the last night before it and its first night, or if nothing did, until the one that showed it. */
  readonly changed: readonly Difference[]
}

/** What is followed from night to night. */
export interface SeriesKey {
  readonly component: string
  readonly metric: Metric
  /** The condition of the agents' collector, where there are several. */
  readonly backend?: Backend
}

import type { Backend, Growth, Metric, Verdict } from '../../types/index.js'

/** Form of a line of the history; another number cannot be read. */
export const HISTORY_SCHEMA_VERSION = 1

/** Growth of one metric in one component in one night. */
export interface NightMetric {
  readonly metric: Metric
  readonly verdict: Verdict
  readonly estimate: number
  /** Two-sided interval at `1 - errorRate`; `null`: too few trials ran to give one. */
  readonly low: number | null
  readonly high: number | null
  readonly unit: Growth['unit']
  /** Growth that counts as a leak, same unit. */
  readonly threshold: number
}

/** A component in one night; with several `backends`, an agent under one of them. */
export interface NightComponent {
  readonly name: string
  readonly kind: 'agent' | 'application'
  /** The condition of the agents' collector, where the run had several. */
  readonly backend?: Backend
  readonly verdict: Verdict
  readonly trials: number
  /** What having it costs once, bytes of heap. */
  readonly startBytes: number | null
  readonly metrics: readonly NightMetric[]
}

/** Versions of everything that took part. */
export interface NightVersions {
  readonly isolateLeak: string
  readonly node: string
  readonly v8: string
  /** Platform, release and processor architecture. */
  readonly os: string
  /** From the package.json nearest to the entry; the commit from the caller or the CI system. */
  readonly application: {
    readonly name: string | null
    readonly version: string | null
    readonly commit: string | null
  }
  readonly agents: readonly {
    readonly name: string
    readonly package: string | null
    readonly version: string | null
    /** Digest of all packages installed with it, where the library installed it; else `null`. */
    readonly tree: string | null
  }[]
}

/** A value of the configuration: plain, so that lines can be compared. */
export type SettingValue = string | number | boolean | null | readonly string[]

/** The settings that the figures depend on. */
export interface NightConfiguration {
  /** The first 16 digits of the SHA-256 of `values`. */
  readonly digest: string
  readonly values: Readonly<Record<string, SettingValue>>
}

interface NightBase {
  readonly schemaVersion: typeof HISTORY_SCHEMA_VERSION
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** `null`: not known, since it was killed. */
  readonly totalMs: number | null
  /** Folder of the run, relative to that of the history where it lies in it; `null`: nothing was kept. */
  readonly run: string | null
}

/** A run that came to an answer. */
export interface FinishedNight extends NightBase {
  readonly outcome: 'finished'
  readonly verdict: Verdict
  readonly culprits: readonly {
    readonly kind: 'agent' | 'interaction' | 'application'
    readonly agents: readonly string[]
    readonly metric: Metric
    readonly backend: Backend
  }[]
  readonly components: readonly NightComponent[]
  readonly versions: NightVersions
  readonly configuration: NightConfiguration
}

/** A run that did not come to an answer. */
export interface FailedNight extends NightBase {
  readonly outcome: 'failed'
  readonly error: {
    /** Of the library, or `ERR_KILLED`: it ended without a word. */
    readonly code: string
    /** Without secrets. */
    readonly message: string
  }
}

/** One line of a history. */
export type Night = FinishedNight | FailedNight

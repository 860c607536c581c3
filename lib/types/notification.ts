import type { Difference, Change } from './history.js'
import type { ReportData, TrialRecord } from './index.js'

/**
 * What a notification is about.
 *
 * - `leak`: a component leaks
 * - `recovery`: it leaked the last time, and is clean now; or growth went back to what it was before a change
 * - `change`: growth is more than in the nights before, below the threshold
 * - `failed`: the run did not come to an answer
 */
export type NotificationKind = 'leak' | 'recovery' | 'change' | 'failed'

/** A report without the readings of its trials. */
export interface NotifiedReport extends Omit<ReportData, 'trials'> {
  readonly trials: readonly Omit<TrialRecord, 'samples' | 'packages'>[]
}

/** What notify functions are called with, and what webhooks get as JSON. */
export interface LeakNotification {
  readonly schemaVersion: 1
  readonly event: NotificationKind
  /** One line. */
  readonly title: string
  /** What happened, in a few sentences. */
  readonly sentence: string
  /** When the run began, ISO 8601. */
  readonly startedAt: string
  /** Without samples; `null` when the run failed. */
  readonly report: NotifiedReport | null
  /** Changes of growth that this night showed, with a history. */
  readonly changes: readonly Change[]
  /** What else changed since the night before, with a history. */
  readonly changed: readonly Difference[]
  /** Why it failed, without secrets; `null`: it did not. */
  readonly error: { readonly code: string; readonly message: string } | null
  /** Files of the run on the machine that it ran on; `null`: nothing was kept. */
  readonly files: {
    readonly folder: string
    readonly report: string
    readonly journal: string
  } | null
  /** Page of the CI job, where one of the known systems tells it. */
  readonly link: string | null
}

/** Is told, and may take its time. What it throws is a warning. */
export type NotifyFunction = (notification: LeakNotification) => unknown

/** Somewhere to send a notification. */
export interface WebhookTarget {
  /** `https:`, or `http:`. It is never shown: whoever knows it can write there. */
  readonly url: string | URL
  /**
   * `json`: a {@link LeakNotification}; `slack`: a message of Block Kit; `teams`: an Adaptive Card as workflows of Microsoft Teams take
   * it. Default: by the host, `json` for an unknown one.
   */
  readonly format?: WebhookFormat
  /** Further headers, for example an authorization. */
  readonly headers?: Readonly<Record<string, string>>
  /** Limit on one try, ms. Default 10,000. */
  readonly timeoutMs?: number
}

export type WebhookFormat = 'json' | 'slack' | 'teams'

/** Whom to tell. */
export type NotifyTarget = NotifyFunction | WebhookTarget

import type { ReportData } from '../types/index.js'

/** What a reporter may be told besides the report. */
export interface ReporterOptions {
  /** Rate at which growth is given per day. Default 100. */
  readonly operationsPerSecond?: number
}

/**
 * Turns a report into the text of a file. A pure function: the same report gives the same text, whatever the machine, the
 * time zone and the terminal.
 */
export type Reporter = (report: ReportData, options?: ReporterOptions) => string

/** A reporter of your own, for `--reporter ./team.mjs=team.txt`: the default export of a module. It may take its time. */
export type UserReporter = (report: ReportData, options?: ReporterOptions) => string | Promise<string>

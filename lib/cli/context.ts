import type { BisectOptions, BisectReport } from '../compare/bisect/types.js'
import type { InstrumentationOptions, InstrumentationReport } from '../compare/instrumentation/types.js'
import type { MergeOptions } from '../isolate-leak.js'
import type { MergedRuns } from '../run/merge-runs.js'
import type { IsolateLeakOptions } from '../options/types.js'
import type { NodesOptions, NodesReport } from '../compare/nodes/types.js'
import type { IsolationReport } from '../types/index.js'
import type { ReplayOptions, ReplayReport } from '../compare/replay/types.js'
import type { SinceOptions, SinceReport } from '../compare/since/types.js'
import type { UpgradeOptions, UpgradeReport } from '../compare/upgrade/types.js'

/** A stream the command writes to. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  write(text: string, callback?: (error?: Error | null) => void): boolean
  on(event: 'error', listener: (error: Error) => void): unknown
  off(event: 'error', listener: (error: Error) => void): unknown
}

/** What the command needs of its surroundings. */
export interface CliContext {
  /** Reports go here. */
  readonly stdout: OutputStream
  /** Progress and errors go here. */
  readonly stderr: OutputStream
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where `SIGINT`, `SIGTERM`, `SIGHUP` and `exit` are heard. */
  readonly signals: SignalSource
  readonly isolateLeak: (options: IsolateLeakOptions) => Promise<IsolationReport>
  readonly checkUpgrade: (options: UpgradeOptions) => Promise<UpgradeReport>
  readonly checkSince: (options: SinceOptions) => Promise<SinceReport>
  readonly bisectVersions: (options: BisectOptions) => Promise<BisectReport>
  readonly mergeRuns: (folders: readonly string[], options?: MergeOptions) => Promise<MergedRuns>
  readonly isolateInstrumentation: (options: InstrumentationOptions) => Promise<InstrumentationReport>
  readonly compareNodes: (options: NodesOptions) => Promise<NodesReport>
  readonly replay: (report: string, options: ReplayOptions) => Promise<ReplayReport>
  cwd(): string
  chdir(folder: string): void
  /** Monotonic, ms. */
  now(): number
  exit(status: number): void
}

export interface SignalSource {
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

/** Whether to write colours to a stream: https://no-color.org, https://force-color.org. */
export function wantsColour(stream: OutputStream, env: CliContext['env']): boolean {
  if ((env.NO_COLOR ?? '') !== '') return false
  if ((env.FORCE_COLOR ?? '') !== '') return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return isTerminal(stream, env)
}

/** Whether a stream is a terminal on which lines can be redrawn, with somebody who may look at it. */
export function isLive(stream: OutputStream, env: CliContext['env']): boolean {
  return isTerminal(stream, env) && !isCi(env)
}

function isTerminal(stream: OutputStream, env: CliContext['env']): boolean {
  return stream.isTTY === true && env.TERM !== 'dumb'
}

/** Whether a job of a CI service runs it: they set `CI`. What they keep is a log, also where they give it a terminal. */
export function isCi({ CI = '' }: CliContext['env']): boolean {
  return CI !== '' && CI !== '0' && CI !== 'false'
}

/** Characters a line of a terminal; `undefined`: it is none. */
export function columnsOf({ isTTY, columns }: OutputStream): number | undefined {
  return isTTY === true ? columns : undefined
}

/** Whether the locale has characters beyond ASCII (POSIX: `LC_ALL` before `LC_CTYPE` before `LANG`). */
export function showsUnicode(env: CliContext['env'], platform: NodeJS.Platform = process.platform): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(value => value !== undefined && value !== '')
  // There the locale is none of the environment, and terminals have had Unicode for long.
  return locale === undefined ? platform === 'win32' : /utf-?8/i.test(locale)
}

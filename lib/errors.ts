import type { IsolationReport } from './types/index.js'

/** Codes of {@link IsolateLeakError}. */
export type ErrorCode =
  | 'ERR_OPTION_INVALID'
  | 'ERR_OPTION_UNSUPPORTED'
  | 'ERR_ENTRY_NOT_FOUND'
  | 'ERR_ENTRY_CRASHED'
  | 'ERR_ENTRY_EXITED'
  | 'ERR_ENTRY_NOT_READY'
  | 'ERR_PORT_IN_USE'
  | 'ERR_NODE_UNUSABLE'
  | 'ERR_AGENT_NOT_FOUND'
  | 'ERR_AGENT_PACKAGE_MISSING'
  | 'ERR_AGENT_DUPLICATE'
  | 'ERR_AGENT_REQUIRES'
  | 'ERR_AGENT_NOT_LOADED'
  | 'ERR_AGENT_CRASHED'
  | 'ERR_AGENT_EXITED'
  | 'ERR_AGENT_NOT_READY'
  | 'ERR_AGENT_ENGINE'
  | 'ERR_PACKAGE_VERSION'
  | 'ERR_SIDECAR_NOT_FOUND'
  | 'ERR_SIDECAR_CRASHED'
  | 'ERR_SIDECAR_NOT_READY'
  | 'ERR_WORKLOAD_FAILED'
  | 'ERR_TRIAL_CONTAMINATED'
  | 'ERR_BASELINE_AGENT'
  | 'ERR_PROBE_BUSY'
  | 'ERR_PROBE_LOST'
  | 'ERR_COLLECTOR'
  | 'ERR_HOST_FAILED'
  | 'ERR_OUTPUT'
  | 'ERR_JOURNAL'
  | 'ERR_SHARD'
  | 'ERR_REPORT'
  | 'ERR_REPLAY'
  | 'ERR_HISTORY'
  | 'ERR_CONFIG'
  | 'ERR_RECORDING'
  | 'ERR_GIT'
  | 'ERR_LOCKFILE'
  | 'ERR_REPORTER'
  | 'ERR_INSPECT_UNSUPPORTED'
  | 'ERR_PROCESS_NOT_FOUND'
  | 'ERR_PROCESS_NOT_PERMITTED'
  | 'ERR_PROCESS_NOT_NODE'
  | 'ERR_ABORTED'
  | 'ERR_PACKAGE_UNKNOWN'
  | 'ERR_REGISTRY'
  | 'ERR_NO_SPACE'
  | 'ERR_NPM_MISSING'
  | 'ERR_INSTALL'
  | 'ERR_SNAPSHOT_INVALID'
  | 'ERR_SNAPSHOT_READ'
  | 'ERR_SNAPSHOT_UNRELATED'
  | 'ERR_LEAK'

/**
 * Everything the library throws on purpose. `code` is stable, `message` says what was expected and what was
 * got, `cause` keeps the original error where there was one.
 */
export class IsolateLeakError extends Error {
  override readonly name: string = 'IsolateLeakError'
  /** Stable identifier of the kind of failure. */
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Thrown by {@link IsolationReport.assertClean} when the verdict is not `clean`. Its message is the account on one screen. */
export class LeakError extends IsolateLeakError {
  override readonly name = 'LeakError'
  declare readonly code: 'ERR_LEAK'
  /** The whole report: `String(error.report)` is the whole account. */
  readonly report: IsolationReport

  constructor(message: string, report: IsolationReport) {
    super('ERR_LEAK', message)
    this.report = report
  }
}

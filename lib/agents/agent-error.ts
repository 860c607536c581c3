import { IsolateLeakError, type ErrorCode } from '../errors.js'

/** A failure that concerns one agent, named first. */
export function agentError(
  code: ErrorCode,
  agent: string,
  problem: string,
  options?: ErrorOptions,
): IsolateLeakError {
  return new IsolateLeakError(code, `agent '${agent}': ${problem}`, options)
}

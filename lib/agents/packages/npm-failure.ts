import type { CommandResult } from '../../system/run-command.js'
import { redactText } from '../../options/redact/redact-text.js'

const MOST_LINES = 8

/** npm ended with an error; what it means depends on what was asked. */
export class NpmFailure extends Error {
  override readonly name = 'NpmFailure'
  /** npm's own code, such as `E404`; empty when it gave none. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const UNREACHABLE =
  /^(?:ECONN\w+|ENOTFOUND|EAI_\w+|ETIMEDOUT|ESOCKETTIMEDOUT|ENETUNREACH|EHOSTUNREACH|EPROTO|ENOTCACHED|ERR_SOCKET_TIMEOUT|ERR_SSL\w*|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|FETCH_ERROR|E5\d\d|E429|E40[137]|ENEEDAUTH)$/

export function isNpmFailure(error: unknown): error is NpmFailure {
  return error instanceof NpmFailure
}

/** Whether the registry did not answer, or would not. */
export function isUnreachable(failure: NpmFailure): boolean {
  return UNREACHABLE.test(failure.code)
}

/** The failure as npm describes it, else the last lines that it wrote; without secrets. */
export function npmFailure(command: string, result: CommandResult): NpmFailure {
  const { code = '', summary = '', detail = '' } = errorIn(result.stdout)
  const described = nonEmptyLines(`${summary}\n${detail}`).slice(0, MOST_LINES)
  const written = nonEmptyLines(result.stderr.replaceAll(/^npm (?:error|ERR!) ?/gm, '')).slice(-MOST_LINES)
  const lines = described.length === 0 ? written : described
  const end = result.signal === null ? `exit code ${String(result.exitCode)}` : result.signal
  const said = redactText(lines.join('\n'))
  return new NpmFailure(code, `npm ${command} ended with ${end}${said === '' ? '' : `: ${said}`}`)
}

function nonEmptyLines(text: string): string[] {
  const isOfLogs = /^(?:A complete log|Log files were not)/
  return text.split(/\r?\n/).filter(line => line.trim() !== '' && !isOfLogs.test(line))
}

function errorIn(stdout: string): { code?: string; summary?: string; detail?: string } {
  const start = stdout.indexOf('{')
  if (start < 0) return {}
  try {
    const { error } = JSON.parse(stdout.slice(start)) as { error?: Record<string, unknown> }
    return Object.fromEntries(Object.entries(error ?? {}).map(([name, value]) => [name, String(value)]))
  } catch {
    // Not npm's description of an error: what it wrote to stderr is all there is.
    return {}
  }
}

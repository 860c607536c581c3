import { keepsFromRunning } from '../../options/check/fields.js'
import { attaches } from './attached-agents.js'
import type { NodeOption } from './node-command-line.js'
import type { Secrets } from './sort-variables.js'

/** What of Node's options is the application's own: no agent, no secret, nothing that a trial cannot have. */
interface OwnOptions {
  readonly nodeArgs: readonly string[]
  /** Value of NODE_OPTIONS, empty: nothing is left in it. */
  readonly nodeOptions: string
  /** What was left out or masked, with the reason. */
  readonly leftOut: readonly string[]
}

/**
 * @param given on the command line
 * @param inherited in NODE_OPTIONS
 */
export function ownOptions(
  given: readonly NodeOption[],
  inherited: readonly NodeOption[],
  secrets: Secrets,
): OwnOptions {
  const kept = given.filter(option => !attaches(option))
  const unwanted = kept.filter(({ name }) => keepsFromRunning(name) || name.startsWith('--inspect'))
  const nodeArgs = kept.filter(option => !unwanted.includes(option)).flatMap(option => option.given)
  const masked = secrets.masked(nodeArgs)
  const rest = inherited.filter(option => !attaches(option) && !option.name.startsWith('--inspect'))
  return {
    nodeArgs: masked,
    nodeOptions: secrets
      .masked(rest.flatMap(option => option.given))
      .map(quoted)
      .join(' '),
    leftOut: [
      ...unwanted.map(({ name }) => `${name}: ${reasonAgainst(name)}`),
      ...maskedOnes(nodeArgs, masked),
    ],
  }
}

/** Arguments in which something was masked, with the reason. */
export function maskedOnes(before: readonly string[], after: readonly string[]): string[] {
  return after
    .filter((text, index) => text !== before[index])
    .map(text => `${text}: holds a secret, fill it in`)
}

function reasonAgainst(name: string): string {
  return name.startsWith('--inspect')
    ? 'the port of the inspector is taken by the process itself'
    : 'with it Node does not run a script by itself'
}

function quoted(text: string): string {
  return /[\s"\\]/.test(text) ? `"${text.replace(/[\\"]/g, '\\$&')}"` : text
}

import { UsageError } from './exit-status.js'

const MOST_CAUSES = 5

/** `isolate-leak: <sentence> (CODE)`, a line for each cause, and with `DEBUG` set the stacks. */
export function errorText(error: unknown, env: Readonly<Record<string, string | undefined>>): string {
  const lines = [`isolate-leak: ${sentence(error)}`]
  let cause = causeOf(error)
  for (let depth = 0; cause !== undefined && depth < MOST_CAUSES; depth += 1) {
    // what follows the first line, such as Node's require stack, is detail
    lines.push(`  caused by: ${sentence(cause, true)}`)
    cause = causeOf(cause)
  }
  if (error instanceof UsageError)
    lines.push(`Try '${['isolate-leak', error.command].filter(Boolean).join(' ')} --help'.`)
  else if ((env.DEBUG ?? '') !== '') lines.push(...stacks(error))
  return `${lines.join('\n')}\n`
}

function sentence(error: unknown, short = false): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
  const known = code !== '' || error instanceof UsageError || error.name === 'Error'
  const message = (short ? error.message.split('\n')[0] : undefined) ?? error.message
  return `${known ? '' : `${error.name}: `}${message}${code}`
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}

function stacks(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  return [error.stack ?? '', ...(error.cause === undefined ? [] : stacks(error.cause))]
}

import { checkTexts } from './check-text.js'
import { invalidOption } from './invalid-option.js'

// With these, Node runs something else than the entry, or waits for a person.
const NOT_RUNNING = [
  ...['-e', '--eval', '-p', '--print', '-pe', '-c', '--check', '-i', '--interactive', '-h', '--help', '-v'],
  ...[
    '--version',
    '--v8-options',
    '--completion-bash',
    '--test',
    '--watch',
    '--watch-path',
    '--run',
    '--build-sea',
  ],
  ...['--inspect-brk', '--inspect-wait'],
]

/** Whether Node, given this option (without its value), runs something else than a script, or waits for a person. */
export function keepsFromRunning(option: string): boolean {
  return NOT_RUNNING.includes(option)
}

/**
 * Arguments for Node itself.
 * @throws IsolateLeakError `ERR_OPTION_INVALID` also where they would keep Node from running the entry
 */
export function checkNodeArgs(name: string, value: unknown): string[] {
  const args = checkTexts(name, value)
  if (args[0] !== undefined && !args[0].startsWith('-')) {
    throw invalidOption(`${name} begins with '${args[0]}', which Node would run instead of the entry`)
  }
  for (const arg of args) {
    const [option = arg] = arg.split('=', 1)
    if (arg === '--' || arg === '-') throw invalidOption(`${name} must not contain '${arg}'`)
    if (keepsFromRunning(option)) {
      throw invalidOption(`${name} must not contain '${option}', which keeps Node from running the entry`)
    }
  }
  return args
}

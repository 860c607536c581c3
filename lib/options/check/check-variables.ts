import { checkObject, invalidOption } from './check-object.js'
import { checkTexts } from './check-text.js'

/**
 * Environment variables: strings, or `undefined` for those to unset. Messages never show values, which may be secrets.
 * @throws IsolateLeakError `ERR_OPTION_INVALID`
 */
export function checkVariables(name: string, value: unknown): Record<string, string | undefined> {
  const variables = checkObject(name, value)
  const checked: Record<string, string | undefined> = {}
  for (const [variable, text] of Object.entries(variables)) {
    if (variable === '' || /[=\0]/.test(variable)) {
      throw invalidOption(`${name} has a variable named '${variable}', which no process can have`)
    }
    if (text !== undefined && typeof text !== 'string') {
      const got = text === null ? 'null' : typeof text
      throw invalidOption(
        `${name}.${variable} must be a string, or undefined to unset the variable, got a value of type ${got}`,
      )
    }
    if (text?.includes('\0')) throw invalidOption(`${name}.${variable} must not contain a null character`)
    checked[variable] = text
  }
  return checked
}

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

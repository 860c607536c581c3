import { CommanderError, type Command } from 'commander'
import { program } from './commands/program.js'
import type { CliContext } from './context.js'
import { errorText } from './error-text.js'
import { errorStatus, EXIT, UsageError } from './exit-status.js'
import { openOutput } from './output.js'

/**
 * The command `isolate-leak`: does what the arguments ask for and gives the exit status. Rejects only when an error
 * cannot be written to stderr.
 */
export async function main(args: readonly string[], context: CliContext): Promise<number> {
  const stdout = openOutput(context.stdout)
  const stderr = openOutput(context.stderr)
  let status: number = EXIT.clean
  const printed: string[] = []
  const commands = program(
    {
      ...{ context, stdout: stdout.write, stderr: stderr.write },
      end: ended => {
        status = ended
      },
    },
    text => printed.push(text),
  )
  try {
    await parse(commands, args)
    await stdout.write(printed.join(''))
    return status
  } catch (error) {
    await stderr.write(errorText(error, context.env))
    return errorStatus(error)
  } finally {
    stdout.close()
    stderr.close()
  }
}

async function parse(commands: Command, args: readonly string[]): Promise<void> {
  const asked = asksFor(commands, args)
  if (args.length === 0) throw new UsageError(`expected a command: ${names(commands)}`)
  try {
    await commands.parseAsync([...args], { from: 'user' })
  } catch (error) {
    const command = asked.join(' ')
    if (error instanceof UsageError && error.command === '')
      throw new UsageError(error.message, { cause: error.cause, command })
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return
    throw new UsageError(usageMessage(error, asked), {
      cause: error.code === 'commander.invalidArgument' ? undefined : error.cause,
      command,
    })
  }
}

/** Names of the commands that the arguments begin with. */
function asksFor(commands: Command, args: readonly string[]): readonly string[] {
  const found = commands.commands.find(command => command.name() === args[0])
  return found === undefined ? [] : [found.name(), ...asksFor(found, args.slice(1))]
}

function usageMessage({ code, message }: CommanderError, asked: readonly string[]): string {
  // A command of commands without one of them: commander prints its help.
  if (code === 'commander.help') return `${asked.join(' ')} needs a command`
  return message.replace(/^error: /, '')
}

function names({ commands }: Command): string {
  const all = commands.map(command => command.name())
  return `${all.slice(0, -1).join(', ')} or ${all.at(-1) ?? ''}`
}

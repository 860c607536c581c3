import { type Command, CommanderError } from 'commander'
import { program } from './commands/program.js'
import type { CliContext, OutputStream } from './context.js'
import { EXIT, UsageError, errorStatus, errorText } from './exit-status.js'

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

/** A stream whose reader may go away. */
interface Output {
  /** Resolves when the text was handed over; once the reader is gone (EPIPE) nothing is written any more. */
  readonly write: (text: string) => Promise<void>
  close(): void
}

/** Writes to a stream. Errors other than a closed pipe reject the write, or the next one. */
function openOutput(stream: OutputStream): Output {
  let failure: Error | null = null
  const onError = (error: Error): void => {
    failure = error
  }
  stream.on('error', onError)
  const write = (text: string): Promise<void> =>
    new Promise((done, fail) => {
      const settle = (error: Error | null | undefined): void => {
        failure ??= error ?? null
        if (failure === null || isBrokenPipe(failure)) done()
        else fail(failure)
      }
      if (failure !== null || text === '') settle(null)
      else stream.write(text, settle)
    })
  return {
    write,
    close: () => {
      // a stream emits its error after the write has failed
      if (failure === null) stream.off('error', onError)
    },
  }
}

function isBrokenPipe(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE'
}

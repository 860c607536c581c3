import { Command } from 'commander'
import { packageVersion } from '../../system/version.js'
import { bisectCommand } from './bisect.js'
import type { CommandIo } from './command-io.js'
import { demoCommand } from './demo.js'
import { heapCommand } from './heap.js'
import { historyCommand } from './history.js'
import { inspectCommand } from './inspect.js'
import { instrumentationCommand } from './instrumentation.js'
import { mergeCommand } from './merge.js'
import { postmortemCommand } from './postmortem.js'
import { replayCommand } from './replay.js'
import { runCommand } from './run.js'
import { upgradeCommand } from './upgrade.js'

const WIDTH = 80

/** All commands, in the order in which `--help` lists them. */
const COMMANDS: readonly ((io: CommandIo) => Command)[] = [
  ...[runCommand, upgradeCommand, bisectCommand, instrumentationCommand],
  ...[mergeCommand, historyCommand, postmortemCommand, replayCommand],
  ...[demoCommand, inspectCommand, heapCommand],
]

const AFTER = `
Try: isolate-leak demo. Every command has a --help of its own.

The report goes to stdout, progress to stderr where that is a terminal
(--progress: everywhere).

Exit status: 0 clean, 1 leak, 2 inconclusive, 3 the experiment failed, 64 wrong
usage (arguments, config or options), 130 and 143 stopped by Ctrl-C and SIGTERM.

Environment: DEBUG=isolate-leak:* writes a log and stacks of errors, NO_COLOR
switches colours off.`

/**
 * The command line. Nothing ends the process: wrong usage and answers of commander (`--help`, `--version`) are thrown as
 * `CommanderError`.
 * @param print takes the text of `--help` and `--version`
 */
export function program(io: CommandIo, print: (text: string) => void): Command {
  const root = new Command('isolate-leak')
    .description(
      'Finds out which component of a Node.js application leaks memory: launches the application several times, with ' +
        'and without each agent, drives the same workload, and compares growth per operation.',
    )
    .version(packageVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this text')
    .helpCommand(false)
    .addHelpText('after', AFTER)
  for (const make of COMMANDS) root.addCommand(make(io))
  everyCommand(root, command => {
    command
      .exitOverride()
      .allowExcessArguments(false)
      .helpOption('-h, --help', 'print this text')
      .configureOutput({
        getOutHelpWidth: () => WIDTH,
        getErrHelpWidth: () => WIDTH,
        getOutHasColors: () => false,
        getErrHasColors: () => false,
        writeOut: print,
        // What it would write here is the message of the error it throws.
        writeErr: () => undefined,
      })
  })
  return root
}

function everyCommand(command: Command, visit: (command: Command) => void): void {
  visit(command)
  for (const child of command.commands) everyCommand(child, visit)
}

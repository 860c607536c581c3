import { Command } from 'commander'
import { inspectProcess } from '../../agents/inspect/inspect-process.js'
import { configJson, configModule, inspectionNotes } from '../config-text.js'
import { EXIT } from '../exit-status.js'
import type { CommandIo } from './command-io.js'
import { wholeNumber } from './values.js'

/** `isolate-leak inspect`. */
export function inspectCommand(io: CommandIo): Command {
  return new Command('inspect')
    .summary('how was a running Node process started?')
    .description(
      'Prints how a running Node process was started and what is attached to it, as a config for run, without secrets ' +
        '(Linux).',
    )
    .argument('<pid>', 'number of the process', wholeNumber(1))
    .option('--json', 'print a JSON config, and notes to stderr')
    .action(async (pid: number, { json = false }: { readonly json?: boolean }) => {
      const inspection = await inspectProcess(pid)
      if (json) await io.stderr(inspectionNotes(inspection))
      await io.stdout(json ? configJson(inspection) : configModule(inspection))
      io.end(EXIT.clean)
    })
}

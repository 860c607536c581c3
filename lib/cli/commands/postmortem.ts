import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { IsolateLeakError } from '../../errors.js'
import { findSupportingFiles, readBisect } from '../../report/postmortem/find-files.js'
import { postmortem } from '../../report/postmortem/postmortem.js'
import { readReport } from '../../report/create-report.js'
import { EXIT } from '../exit-status.js'
import type { CommandIo } from './command-io.js'
import { byteSize, positiveNumber } from './values.js'

interface Flags {
  readonly rate?: number
  readonly memoryLimit?: number
  readonly startAt?: number
  readonly bisect?: string
  readonly config?: string
  readonly out?: string
}

/** `isolate-leak postmortem`. */
export function postmortemCommand(io: CommandIo): Command {
  return new Command('postmortem')
    .summary('write a post-mortem from a report')
    .description(
      'Writes a post-mortem as Markdown from the report of a run: what leaked, what that amounts to, why, what to do. ' +
        'What only people know is left as questions.',
    )
    .argument('<report>', 'report.json, or what --json printed')
    .option('--rate <n>', 'operations a second in production', positiveNumber)
    .option('--memory-limit <size>', "what the process may take, 512MB (default: V8's limit)", byteSize)
    .option('--start-at <size>', 'what it takes at first (default: as in the trials)', byteSize)
    .option('--bisect <file>', 'answer of bisect: where it began, where it was fixed')
    .option('--config <config>', 'config of the run, for commands to copy')
    .option('--out <file>', 'write it to this file')
    .addHelpText(
      'after',
      '\nExample:\n  isolate-leak postmortem leak-report/report.json --rate 250 \\\n    --memory-limit 512MB --out postmortem.md',
    )
    .action(async (path: string, flags: Flags) => {
      const at = (file: string): string => resolve(io.context.cwd(), file)
      const report = await readReport(at(path))
      const bisect = flags.bisect === undefined ? undefined : await readBisect(at(flags.bisect))
      const further = flags.bisect === undefined ? [] : [at(flags.bisect)]
      const given = {
        ...{ operationsPerSecond: flags.rate, memoryLimitBytes: flags.memoryLimit },
        ...{ startingBytes: flags.startAt, bisect, config: flags.config },
      }
      const out = flags.out === undefined ? null : at(flags.out)
      // What an earlier call wrote is not one of them.
      const files = await findSupportingFiles(at(path), report, further, out === null ? [] : [out])
      const text = postmortem(report, {
        ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
        files,
      })
      if (out === null) await io.stdout(text)
      else await writeText(out, text)
      io.end(EXIT.clean)
    })
}

async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (cause) {
    const { message } = cause as Error
    throw new IsolateLeakError('ERR_OUTPUT', `expected to write to ${file}, got: ${message}`, { cause })
  }
}

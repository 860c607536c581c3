import type { CommandIo } from '../commands/command-io.js'
import type { ReportFlags } from '../commands/report-options.js'
import { openReporters, type Reporters } from './reporters.js'

/**
 * Performs a command with the reporters that it was given, and ends with the status that it gives. Reporters that tell of
 * failures do so whatever it was that failed.
 */
export async function withReporters(
  flags: ReportFlags,
  io: CommandIo,
  perform: (reporters: Reporters) => Promise<number>,
): Promise<void> {
  const reporters = await openReporters(flags, io)
  let status: number
  try {
    status = await perform(reporters)
  } catch (error) {
    await reporters.fail(error)
    throw error
  }
  io.end(status)
}

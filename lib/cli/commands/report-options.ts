import { Option, type Command } from 'commander'
import { positiveNumber } from './values.js'

/** How the answer of a run is told, as commander gives it. */
export interface ReportFlags {
  readonly json?: boolean
  /** Operations a second for which growth per day is given. */
  readonly rate: number
}

const RATE = 100
const GROUP = 'The report:'

/** Options that say how the answer of a run is told. */
export function addReportOptions(command: Command): Command {
  const options = [
    new Option('--json', 'print the report as JSON instead of text'),
    new Option('--rate <n>', 'operations a second for which growth per day is given')
      .default(RATE)
      .argParser(positiveNumber),
  ]
  return options.reduce((to, option) => to.addOption(option.helpGroup(GROUP)), command)
}

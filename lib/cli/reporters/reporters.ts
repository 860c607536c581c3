import { IsolateLeakError } from '../../errors.js'
import { replaceFile } from '../../run/journal/line-file.js'
import { errorCleaner } from '../../report/redact/clean-errors.js'
import { junitError } from '../../report/junit/junit-report.js'
import type { UserReporter } from '../../report/reporter.js'
import { plainPaint } from '../../report/text/paint.js'
import type { TextOptions } from '../../report/text.js'
import type { ReportData } from '../../types/index.js'
import type { CommandIo } from '../commands/command-io.js'
import type { ReportFlags } from '../commands/report-options.js'
import { errorText } from '../error-text.js'
import { appendSummary } from './append-summary.js'
import { BUILT_IN } from './built-in.js'
import { loadReporter } from './load-reporter.js'
import { prepareFile } from './report-file.js'
import { reporterSpecs, type ReporterSpec } from './reporter-specs.js'
import { terminalOptions } from './terminal-options.js'

/** What a command answers with. */
export interface Answer {
  readonly text: (options: TextOptions) => string
  /** What is written as JSON. */
  readonly data: unknown
  /** The experiment that it rests on, for all reporters but text and JSON; `null`: there is not one. */
  readonly report: ReportData | null
}

/** Everything that is told of an answer, on stdout and in files. */
export interface Reporters {
  /** Whether the run itself is shown on stderr; `undefined`: where stderr is a terminal. */
  readonly progress: boolean | undefined
  /** Writes all reports, also when some cannot be written: those are said on stderr, and `false` is the answer. */
  tell(answer: Answer): Promise<boolean>
  /** Writes those reports that tell of an experiment that failed. */
  fail(error: unknown): Promise<void>
}

interface Output extends ReporterSpec {
  readonly make: UserReporter
}

const TEXT: ReporterSpec = { name: 'text', module: null, file: null }

/**
 * Makes ready what the flags ask for: modules are loaded and folders made before anything is run. Paths are relative to the
 * working directory at this time.
 * @throws UsageError
 * @throws IsolateLeakError `ERR_REPORTER`, `ERR_OUTPUT`
 */
export async function openReporters(flags: ReportFlags, io: CommandIo): Promise<Reporters> {
  const values = [...(flags.json === true ? ['json'] : []), ...(flags.reporter ?? [])]
  const given = reporterSpecs(values, io.context.cwd())
  const specs = given.some(({ name, file }) => file === null && name !== 'github') ? given : [TEXT, ...given]
  const outputs: Output[] = []
  const reporters = reportersOf(outputs, flags, io)
  try {
    for (const spec of specs) {
      if (spec.file !== null) await prepareFile(spec.file)
      outputs.push({ ...spec, make: await reporterOf(spec) })
    }
  } catch (error) {
    await reporters.fail(error)
    throw error
  }
  return reporters
}

async function reporterOf({ name, module }: ReporterSpec): Promise<UserReporter> {
  if (module !== null) return loadReporter(module)
  const found = BUILT_IN.get(name)
  if (found === undefined) throw new Error(`expected a reporter ${name}`)
  return found
}

function reportersOf(outputs: readonly Output[], flags: ReportFlags, io: CommandIo): Reporters {
  const write = async ({ file }: Output, text: string): Promise<void> =>
    file === null ? io.stdout(text) : replaceFile(file, text)
  /** GitHub reads commands on both streams; on stdout they would damage anything but a text. */
  const commands = async (text: string): Promise<void> =>
    outputs.some(({ name, file }) => name === 'text' && file === null) ? io.stdout(text) : io.stderr(text)
  const tell = async (output: Output, answer: Answer): Promise<void> => {
    if (output.name === 'github' && output.module === null) {
      await commands(await textOf(output, answer, flags, io))
      if (answer.report !== null) await appendSummary(answer.report, flags, output.file, io.context.env)
    } else {
      await write(output, await textOf(output, answer, flags, io))
    }
  }
  return {
    progress: flags.progress,
    tell: async answer => {
      let isComplete = true
      for (const output of outputs) {
        try {
          await tell(output, answer)
        } catch (error) {
          isComplete = false
          await io.stderr(errorText(error, io.context.env))
          // What was to be read there must not be lost.
          if (output.file === null) await io.stderr(answer.text({ operationsPerSecond: flags.rate }))
        }
      }
      return isComplete
    },
    fail: async error => {
      for (const output of outputs.filter(({ name, module }) => name === 'junit' && module === null)) {
        try {
          await write(output, junitError(failureOf(error, io)))
        } catch (unwritten) {
          // The failure itself is told by whoever calls this.
          await io.stderr(errorText(unwritten, io.context.env))
        }
      }
    },
  }
}

async function textOf(output: Output, answer: Answer, flags: ReportFlags, io: CommandIo): Promise<string> {
  const { name, module, file } = output
  const options = { operationsPerSecond: flags.rate }
  if (module === null && name === 'text')
    return answer.text(file === null ? terminalOptions(flags, io.context) : { ...options, paint: plainPaint })
  if (module === null && name === 'json') return `${JSON.stringify(answer.data, null, 2)}\n`
  if (answer.report === null)
    throw new IsolateLeakError('ERR_REPORTER', `the reporter ${name} has no report to tell of`)
  let text: unknown
  try {
    // A reporter of somebody else cannot change what the next one is given.
    text = await output.make(module === null ? answer.report : structuredClone(answer.report), options)
  } catch (cause) {
    throw new IsolateLeakError('ERR_REPORTER', `the reporter ${name} failed`, { cause })
  }
  if (typeof text === 'string') return text
  throw new IsolateLeakError(
    'ERR_REPORTER',
    `expected the reporter ${name} to give a text, got ${text === null ? 'null' : typeof text}`,
  )
}

function failureOf(error: unknown, io: CommandIo): Parameters<typeof junitError>[0] {
  const code = error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'Error'
  const message = errorCleaner(error, io.context.env)(error instanceof Error ? error.message : String(error))
  return { code, message, text: errorText(error, { ...io.context.env, DEBUG: '' }).trimEnd() }
}

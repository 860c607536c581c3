import { IsolateLeakError } from '../../errors.js'
import { replaceFile } from '../../run/journal/line-file.js'
import { errorCleaner } from '../../report/redact/known-secrets.js'
import { commentError } from '../../report/comment/comment-report.js'
import { junitError } from '../../report/junit/junit-report.js'
import type { UserReporter } from '../../report/reporter.js'
import { plainPaint, terminalPaint } from '../../report/text/short-names.js'
import { DEFAULT_WIDTH, type TextOptions } from '../../report/text.js'
import type { ReportData } from '../../types/index.js'
import type { CommandIo } from '../commands/command-io.js'
import type { ReportFlags } from '../commands/report-options.js'
import { errorText } from '../exit-status.js'
import { BUILT_IN, type ReporterSpec, reporterSpecs } from './reporter-specs.js'
import { type CliContext, wantsColour } from '../context.js'
import { access, appendFile, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isFile, isFolder, makeFolder } from '../../system/file-exists.js'
import { pathToFileURL } from 'node:url'
import { showValue } from '../../options/check/check-object.js'
import { githubSummary } from '../../report/github/github-report.js'

/** What a command answers with. */
interface Answer {
  readonly text: (options: TextOptions) => string
  /** What is written as JSON. */
  readonly data: unknown
  /** The experiment that it rests on, for all reporters but text and JSON; `null`: there is not one. */
  readonly report: ReportData | null
  /** A comment on a pull request; absent: that of the experiment. */
  readonly comment?: () => string
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
async function openReporters(flags: ReportFlags, io: CommandIo, command: string | null): Promise<Reporters> {
  const values = [...(flags.json === true ? ['json'] : []), ...(flags.reporter ?? [])]
  const given = reporterSpecs(values, io.context.cwd())
  const specs = given.some(({ name, file }) => file === null && name !== 'github') ? given : [TEXT, ...given]
  const outputs: Output[] = []
  const reporters = reportersOf(outputs, flags, io, command)
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

function reportersOf(
  outputs: readonly Output[],
  flags: ReportFlags,
  io: CommandIo,
  command: string | null,
): Reporters {
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
      const failure = failureOf(error, io)
      for (const output of outputs.filter(({ module }) => module === null)) {
        try {
          if (output.name === 'junit') await write(output, junitError(failure))
          else if (output.name === 'comment') await write(output, commentError(failure, command))
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
  if (module === null && name === 'comment' && answer.comment !== undefined) return answer.comment()
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

const NARROWEST = 60
const WIDEST = 100

/** How a text is written on stdout: as wide as the terminal, in colours where they are wanted. */
function terminalOptions({ rate }: ReportFlags, context: CliContext): TextOptions {
  const columns = context.stdout.isTTY === true ? context.stdout.columns : undefined
  return {
    width: Math.max(NARROWEST, Math.min(columns ?? DEFAULT_WIDTH, WIDEST)),
    operationsPerSecond: rate,
    paint: wantsColour(context.stdout, context.env) ? terminalPaint : plainPaint,
  }
}

/**
 * Makes the folder of a file that is going to be written, hours from now: what stands in the way is said at once.
 * @throws IsolateLeakError `ERR_OUTPUT`
 */
async function prepareFile(path: string): Promise<void> {
  try {
    await makeFolder(dirname(path))
    await access(dirname(path), constants.W_OK)
  } catch (cause) {
    throw new IsolateLeakError('ERR_OUTPUT', `expected to write ${path}, got: ${(cause as Error).message}`, {
      cause,
    })
  }
  if (isFolder(path))
    throw new IsolateLeakError('ERR_OUTPUT', `expected to write a file ${path}, got a folder of that name`)
}

/**
 * Loads the reporter that a module exports by default.
 * @throws IsolateLeakError `ERR_REPORTER`
 */
async function loadReporter(path: string): Promise<UserReporter> {
  if (!isFile(path)) throw new IsolateLeakError('ERR_REPORTER', `there is no reporter ${path}`)
  let exported: unknown
  try {
    exported = ((await import(pathToFileURL(path).href)) as { readonly default?: unknown }).default
  } catch (cause) {
    throw new IsolateLeakError('ERR_REPORTER', `the reporter ${path} could not be loaded`, { cause })
  }
  // a transpiled module has its default export one level deeper
  const inner = exported as { readonly __esModule?: boolean; readonly default?: unknown } | null | undefined
  const reporter = inner?.__esModule === true ? inner.default : exported
  if (typeof reporter === 'function') return reporter as UserReporter
  throw new IsolateLeakError(
    'ERR_REPORTER',
    `expected the default export of the reporter ${path} to be a function that takes the report and gives a text, got ${showValue(reporter)}`,
  )
}

/**
 * Adds the summary of a job to the file that GitHub Actions names, or writes it to `file`; nowhere where there is neither.
 * @throws IsolateLeakError `ERR_OUTPUT`
 */
async function appendSummary(
  report: ReportData,
  { rate }: ReportFlags,
  file: string | null,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const summary = githubSummary(report, { operationsPerSecond: rate })
  if (file !== null) return replaceFile(file, summary)
  const named = env.GITHUB_STEP_SUMMARY ?? ''
  if (named === '') return
  try {
    await appendFile(named, `${summary}\n`)
  } catch (cause) {
    const { message } = cause as Error
    throw new IsolateLeakError(
      'ERR_OUTPUT',
      `expected to add to GITHUB_STEP_SUMMARY ${named}, got: ${message}`,
      { cause },
    )
  }
}

/**
 * Performs a command with the reporters that it was given, and ends with the status that it gives. Reporters that tell of
 * failures do so whatever it was that failed.
 * @param command does the same again; `null`: that is not known
 */
export async function withReporters(
  flags: ReportFlags,
  io: CommandIo,
  perform: (reporters: Reporters) => Promise<number>,
  command: string | null = null,
): Promise<void> {
  const reporters = await openReporters(flags, io, command)
  let status: number
  try {
    status = await perform(reporters)
  } catch (error) {
    await reporters.fail(error)
    throw error
  }
  io.end(status)
}

import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { showValue } from '../../options/check/check-object.js'
import { type Exit, exitInWords } from '../../system/process-end.js'
import { type Application, launchApplication } from '../launch-with-probe.js'
import { TrialFailed, unlessAborted } from '../trial-stop.js'
import type { CommandPlan } from '../types.js'
import { fillIn } from './command-placeholders.js'

/** One round of a load generator. */
export interface CommandRound {
  readonly plan: CommandPlan
  /** Where the application listens, empty and 0 when it does not. */
  readonly url: string
  readonly port: number
  readonly operations: number
  /** Index of the first operation, counted over the trial. */
  readonly index: number
  readonly round: number
  /** Marks the processes of this round. */
  readonly marker: string
  /** Ends the load generator with all that it started. */
  readonly signal: AbortSignal
  /** Asks the caller's function how many operations were performed. */
  readonly ask: (output: string) => Promise<unknown>
}

/**
 * Starts the load generator, waits for its end, and tells how many operations it performed. Nothing of it is left when the promise settles.
 * @throws TrialFailed of kind `workload-failed`, with its last lines; one of kind `aborted`, or an `AbortError`, when the signal is aborted
 */
export async function driveCommand(round: CommandRound): Promise<number> {
  const { plan, operations, signal } = round
  const name = basename(plan.file)
  signal.throwIfAborted()
  const generator = await launch(round).catch((error: unknown) => {
    throw failure(`${name} could not be started: ${(error as Error).message}`, undefined, error)
  })
  try {
    const exit = await endOf(generator, plan.timeoutMs, signal)
    if (exit === null) {
      const limit = `command()'s timeoutMs (${String(plan.timeoutMs)} ms)`
      throw failure(`${name} did not perform ${String(operations)} operations within ${limit}`, generator)
    }
    if (exit.exitCode !== 0) throw failure(`${name} ${exitInWords(exit)}`, generator)
    const performed = await performedIn(generator, round)
    if (Math.abs(performed - operations) <= TOLERANCE * operations) return performed
    throw failure(
      `${name} performed ${String(performed)} operations where ${String(operations)} were asked for, and no more than a tenth of them may be ` +
        "missing or too many: let it perform exactly {operations}, or let command()'s count find how many it performed",
      generator,
    )
  } finally {
    await generator.end()
  }
}

/** Readings are compared at places that were planned, so that no round may be of quite another size. */
const TOLERANCE = 1 / 10

async function launch(round: CommandRound): Promise<Application> {
  const { plan, marker, url } = round
  const values = { ...round, host: url === '' ? '' : new URL(url).hostname }
  const variables = Object.entries(plan.variables).map(
    ([name, text]) => [name, fillIn(text, values)] as const,
  )
  return launchApplication({
    file: plan.file,
    args: plan.args.map(text => fillIn(text, values)),
    cwd: plan.cwd,
    env: { ...plan.env, ...Object.fromEntries(variables) },
    stdin: '',
    marker,
  })
}

/** `null`: it did not end in time. Rejects when the signal is aborted. */
async function endOf({ closed }: Application, timeoutMs: number, signal: AbortSignal): Promise<Exit | null> {
  const ended = new AbortController()
  try {
    return await Promise.race([
      closed,
      delay(timeoutMs, null, { signal: AbortSignal.any([signal, ended.signal]) }),
    ])
  } finally {
    ended.abort()
  }
}

async function performedIn(generator: Application, round: CommandRound): Promise<number> {
  const { plan, operations, signal, ask } = round
  const { count } = plan
  if (count.kind === 'as-asked') return operations
  const output = stripVTControlCharacters(generator.output.text())
  if (count.kind === 'output') {
    const pattern = `count /${count.source}/${count.flags}`
    const last = [...output.matchAll(new RegExp(count.source, `${count.flags}g`))].at(-1)
    if (last === undefined)
      throw failure(`${pattern} matches nothing of what ${basename(plan.file)} wrote`, generator)
    const performed = numberIn(last[1] ?? '')
    if (performed === null)
      throw failure(`${pattern} found ${showValue(last[1])}, which is no whole number`, generator)
    return performed
  }
  // It may never answer, and nobody is to wait for it when the trial is over.
  const answer = await unlessAborted(ask(output), signal).catch((error: unknown) => {
    if (signal.aborted) throw error
    throw failure(`the function count threw: ${(error as Error).message}`, generator, error)
  })
  if (Number.isSafeInteger(answer) && Number(answer) >= 0) return Number(answer)
  throw failure(`the function count must give a whole number, it gave ${showValue(answer)}`, generator)
}

/** Digits, or groups of three with one separator between them: `20,480`. A dot may begin decimals, and is none. */
const NUMBER = /^\d+$|^\d{1,3}([,_'  ])\d{3}(?:\1\d{3})*$/

function numberIn(text: string): number | null {
  const digits = NUMBER.test(text.trim()) ? Number(text.replaceAll(/\D/g, '')) : NaN
  return Number.isSafeInteger(digits) ? digits : null
}

const OUTPUT_LINES = 12

function failure(message: string, generator: Application | undefined, cause?: unknown): TrialFailed {
  const { name, message: text, stack } = (cause ?? {}) as Partial<Error>
  return new TrialFailed({
    phase: 'measure',
    kind: 'workload-failed',
    message,
    // Where it wrote nothing, what follows must not be taken for what it wrote.
    ...(generator === undefined ? {} : { output: generator.output.lastLines(OUTPUT_LINES) || '(nothing)' }),
    ...(cause === undefined
      ? {}
      : { cause: { name: name ?? 'Error', message: text ?? '', ...(stack === undefined ? {} : { stack }) } }),
  })
}

import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { accountFor } from './account-for.js'
import { jsonLines } from '../system/json-lines.js'
import { killMarked } from '../system/process-end.js'
import { settlesWithin } from '../system/real-time.js'
import { certificateFiles, type CertificateFiles } from './trial-collectors.js'
import { remoteError, type FromHost, type ToHost } from './messages.js'
import { liveTrial, type LiveTrial, type TrialPlace } from './live-trial.js'
import { privateFolder } from './private-folder.js'
import { openQuestions } from './questions.js'
import type { EvidenceSpec, TrialResult, TrialSpec } from './types.js'

/** Longer than applications and their sidecars take that do not want to end. */
const END_LIMIT_MS = 7_000
const REMOVE_LIMIT_MS = 4_000

/**
 * The process that runs trials: the only one that starts applications. It stands apart from the caller so that nothing of
 * the caller (its test runner's hooks, fake timers, coverage, a busy event loop) reaches the experiment, and so that
 * everything ends when the caller does, however it ends: the channel is its stdin, whose end means that the caller is gone.
 */
const channel = jsonLines<ToHost, FromHost>(process.stdin, process.stdout)
const everything = new AbortController()
const questions = openQuestions(channel, everything.signal)
const running = new Set<Promise<void>>()
/** Measured applications that are kept alive, by the number of their trial. */
const parked = new Map<number, LiveTrial>()
let place: Promise<TrialPlace> | undefined
let leaving = false

channel.onMessage(message => {
  switch (message.type) {
    case 'start':
      place = start(message.runId)
      place.catch(fail)
      break
    case 'run':
      track(run(message.spec))
      break
    case 'continue':
      track(goOn(message.spec, message.continues))
      break
    case 'release':
      track(release(message.trial))
      break
    case 'abort':
      everything.abort()
      break
    case 'answer':
      questions.answered(message)
  }
})
channel.onClose(() => void leave(0))
process.on('SIGTERM', () => void leave(0))
process.on('SIGHUP', () => void leave(0))
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)

async function start(runId: string): Promise<TrialPlace> {
  const folder = await privateFolder(tmpdir(), 'isolate-leak-')
  channel.send({ type: 'started', folder })
  let certificates: Promise<CertificateFiles> | undefined
  return { folder, runId, certificates: async () => (certificates ??= certificateFiles(folder)) }
}

async function run(spec: TrialSpec): Promise<void> {
  if (!place) throw new Error('expected a start message before the first trial')
  const trial = liveTrial(spec, await place, questions.callerOf(spec.id), everything.signal)
  const result = await trial.measure()
  if (spec.evidence !== null) {
    // The application's memory is needed for its snapshots.
    await trial.end()
    channel.send({ type: 'result', trial: spec.id, result: await withAccount(result, spec.evidence) })
    return
  }
  await parkOrEnd(trial, spec, result)
}

async function withAccount(result: TrialResult, evidence: EvidenceSpec): Promise<TrialResult> {
  if (result.kind !== 'record' || result.captured === undefined) return result
  return { ...result, captured: await accountFor(result.captured, evidence, everything.signal) }
}

async function goOn(spec: TrialSpec, continues: number): Promise<void> {
  const trial = parked.get(continues)
  parked.delete(continues)
  if (!trial) throw new Error(`expected trial ${String(continues)} to be kept alive`)
  await parkOrEnd(trial, spec, await trial.resume(spec, continues, questions.callerOf(spec.id)))
}

async function parkOrEnd(trial: LiveTrial, spec: TrialSpec, result: TrialResult): Promise<void> {
  if (spec.park && isCompleted(result) && !leaving) parked.set(spec.id, trial)
  else await trial.end()
  channel.send({ type: 'result', trial: spec.id, result })
}

async function release(id: number): Promise<void> {
  const trial = parked.get(id)
  parked.delete(id)
  await trial?.end()
}

function isCompleted(result: TrialResult): boolean {
  return result.kind === 'record' && result.record.outcome.kind === 'completed'
}

function track(work: Promise<void>): void {
  const tracked = work.catch(fail).finally(() => running.delete(tracked))
  running.add(tracked)
}

function fail(error: unknown): void {
  channel.send({ type: 'failed', error: remoteError(error) })
  void leave(1)
}

/** Ends all applications, removes the folder, exits: in any case, since where the caller is gone nobody is left to end the host. */
async function leave(exitCode: number): Promise<void> {
  if (leaving) return
  leaving = true
  everything.abort()
  const ended = Promise.allSettled([...running, ...[...parked.values()].map(async trial => trial.end())])
  await settlesWithin(ended, END_LIMIT_MS)
  let status = exitCode
  const removed = removeTraces().catch((error: unknown) => {
    channel.send({ type: 'failed', error: remoteError(error) })
    status = 1
  })
  await settlesWithin(removed, REMOVE_LIMIT_MS)
  process.exit(status)
}

/** Kills what has not ended, and removes the folder. */
async function removeTraces(): Promise<void> {
  const known = await place?.catch(() => undefined)
  if (known === undefined) return
  await killMarked(known.runId)
  await rm(known.folder, { recursive: true, force: true })
}

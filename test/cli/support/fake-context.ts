import { EventEmitter } from 'node:events'
import type { CliContext, OutputStream } from '../../../lib/cli/context.js'
import type { IsolateLeakOptions } from '../../../lib/options/types.js'
import { createReport } from '../../../lib/report/create-report.js'
import type { IsolationReport, ReportData } from '../../../lib/types/index.js'

/** A stream that keeps what is written to it. */
export class FakeStream extends EventEmitter implements OutputStream {
  readonly writes: string[] = []
  isTTY = false
  columns: number | undefined
  rows: number | undefined
  /** When set, writes fail with it, and it is emitted, as a broken pipe's is. */
  failure: Error | null = null

  write(text: string, callback?: (error?: Error | null) => void): boolean {
    const { failure } = this
    if (failure === null) this.writes.push(text)
    queueMicrotask(() => {
      callback?.(failure)
      if (failure !== null) this.emit('error', failure)
    })
    return true
  }

  get text(): string {
    return this.writes.join('')
  }
}

export interface FakeContext extends CliContext {
  readonly stdout: FakeStream
  readonly stderr: FakeStream
  readonly signals: EventEmitter
  readonly folders: string[]
  readonly exits: number[]
  /** Options of every call of `isolateLeak`. */
  readonly calls: IsolateLeakOptions[]
  env: Record<string, string | undefined>
}

const unexpected = async (): Promise<never> => Promise.reject(new Error('expected another command'))

type Run = (options: IsolateLeakOptions) => ReportData | Promise<ReportData>

/** Surroundings that do nothing but remember; `run` stands for the experiment. */
export function fakeContext(run: Run, cwd = process.cwd()): FakeContext {
  const calls: IsolateLeakOptions[] = []
  const folders: string[] = []
  const exits: number[] = []
  return {
    stdout: new FakeStream(),
    stderr: new FakeStream(),
    signals: new EventEmitter(),
    env: {},
    calls,
    folders,
    exits,
    isolateLeak: async (options): Promise<IsolationReport> => {
      calls.push(options)
      return createReport(await run(options))
    },
    checkUpgrade: unexpected,
    checkSince: unexpected,
    compareNodes: unexpected,
    bisectVersions: unexpected,
    isolateInstrumentation: unexpected,
    mergeRuns: unexpected,
    replay: unexpected,
    cwd: () => cwd,
    chdir: folder => {
      folders.push(folder)
    },
    now: () => 0,
    exit: status => {
      exits.push(status)
    },
  }
}

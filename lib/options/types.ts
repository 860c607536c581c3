import type { NotifyTarget } from '../types/notification.js'
import type { Backend, RunEvent } from '../types/index.js'
import type { Sidecar } from './sidecar.js'
import type { OPEN_HOST, OpenHost } from './open-host.js'
import type { GivenTiming, TIMING } from './timing.js'
import type { Workload } from '../types/workload.js'

/** What a `ready` function is given; it is asked every 100 ms until it answers something other than `false`. */
export interface ReadyContext {
  readonly pid: number
  /** First port the application listens on, once it does. */
  readonly port: number | undefined
  readonly url: string | undefined
  /** What the application wrote to stdout and stderr so far (the last 64 KB). */
  readonly output: string
}

/** The program under test. */
export interface EntryOptions {
  /** Script to run: a path, relative to the working directory of the caller, or a `file:` URL. Without it, `command`. */
  readonly file?: string | URL
  /**
   * In place of `file`, a program that starts the application, through others perhaps: `'npm start'`, `['next', 'start']`, a shell script.
   * It is looked for in `node_modules/.bin` and on the PATH. The server may be in any process that it starts; agents are preloaded by
   * NODE_OPTIONS in all of them.
   */
  readonly command?: string | readonly string[]
  /** Arguments of the script. Default none. */
  readonly args?: readonly string[]
  /** Working directory of the application. Default: the caller's. */
  readonly cwd?: string | URL
  /** Variables on top of the caller's environment (cleaned of test runners); `undefined` unsets. `PORT` is `port`, or else `0`, unless set here. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Arguments for Node, for example a TypeScript loader. Default none. */
  readonly nodeArgs?: readonly string[]
  /** Node to run the application on, 16 or newer. Default: the caller's. */
  readonly nodePath?: string
  /**
   * When the workload may start. `listening`: as soon as the application listens on a port (default for `http`, `command`
   * and function workloads); `running`: as soon as it runs (default for `inApp` and `idle`); a RegExp: as soon as a
   * line of its output matches; a function: as soon as it answers something other than `false`.
   */
  readonly ready?: 'listening' | 'running' | RegExp | ((context: ReadyContext) => unknown)
  /**
   * Port of the server that requests go to, 1 to 65535. Default: that of `PORT` where it is set; otherwise of the servers that the
   * application opened, one that speaks HTTP where requests are made, that listens on all interfaces, the last.
   */
  readonly port?: number
  /** Text written to the application's standard input, which is then closed. Default: empty. */
  readonly stdin?: string
}

/** Something attached to the application that can be left out. */
export interface AgentOptions {
  /** Unique within the call; the name used in the report. */
  readonly name: string
  /**
   * A package in a version: `dd-trace@5.20.0`, a range (`dd-trace@^5.20`), a tag (`dd-trace@latest`), a tarball or a
   * folder. It is installed once into a cache outside the application (`ISOLATE_LEAK_CACHE`, or the user's cache folder),
   * without running install scripts, and attached from there as its preset says, or by `require` and `import`, whose names
   * then resolve there.
   */
  readonly package?: string
  /**
   * Further packages that are installed with `package`, such as those it depends on in the versions of a lockfile:
   * `['@opentelemetry/instrumentation-http@0.46.0']`. Default: what npm chooses.
   */
  readonly beside?: readonly string[]
  /**
   * A known agent (`newrelic`), whose settings make it work against the collector of the trial: see docs/agents.md. Default: that of
   * the package. `null`: none of them.
   */
  readonly preset?: string | null
  /**
   * Files or packages preloaded with `--require`. Paths are relative to the working directory of the caller, or else
   * to the application's folder; names of packages resolve from the application's folder.
   */
  readonly require?: string | URL | readonly (string | URL)[]
  /** Files or packages preloaded with `--import` (Node 18.18 and newer), found as those of `require`. */
  readonly import?: string | URL | readonly (string | URL)[]
  /**
   * Variables set (or with `undefined` unset) while the agent is on; they win over those of the preset. In their values
   * `{collector}` stands for `http://127.0.0.1:PORT` of the collector that the library opens for the agent, `{collector.https}` for
   * the same with https, `{collector.host}`, `{collector.port}` and `{collector.ca}` (path of its certificate) for parts of it.
   */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Arguments for Node while the agent is on. */
  readonly nodeArgs?: readonly string[]
  /** A launcher put before Node, a file or a command on the PATH, for example `['vendor-run', '--profile', 'a']`. */
  readonly command?: string | readonly string[]
  /** A process that belongs to it, started before the application and ended after it. */
  readonly sidecar?: Sidecar
  /** Names of agents that must be on with it. */
  readonly requires?: readonly string[]
}

/** Options of {@link isolateLeak}. Durations in ms, sizes in bytes. */
export interface IsolateLeakOptions {
  /** Script path, or more about how to start it. */
  readonly entry: string | URL | EntryOptions
  /**
   * What to try with and without. Default none: the application alone is judged. A string is a path (preloaded with
   * `--require` or `--import` as the file is), or the name of a package that is installed where the application finds it, or a
   * package in a version (`newrelic@13.20.0`), which is installed into a cache. Known agents are started the way their
   * documentation says, and report to a collector on loopback that the library opens for the trial.
   */
  readonly agents?: readonly (string | AgentOptions)[]
  /**
   * Packages of agents that the application itself starts, and that stay on in every trial, for example
   * `['@sentry/node']`; with one of them, OpenTelemetry's packages that it brings along. Default none: a known agent
   * that is loaded while all `agents` are off is an error, since both sides of every comparison would carry it.
   */
  readonly keep?: readonly string[]
  /** What is done to the application. Default `http()`: `GET /`. */
  readonly workload?: Workload
  /**
   * Smallest growth that counts as a leak, bytes per operation. Default by effort: 64, 16, 4 (idle, bytes per second:
   * 4,096, 1,024, 256).
   */
  readonly threshold?: number | { readonly bytesPerDay: number; readonly operationsPerSecond: number }
  /** Chance of accusing a harmless agent, over the whole report. Default 0.05. */
  readonly errorRate?: number
  /** Sets operations, threshold and waits together; each can be overridden. Default `standard`. */
  readonly effort?: 'quick' | 'standard' | 'thorough'
  /**
   * Operations a trial, at least 64 (idle: seconds, at least 8), rounded up to a multiple of 8. Default by effort:
   * 5,120, 20,480, 81,920 (idle: 30, 120, 600). Where operations times threshold is less than that of the efforts, 327,680 bytes,
   * growth must exceed 327,680 / operations to be accused: less may be an application that is warming up.
   */
  readonly operations?: number
  /**
   * Which sets of agents are launched. `each`: every agent alone (with those it requires), then all together, to see what
   * leaks only in company. `halving`: all together; while that leaks, halves of what is suspected, and whom that finds
   * alone. When all is clean, that is far fewer trials, and every agent is clean as one of the set. Default `auto`: `each`
   * up to four agents, `halving` from five. Agents that cannot be on together (the same package or file twice, a variable
   * set differently) are only tried alone.
   */
  readonly strategy?: 'auto' | 'each' | 'halving'
  /**
   * How the collector behaves that agents report to; with several, each is a condition of its own: every set of agents is
   * launched under each of them, and an agent leaks when it leaks under one. The application without agents is launched
   * once for all, and the error rate is that of the whole report. Default `['up']`.
   *
   * - `up`: it answers as the vendor's does
   * - `down`: it refuses connections
   * - `slow`: it accepts requests and never answers
   * - `error`: it answers everything with status 500
   * - `reset`: it answers as `up` does and cuts connections (RST): each 500 ms after it was opened, and that of every third
   *   request in place of its answer
   */
  readonly backends?: readonly Backend[]
  /**
   * Applications that run at a time. At most as many as there are CPUs are started or under load at the same moment; the
   * others settle, or wait. Default twice the number of CPUs and one, at most 6 (function workloads: 1), and 1 as soon as an application does not
   * start beside another, or an agent has a sidecar.
   */
  readonly concurrency?: number
  /**
   * Resident memory that measured applications may take together while they stay alive, idle, so that longer trials go on with them
   * instead of a new launch, bytes. Default half of what is free when the run begins. 0: none stays alive.
   */
  readonly keepAliveBytes?: number
  /** Limit on the whole run; what is not decided by then is inconclusive. Default none. */
  readonly budgetMs?: number
  /** Limit on one trial. Default 600,000, and the time that a trial waits idle. */
  readonly trialTimeoutMs?: number
  /** Limit on getting ready. Default 30,000. */
  readonly readyTimeoutMs?: number
  /**
   * Before a component is accused, how long an extra trial waits, idle, to see whether the memory is released: what
   * is held for a shorter time is not called a leak. Default by effort: 20,000, 60,000, 180,000 (idle: 0). 0: no such
   * trial.
   */
  readonly retentionMs?: number
  /** @internal */
  readonly [TIMING]?: GivenTiming
  /** @internal */
  readonly [OPEN_HOST]?: OpenHost
  /**
   * What is found out about a culprit, by an extra trial of it and one of its counterpart. Default `summary`.
   *
   * - `none`: nothing, no extra trials
   * - `summary`: what grows, what holds it, since which line, without any contents; heap snapshots are taken and removed
   * - `snapshots`: the snapshots are kept in `outDir`, contents of strings and keys replaced by lengths and hashes
   * - `raw-snapshots`: they are kept as they are, with every secret that JavaScript held
   */
  readonly evidence?: 'none' | 'summary' | 'snapshots' | 'raw-snapshots'
  /**
   * Largest heap of which snapshots are taken: they freeze the application for 0.1 s a MB, and take about 13 times as much
   * memory. Default 268,435,456 (256 MiB).
   */
  readonly evidenceHeapLimitBytes?: number
  /**
   * Folder for the journal of trials (`journal.jsonl`) and the report (`report.json`), made where it is missing. One that holds an earlier
   * run is `ERR_OUTPUT` without `resume`: nothing is written over. Default: nothing is written.
   */
  readonly outDir?: string
  /**
   * Go on with the run in `outDir` that was killed: its finished trials count and are not made again, the verdict is that of an
   * unbroken run. Where it had come to its end its report is given again; where there is none, a run starts. Needs the same options; the
   * seed is that of the earlier call. Default `false`.
   */
  readonly resume?: boolean
  /**
   * Run only a part of the experiment, `index` (from 1) of `count`, on one of several machines: conditions of `backends` are split first, then
   * agents; every machine launches the application alone. Its report is of its part; `isolate-leak merge` makes that of all from
   * the folders (`outDir`) of all shards. Default: all of it.
   */
  readonly shard?: ShardOptions
  /**
   * Folder with the history of a job that runs every night: a line is added to `history.jsonl` when the run ends, also when it
   * fails. Without `outDir`, the files of the run go to a folder of its own in `runs/` below it, of which the newest `runs`, or those of the last
   * `days`, are kept; the newest one and the newest one that found a leak always stay. Default: no history, all folders.
   * `commit` is that of the application, by default as the CI system tells. With `resume`, the newest run there that was stopped
   * or killed goes on, where it is the same experiment and commit. An error of the history is `ERR_HISTORY`.
   */
  readonly history?: string | URL | HistoryOptions
  /**
   * Whom to tell when something leaks, and when the run did not come to an answer; with a history also when what leaked is
   * clean again, and when growth below the threshold is more than before. Functions and webhooks; one that fails is a warning
   * (`NOTIFY_FAILED`) and changes nothing else. Default nobody.
   */
  readonly notify?: NotifyTarget | readonly NotifyTarget[]
  /** Orders the trials; from 0 to 2³² - 1. Default: random, recorded in the report. */
  readonly seed?: number
  /** Stops the run and cleans up. */
  readonly signal?: AbortSignal
  /** Progress. An error thrown by it ends the run. */
  readonly onEvent?: (event: RunEvent) => void
}

/** Which of the machines that share an experiment this is. */
export interface ShardOptions {
  /** From 1. */
  readonly index: number
  readonly count: number
}

/** Where the history of a job is, and how much of it is kept: see `history` of {@link IsolateLeakOptions}. */
export interface HistoryOptions {
  readonly dir: string | URL
  /** Folders of so many runs are kept. Default all. */
  readonly runs?: number
  /** Folders of the runs of so many days are kept. Default all. */
  readonly days?: number
  /** Commit of the application. Default: as the CI system tells. */
  readonly commit?: string
}

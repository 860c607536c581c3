import type { MessagePort } from 'node:worker_threads'
import type { ProbeSettings } from './protocol.cjs'
import type { Prototypes } from './thread-signs.cjs'

/**
 * Functions that the probe's Worker calls on the main thread, and on the application's Workers, through the inspector. Answers
 * are JSON, so that one call is one string.
 */
export interface ThreadCounters {
  /** {@link SpaceCounts} as JSON. */
  readonly spaces: () => string
  /** {@link ThreadCounts} as JSON. */
  readonly counts: () => string
}

/** What it calls on the main thread alone. */
export interface MainThread extends ThreadCounters {
  /** Array of `ListeningServer` as JSON. */
  readonly servers: () => string
  /** {@link ModuleCache} as JSON. */
  readonly modules: () => string
  readonly started: () => boolean
  /** {@link ThreadSigns} as JSON. */
  readonly signs: () => string
  readonly prototypes: () => Prototypes
  /** Begins a batch; its index and size are in the shared memory, and so is its progress. */
  readonly run: (module: string) => void
  /** {@link OperationFailure} of the batch that failed last, as JSON. */
  readonly failure: () => string
  /** Events of `process` and their listeners, by turns. */
  readonly listeners: () => unknown[]
  /** Lets the application end by itself. */
  readonly release: () => void
}

/**
 * Global lexical binding of {@link MainThread}, in Workers of {@link ThreadCounters}: seen by scripts and by the inspector, but no
 * property of `globalThis`.
 */
export type MainThreadName = '__isolateLeakProbe'

/** What the preload hands to the Worker. */
export interface WorkerData {
  readonly settings: ProbeSettings
  readonly received: ReceivedOptions
  /** Int32: state, operations done, index of the first operation, operations of the batch. */
  readonly batch: SharedArrayBuffer
  /** To the main thread's session with itself; `null`: the Worker opens sessions of its own. */
  readonly relay: MessagePort | null
  /** Working folder and script of the process, for its name. */
  readonly cwd: string
  readonly script: string
}

/** What the Worker asks of the main thread's session with itself. */
export interface RelayedCommand {
  readonly id: number
  readonly method: string
  readonly parameters: object
}

/** What comes back: an answer, or an event. */
export type RelayedMessage =
  | { readonly id: number; readonly error: string | null; readonly result: object }
  | { readonly event: string; readonly parameters: unknown }

/** Key under which Workers of the application find {@link ProbeSettings} as JSON among the environment data. */
export type EnvironmentDataKey = '__isolateLeakProbe'

/** Options of the process before any agent could change them. */
export interface ReceivedOptions {
  readonly execArgv: readonly string[]
  readonly nodeOptions: string
  readonly ldPreload: string
  /** Script that was named on the command line, empty string when there is none. */
  readonly entry: string
}

/** Bytes, read from V8. */
export interface SpaceCounts {
  readonly compiledCode: number
  readonly heapLimit: number
}

export interface ThreadCounts extends SpaceCounts {
  readonly arrayBuffers: number
  readonly external: number
  readonly nativeContexts: number
  readonly detachedContexts: number
  readonly resources: Readonly<Record<string, number>>
  readonly listeners: number
}

export interface ModuleCache {
  /** Keys of `require.cache`, in order of loading, without the probe's own files. */
  readonly files: readonly string[]
  /** Those of them that `--require` preloads are or required. */
  readonly preloaded: readonly string[]
  /** Version that a Sentry SDK left in its global carrier: its ECMAScript build is in no module cache. */
  readonly sentryVersion: string | null
  /** Version of OpenTelemetry's API whose global registry has a provider of traces: it may be bundled, and in no module cache. */
  readonly openTelemetryVersion: string | null
  /** Modules that preloads outside of packages share with what is no preload. */
  readonly shared: number
  /** For files that were required from outside their package, the first file that did. */
  readonly requiredBy: Readonly<Record<string, string>>
}

export interface OperationFailure {
  readonly message: string
  readonly stack?: string
}

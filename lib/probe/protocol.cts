/**
 * What the probe and the trial host say to each other: one JSON document a line over a unix socket (a named
 * pipe on Windows). Types only; the probe runs on Node 16 and loads nothing of the library.
 */

import type { EvidenceRequest } from './evidence-protocol.cjs'

export type * from './evidence-protocol.cjs'
export type * from './readings.cjs'

/** Value of the environment variable `ISOLATE_LEAK_PROBE`, as JSON. The probe removes it from `process.env`. */
export interface ProbeSettings {
  /** Path of the unix socket or named pipe the host listens on. */
  readonly socket: string
  /** Proves to the host that this is the process it launched. */
  readonly token: string
  /** Keep the event loop alive until the connection ends: for workloads that the probe runs inside the application. */
  readonly keepAlive: boolean
  /** What agents preload: processes that the application starts carry it as well. Absent when there is nothing. */
  readonly preloads?: {
    /** As it stands in NODE_OPTIONS. */
    readonly options: string
    /** Arguments that bring it, of `fork()` and the like. */
    readonly files: readonly string[]
  }
  /** V8 flags set before anything else is loaded, for example `--no-flush-bytecode`. */
  readonly v8Flags: readonly string[]
  /** In processes that the application starts: variables that were added to their environment, for the probe to take out again. */
  readonly child?: { readonly added: readonly string[] }
  /**
   * The application is looked into, not measured: the main thread is asked through a session of its own that is never closed, since V8
   * forgets the ids of all objects when any session with the thread ends.
   */
  readonly evidence?: true
}

/** What Node's permission model keeps from the probe. */
export interface MissingPermissions {
  /** That would let it in. */
  readonly flags: readonly string[]
  /** `false`: this Node has no flag for the inspector, and nothing helps. */
  readonly possible: boolean
  readonly nodeVersion: string
}

/** Before {@link MissingPermissions} as JSON, in a line of its own on stderr. */
export type PermissionMark = 'isolate-leak: not permitted: '

/** First message on the connection, sent by the probe. */
export interface Hello {
  readonly type: 'hello'
  readonly token: string
  readonly pid: number
  readonly nodeVersion: string
  /** The launched process itself, or one that it started. */
  readonly role: 'main' | 'child'
  /** Working folder at the start. */
  readonly cwd: string
  /** Script that was named on the command line, absolute path; empty when there is none. */
  readonly script: string
}

/** A question from the host. `id` comes back in the reply. */
export type ProbeRequest =
  | { readonly id: number; readonly method: 'loaded' }
  | { readonly id: number; readonly method: 'packages' }
  | { readonly id: number; readonly method: 'servers' }
  | { readonly id: number; readonly method: 'running' }
  | {
      readonly id: number
      readonly method: 'read'
      readonly timeoutMs: number
      readonly counters: boolean
      /** Whether large array buffers are looked up, which takes about as long as collecting. */
      readonly buffers: boolean
    }
  | {
      readonly id: number
      readonly method: 'signs'
      /** Whether timers and the like are counted as well, which takes about as long as some readings. */
      readonly objects: boolean
    }
  | { readonly id: number; readonly method: 'timers'; readonly timeoutMs: number }
  | { readonly id: number; readonly method: 'usage'; readonly timeoutMs: number }
  | { readonly id: number; readonly method: 'cpu' }
  | {
      readonly id: number
      readonly method: 'run'
      /** Absolute path of the module whose default export performs one operation. */
      readonly module: string
      /** Index given to the first operation of this batch. */
      readonly index: number
      readonly operations: number
    }
  | EvidenceRequest

/**
 * Last message of the host: the connection ends on purpose and the application goes on. A connection that ends
 * without it means that the host is gone, and the probe ends the application and its process group.
 */
export interface Bye {
  readonly type: 'bye'
}

/** What the host sends. */
export type HostMessage = ProbeRequest | Bye

/** Codes of failures that the probe reports itself. */
export type ProbeErrorCode =
  /** The main thread did not collect or answer in time: it is busy. */
  | 'ERR_PROBE_BUSY'
  /** The inspector refused or the evaluation threw. */
  | 'ERR_PROBE_FAILED'
  /** An operation of an in-application workload threw, or its module could not be loaded. */
  | 'ERR_PROBE_OPERATION'

/** The answer to one {@link ProbeRequest}. */
export type ProbeReply =
  | { readonly type: 'reply'; readonly id: number; readonly result: unknown }
  | {
      readonly type: 'reply'
      readonly id: number
      readonly error: { readonly code: ProbeErrorCode; readonly message: string; readonly stack?: string }
    }

/** What was really loaded into the application. Result of `loaded`. */
export interface Loaded {
  readonly nodeVersion: string
  /** Node's pool for small Buffers, bytes (`Buffer.poolSize`). */
  readonly bufferPoolBytes: number
  readonly execPath: string
  readonly execArgv: readonly string[]
  /** `NODE_OPTIONS` as the process received it, empty string when unset. */
  readonly nodeOptions: string
  /** CommonJS files that `--require` preloads other than the probe are or required, absolute paths, load order. */
  readonly preloaded: readonly string[]
  /** Shared objects in the address space that are neither Node's own nor the system's (`/proc/self/maps`); empty where it cannot be read. */
  readonly libraries: readonly string[]
  /** `LD_PRELOAD` and the entries of `/etc/ld.so.preload`. */
  readonly injected: readonly string[]
  /** Packages of known agents in the module cache. */
  readonly agents: readonly {
    readonly name: string
    readonly version: string
    readonly path: string
    /** CommonJS file of another package that was the first to require one of its files; absent where none did. */
    readonly requiredBy?: string
  }[]
}

/** A server of the application that listens. Result of `servers`, in the order in which `listen()` was called. */
export interface ListeningServer {
  /** 0 where it listens on a socket file. */
  readonly port: number
  /** Socket file as the application gave it; absent: it listens on a port. */
  readonly path?: string
  readonly address: string
  /** `tls`, `tcp`: servers of Node's http2 are among them. */
  readonly protocol: 'http' | 'https' | 'tls' | 'tcp'
  /** Files on the stack of the `listen()` call, innermost first, absolute paths or `node:` names. */
  readonly callers: readonly string[]
}

/** What an agent may have brought, and how many of each. Result of `signs`; what is not there is left out. */
export type Signs = Readonly<Record<string, number>>

/** Timers that will go off once, of about the same delay. An array of them is the result of `timers`. */
export interface PendingTimers {
  /** The longest of their delays, ms. */
  readonly delayMs: number
  readonly count: number
}

/** Result of `running`: whether the entry's synchronous start is over, and whether the main loop turned since. */
export interface Running {
  readonly started: boolean
}

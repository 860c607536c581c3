/**
 * A process that belongs to an agent: a local daemon, a log forwarder, a background worker. It is started before the
 * application of every trial in which the agent is on, and ended after it. Its own memory is in no figure.
 */
export interface Sidecar {
  /**
   * What is started: a file or a command on the PATH, with its arguments as an array. It has to stay in the foreground:
   * ending before the application does is an error.
   */
  readonly command: string | readonly string[]
  /** Further arguments. Default none. */
  readonly args?: readonly string[]
  /**
   * Variables on top of the caller's environment (cleaned of test runners) and of the agent's own `env`, of which what
   * preloads something into a process (NODE_OPTIONS, LD_PRELOAD, DYLD_INSERT_LIBRARIES) is left to the application;
   * `undefined` unsets.
   */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Working directory. Default: the application's. */
  readonly cwd?: string | URL
  /**
   * When the application may start. `spawned`: at once; a RegExp: as soon as a line of its output matches; a port: as soon as
   * it can be connected to, on 127.0.0.1 unless `host` says otherwise. Waits for `readyTimeoutMs`. Default `spawned`.
   */
  readonly ready?: 'spawned' | RegExp | { readonly port: number; readonly host?: string }
}

/**
 * What is known of one agent: how it is attached, what makes it report to a collector on loopback, what it can be told to
 * leave out, how it is recognised. Values of variables may hold placeholders, which are filled in for every trial:
 * `{collector}` (`http://127.0.0.1:4318`), `{collector.https}`, `{collector.host}` (`127.0.0.1`), `{collector.port}`,
 * `{collector.ca}` (path of the certificate that the collector shows), `{agent}` (folder of the agent's package).
 */
export interface Preset {
  /** Name of its npm package; for a native library a name of its own, for example `oneagent`. */
  readonly package: string
  /** What people call it, for example `New Relic`. */
  readonly title: string
  /** The first whose range holds the installed version is used; none: it has to be attached by hand. */
  readonly attach: readonly Attachment[]
  /** Variables that make it work offline, against the local collector. */
  readonly env: (version: string) => Readonly<Record<string, string>>
  /** Settings that shorten how long it holds what it sends: part of the environment, and said in the report. */
  readonly flush: (version: string) => Flush | null
  /** Array buffers that it keeps at most of what its collector does not take, bytes; absent, `null`: not known. */
  readonly holdsBytes?: (version: string) => number | null
  /** Further packages that are installed with it when a version is asked for, for example its peer dependencies. */
  readonly companions?: (version: string) => readonly string[]
  /** Switches of its instrumentations; `null` where it has none. */
  readonly switches: Switches | null
  /** What its collector gets when it works, see {@link Proof}; `null` where it reports to nothing that a collector is. */
  readonly proof: Proof | null
  /** What is known of the Node versions that it runs on, beyond the `engines` field. */
  readonly node?: readonly NodeLimit[]
  readonly recognise: Recognition
}

/** How one range of versions is attached. */
export interface Attachment {
  /** Range of npm's semver, for example `>=8.0.0`; vendor versions are coerced. */
  readonly versions: string
  /** `require` and `import` are preloads of the agent itself, `start` is a file of this library that calls it. */
  readonly by: 'require' | 'import' | 'start'
  /** For `require` and `import` the specifier (`dd-trace/init`), for `start` a name in `lib/agents/starts`. */
  readonly specifier: string
}

export interface Flush {
  readonly env: Readonly<Record<string, string>>
  /** In words, for example `traces every 0.5 s instead of 2 s`. */
  readonly text: string
}

/** One switch of an agent. */
export interface Instrumentation {
  /** As the agent's setting calls it. */
  readonly name: string
  /** Packages and Node modules that it patches: without one of them loaded it does nothing. Empty: it acts always. */
  readonly packages: readonly string[]
}

export interface Switches {
  /**
   * The instrumentations of an installed version.
   * @param root folder of the agent's package
   */
  readonly list: (root: string, version: string) => readonly Instrumentation[]
  /** Variables that switch these off and leave the others on; `{agent}` stands for the folder of its package. */
  readonly off: (names: readonly string[], version: string) => Readonly<Record<string, string>>
  /**
   * Where the agent itself knows no such variable: a name in `lib/agents/starts` of what is preloaded before it, so that it does
   * in a trial.
   */
  readonly start?: (version: string) => string | undefined
  /** The code that switches these off in production where no variable does; `undefined`: the variables do. */
  readonly code?: (names: readonly string[], version: string) => string | undefined
}

export interface Proof {
  /** Protocol that the collector recognises, for example `otlp`. */
  readonly protocol: string
  /** Whether requests that the application serves are counted as `entries`. */
  readonly entries: boolean
  /** What happened has been reported after so long, with the settings of the preset, ms; absent: that is not known. */
  readonly withinMs?: number
}

export interface NodeLimit {
  /** Versions of the agent. */
  readonly versions: string
  /** Range of Node that they run on. */
  readonly node: string
  /** What happens elsewhere, for example `loads no native agent, without a word`. */
  readonly otherwise: string
}

/** Marks of the agent in a running process. */
export interface Recognition {
  /** Beginnings of the names of its variables, for example `['NEW_RELIC_']`. */
  readonly env: readonly string[]
  /** Parts of paths of preloads, loaded libraries and files, for example `['/node_modules/newrelic/']`. */
  readonly paths: readonly string[]
}

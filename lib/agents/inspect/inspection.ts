/** What a running process was started with, as far as it can be seen from outside. Answer of {@link inspectProcess}. */
export interface Inspection {
  readonly pid: number
  /** As options of {@link isolateLeak} take it, absolute paths. */
  readonly entry: {
    /** `null` where the command line does not show it. */
    readonly file: string | null
    /** Secrets in them are masked with `***`. */
    readonly args: readonly string[]
    readonly cwd: string
    /** Without preloads, which are agents, but for loaders that the script needs to run (tsx, ts-node and the like). */
    readonly nodeArgs: readonly string[]
    readonly nodePath: string
    /** What changes how Node runs; no secrets. */
    readonly env: Readonly<Record<string, string>>
  }
  /** What is attached, in order of loading. */
  readonly agents: readonly InspectedAgent[]
  /** Native libraries and add-ons in the address space that are neither the system's nor Node's. */
  readonly libraries: readonly string[]
  readonly leftOut: {
    /** Names of variables whose values are secret. */
    readonly secrets: readonly string[]
    /** Names of the other variables that were left out, those that presets set for the collector of a trial among them. */
    readonly variables: readonly string[]
    /** Arguments for Node that a trial cannot have, and arguments that hold secrets, with the reason. */
    readonly arguments: readonly string[]
  }
  /** What cannot be seen, and what to look at before running it; sentences. */
  readonly notes: readonly string[]
}

/** Something attached to a running process. */
export interface InspectedAgent {
  readonly name: string
  /** The known agent it was recognised as. */
  readonly preset: string | null
  /** Whether the preset follows from its package, so that it need not be named. */
  readonly presetFollows: boolean
  readonly package: { readonly name: string; readonly version: string; readonly root: string } | null
  readonly require: readonly string[]
  readonly import: readonly string[]
  readonly nodeArgs: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Where it was seen, for example `NODE_OPTIONS`. */
  readonly seen: readonly string[]
}

/** How Node is started and what is attached to it, as far as it shows from outside, without secrets. */
export interface InspectedStart {
  readonly entry: InspectedEntry
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

/** As options of {@link isolateLeak} take it. */
export interface InspectedEntry {
  /** `null` where it does not show. */
  readonly file: string | null
  /** Secrets in them are masked with `***`. */
  readonly args: readonly string[]
  readonly cwd: string
  /** Without preloads, which are agents, but for loaders that the script needs to run (tsx, ts-node and the like). */
  readonly nodeArgs: readonly string[]
  /** No secrets. Of a process only what changes how Node runs. */
  readonly env: Readonly<Record<string, string>>
}

/** What a running process was started with. Answer of {@link inspectProcess}; paths are absolute. */
export interface Inspection extends InspectedStart {
  readonly pid: number
  readonly entry: InspectedEntry & { readonly nodePath: string }
}

/**
 * What a container of a pod is started with. Answer of {@link inspectPod}; paths in the folder of the application are those of
 * this machine, beginning with `root` as it was given.
 */
export interface PodInspection extends InspectedStart {
  readonly pod: {
    /** `Deployment`, `Pod` and the like. */
    readonly kind: string
    readonly name: string | null
    readonly container: string
    readonly image: string | null
  }
  readonly entry: InspectedEntry & {
    /** What starts the application in place of Node, such as `['npm', 'start']`; `null`: Node does. Secrets are masked with `***`. */
    readonly command: readonly string[] | null
    /** The port that it serves, `null` where none is named, or it is told by `PORT`. */
    readonly port: number | null
  }
  /** Variables whose values are not in the manifest, with where they come from: `secret shop-db, key password`. */
  readonly fromCluster: readonly { readonly name: string; readonly from: string }[]
  /** What its readiness probe asks for by http, `null`: none does. */
  readonly probePath: string | null
}

/** Something attached to a process. */
export interface InspectedAgent {
  readonly name: string
  /** The known agent it was recognised as. */
  readonly preset: string | null
  /** Whether the preset follows from its package, so that it need not be named. */
  readonly presetFollows: boolean
  /** As it is installed on this machine. */
  readonly package: { readonly name: string; readonly version: string; readonly root: string } | null
  /** The package to install, such as `dd-trace@5.30.0`, where something else than the application brings it; else `null`. */
  readonly install: string | null
  readonly require: readonly string[]
  readonly import: readonly string[]
  readonly nodeArgs: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Where it was seen, for example `NODE_OPTIONS`. */
  readonly seen: readonly string[]
}

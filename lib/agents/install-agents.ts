import type { InstalledPackage } from './find-package.js'

/** A package that the library installed for an agent. */
export interface InstalledAgent {
  /** Folder whose `node_modules` holds it. */
  readonly prefix: string
  readonly package: InstalledPackage
  /** Everything that was installed with it. */
  readonly tree: readonly { readonly name: string; readonly version: string }[]
}

/** What was installed, by what was asked for, for example `newrelic@13.20.0`. */
export type Installs = ReadonlyMap<string, InstalledAgent>

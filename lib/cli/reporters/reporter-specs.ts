import { resolve } from 'node:path'
import { closestName } from '../../options/check/closest-name.js'
import { UsageError } from '../exit-status.js'
import type { Reporter } from '../../report/reporter.js'
import * as reporters from '../../report/reporters.js'

/** One value of `--reporter`. */
export interface ReporterSpec {
  /** A name that is known, or the path of a module as it was given. */
  readonly name: string
  /** Absolute path of the module; `null`: it is built in. */
  readonly module: string | null
  /** Absolute path of the file that it writes; `null`: stdout. */
  readonly file: string | null
}

/**
 * Reads the values of `--reporter`: `name` or `name=file`, paths relative to `cwd`.
 * @throws UsageError for unknown names, for two reports to stdout and for two to one file
 */
export function reporterSpecs(values: readonly string[], cwd: string): readonly ReporterSpec[] {
  const specs = values.map(value => readSpec(value, cwd))
  const toStdout = specs.filter(({ name, file }) => file === null && name !== 'github')
  if (toStdout.length > 1) {
    throw new UsageError(
      `one report can go to stdout, got ${String(toStdout.length)}: ${names(toStdout)}; name a file for the others, such as --reporter ${toStdout[1]?.name ?? ''}=file`,
    )
  }
  for (const { file } of specs) {
    const writers = specs.filter(other => other.file === file)
    if (file !== null && writers.length > 1)
      throw new UsageError(`one reporter writes a file, got ${names(writers)} for ${file}`)
  }
  return specs
}

function readSpec(value: string, cwd: string): ReporterSpec {
  const at = value.indexOf('=')
  const [name, path] = at < 0 ? [value, null] : [value.slice(0, at), value.slice(at + 1)]
  if (path === '') throw new UsageError(`--reporter needs a file behind the =, got '${value}'`)
  const file = path === null ? null : resolve(cwd, path)
  if (BUILT_IN.has(name)) return { name, module: null, file }
  if (/[\\/]|\.[cm]?[jt]s$/.test(name)) return { name, module: resolve(cwd, name), file }
  const known = [...BUILT_IN.keys()]
  const closest = closestName(name, known)
  throw new UsageError(
    `--reporter must be one of ${known.join(', ')}, or the path of a module, got '${name}'` +
      (closest === undefined ? '' : ` (did you mean ${closest}?)`),
  )
}

function names(specs: readonly ReporterSpec[]): string {
  return specs.map(({ name }) => name).join(' and ')
}

/** Reporters by the names that `--reporter` knows. */
export const BUILT_IN: ReadonlyMap<string, Reporter> = new Map(
  Object.entries(reporters).filter(([name]) => name !== 'githubSummary'),
)

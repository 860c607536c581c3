import { basename, isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a part is called after. */
export interface Nameable {
  readonly kind: 'main' | 'thread' | 'process'
  /** Path or `file:` URL, empty for code that was handed over as text. */
  readonly script: string
}

const KINDS = { thread: 'worker thread', process: 'child process' }

/**
 * Names parts so that the same part has the same name in every trial: by its kind, its script and its place among those that
 * have both in common, in the order of the list.
 * @param cwd folder that scripts are named from
 */
export function partLabels(parts: readonly Nameable[], cwd: string): string[] {
  const counts = new Map<string, number>()
  return parts.map(({ kind, script }) => {
    if (kind === 'main') return 'main thread'
    const name = `${KINDS[kind]} ${scriptName(script, cwd)}`
    const number = (counts.get(name) ?? 0) + 1
    counts.set(name, number)
    return `${name} #${String(number)}`
  })
}

/** A script as people name it: from the working folder, or from its package. */
export function scriptName(script: string, cwd: string): string {
  if (script === '' || script.startsWith('data:')) return '[eval]'
  const file = script.startsWith('file:') ? fileURLToPath(script) : script
  const inPackage = file.split(/[\\/]node_modules[\\/]/).slice(1)
  const last = inPackage.at(-1)
  if (last !== undefined) return last
  const path = relative(cwd, file)
  return path.startsWith('..') || isAbsolute(path) ? basename(file) : path
}

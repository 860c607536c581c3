import { basename, isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Names parts of the application so that the same part has the same name in every trial. */
export interface PartLabels {
  /**
   * The label of a part: its kind, its script and a number among those that have both in common. The number of a part that is gone
   * goes to the next that appears.
   * @param identity tells it from all others of this trial
   * @param script path or `file:` URL, empty for code that was handed over as text
   */
  label(identity: string, kind: 'worker thread' | 'child process', script: string): string
  /** Frees the numbers of all parts that were not asked for since the last call. */
  endReading(): void
}

/** @param cwd folder that scripts are named from */
export function partLabels(cwd: string): PartLabels {
  const numbers = new Map<string, { readonly name: string; readonly number: number }>()
  const asked = new Set<string>()
  return {
    label(identity, kind, script) {
      asked.add(identity)
      const name = `${kind} ${scriptName(script, cwd)}`
      const known = numbers.get(identity)
      if (known?.name === name) return `${name} #${String(known.number)}`
      const taken = new Set([...numbers.values()].filter(one => one.name === name).map(one => one.number))
      let number = 1
      while (taken.has(number)) number++
      numbers.set(identity, { name, number })
      return `${name} #${String(number)}`
    },
    endReading() {
      for (const identity of numbers.keys()) if (!asked.has(identity)) numbers.delete(identity)
      asked.clear()
    },
  }
}

function scriptName(script: string, cwd: string): string {
  if (script === '' || script.startsWith('data:')) return '[eval]'
  const file = script.startsWith('file:') ? fileURLToPath(script) : script
  const inPackage = file.split(/[\\/]node_modules[\\/]/).slice(1)
  const last = inPackage.at(-1)
  if (last !== undefined) return last
  const path = relative(cwd, file)
  return path.startsWith('..') || isAbsolute(path) ? basename(file) : path
}

import type { Warning } from '../../types/index.js'

/** Warnings in lines, with their codes; those that say the same are one. */
export function warningLines(warnings: readonly Warning[]): string[] {
  const counts = new Map<string, number>()
  for (const { code, message } of warnings) {
    const line = `${message} (${code})`
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  return [...counts].map(([line, count]) => (count === 1 ? line : `${line}, ${String(count)} times`))
}

import { code, markdownTable } from '../markdown/markdown-text.js'
import { formatNumber } from '../format/bytes.js'
import type { ReportData } from '../../types/index.js'
import type { SupportingFile } from './types.js'

/** Files that belong to the incident, and those that the report names but nobody looked at. */
export function fileLines(data: ReportData, files: readonly SupportingFile[] = []): readonly string[] {
  const named = [...new Set(data.culprits.flatMap(({ evidence }) => evidence?.files ?? []))]
  const missing = named.filter(name => !files.some(({ path }) => isSame(path, name)))
  const rows = [
    ...files.map(({ path, bytes, sha256 }) => [code(path), formatNumber(bytes), code(sha256)]),
    ...missing.map(path => [code(path), 'not found', '']),
  ]
  if (rows.length === 0) return ['None were named.']
  return markdownTable(['file', 'bytes', 'SHA-256'], rows)
}

/** A report names them by where they were written. */
function isSame(path: string, named: string): boolean {
  const [one, other] = [path, named].map(text => text.replaceAll('\\', '/'))
  return one === other || (other ?? '').endsWith(`/${one ?? ''}`)
}

import type { EvidencePlace } from '../../types/index.js'

/** `lib/spans.js:12 of tracer 1.2.3`; without a package the path as it is. */
export function placeText({ script, line, package: owner }: EvidencePlace): string {
  const where = `${scriptText(script, owner?.name ?? null)}:${String(line)}`
  return owner === null ? where : `${where} of ${owner.name} ${owner.version}`
}

/** A script within its package, or its last three folders. */
export function scriptText(script: string, packageName: string | null): string {
  const parts = script.split(/[\\/]/)
  if (packageName !== null) {
    const root = `node_modules/${packageName}/`
    const at = parts.join('/').lastIndexOf(root)
    if (at >= 0) return parts.join('/').slice(at + root.length)
  }
  return parts.length > 4 ? `.../${parts.slice(-3).join('/')}` : parts.join('/')
}

import type { EvidenceOfGrowth, EvidencePlace } from '../../types/index.js'
import { formatBytes } from './bytes.js'

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

/** So many times its own bytes, and what something holds is told. */
const WORTH_TELLING = 1.2

/** Bytes of what grows: `96 B`, or `96 B, 860 B with all that only it holds`. */
export function sizeText({
  bytesPerOperation,
  heldBytesPerOperation: held = bytesPerOperation,
}: EvidenceOfGrowth): string {
  const own = formatBytes(bytesPerOperation)
  return held < WORTH_TELLING * bytesPerOperation || formatBytes(held) === own
    ? own
    : `${own}, ${formatBytes(held)} with all that only it holds`
}

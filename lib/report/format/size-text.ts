import { formatBytes } from './bytes.js'
import type { EvidenceOfGrowth } from '../../types/index.js'

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

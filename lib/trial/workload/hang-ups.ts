import { mulberry32, shuffle } from '../../decide/stats/random.js'

/** Operations of a trial are a multiple of this. */
const BLOCK = 8
const PLACES: readonly number[] = Array.from({ length: BLOCK }, (_, place) => place)
/** So that 0.29 of 100 are 29, which is 28.999999999999996 in binary. */
const ROUNDING = 1e-9

/**
 * Tells which operations a client hangs up on: of the first `n`, for every multiple `n` of 8, exactly `n * share`, rounded down. Which ones of
 * eight is drawn by the seed, so that they fall on all of several requests that are sent in turn.
 */
export function hangUps({
  share,
  seed,
}: {
  readonly share: number
  readonly seed: number
}): (index: number) => boolean {
  let known = -1
  let chosen: ReadonlySet<number> = new Set()
  const upTo = (blocks: number): number => Math.floor(blocks * BLOCK * share + ROUNDING)
  return index => {
    const block = Math.floor(index / BLOCK)
    if (block !== known) {
      known = block
      const random = mulberry32(Math.imul(seed + 1, 0x9e3779b1) + block)
      chosen = new Set(shuffle(PLACES, random).slice(0, upTo(block + 1) - upTo(block)))
    }
    return chosen.has(index % BLOCK)
  }
}

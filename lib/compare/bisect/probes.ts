/** Most versions that are probed before the search. */
export const MOST_PROBES = 8

/** Places of a further try when a version cannot be used, as distances: unusable versions come in rows. */
const TRIES = [0, 1, 2, 4, 8, 16, 32, 64]

/**
 * The versions to probe first, by their index: the two ends and the first version of every minor line, where leaks come in, or as
 * many of these as lie nearest to evenly spread places.
 * @param lines the minor line of every version, oldest first
 */
export function probeTargets(lines: readonly string[], most: number = MOST_PROBES): number[] {
  const last = lines.length - 1
  const starts = lines.flatMap((line, index) => (index > 0 && line === lines[index - 1] ? [] : [index]))
  const wanted = [...new Set([0, ...starts, last])].filter(index => index >= 0)
  if (wanted.length <= most) return wanted
  const chosen = new Set<number>()
  for (let step = 0; step < most; step++) {
    const place = (step * last) / (most - 1)
    const [nearest] = wanted
      .filter(index => !chosen.has(index))
      .sort((a, b) => Math.abs(a - place) - Math.abs(b - place))
    if (nearest !== undefined) chosen.add(nearest)
  }
  return [...chosen].sort((a, b) => a - b)
}

/**
 * Versions that stand for the targets: the target itself, or where it cannot be used, one near it and not beyond the middle between
 * it and the next target; none where that was tried often enough.
 */
export function standIns(
  targets: readonly number[],
  count: number,
  isUsable: (index: number) => boolean,
): number[] {
  const chosen = targets.flatMap((target, at) => {
    const [before, after] = [targets[at - 1], targets[at + 1]]
    const low = before === undefined ? 0 : Math.floor((before + target) / 2) + 1
    const high = after === undefined ? count - 1 : Math.ceil((target + after) / 2) - 1
    const tries = TRIES.flatMap(distance =>
      distance === 0 ? [target] : [target + distance, target - distance],
    )
    const next = tries.find(index => index >= low && index <= high && isUsable(index))
    return next === undefined ? [] : [next]
  })
  return [...new Set(chosen)].sort((a, b) => a - b)
}

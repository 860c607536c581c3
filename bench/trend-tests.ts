import { tUpperTail } from '../lib/decide/stats/student-t.js'

const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length

/** t of the slope of a straight line through the readings. */
export const slopeT = (values: readonly number[], positions: readonly number[]): number => {
  const [x, y] = [mean(positions), mean(values)]
  const sxx = positions.reduce((sum, position) => sum + (position - x) ** 2, 0)
  const slope =
    positions.reduce((sum, position, index) => sum + (position - x) * ((values[index] ?? NaN) - y), 0) / sxx
  const rest = values.map((value, index) => value - y - slope * ((positions[index] ?? NaN) - x))
  const error = Math.sqrt(rest.reduce((sum, one) => sum + one ** 2, 0) / (values.length - 2) / sxx)
  return slope / error
}

/** One-sided p of least squares on readings at equal distances. */
export const leastSquaresP = (values: readonly number[]): number => {
  const t = slopeT(
    values,
    values.map((_, index) => index),
  )
  // A straight line without any noise.
  if (!Number.isFinite(t)) return t > 0 ? 0 : 1
  return tUpperTail(t, values.length - 2)
}

/** Kendall's S: pairs that rise minus pairs that fall. */
export const kendall = (values: readonly number[]): number =>
  values
    .flatMap((early, index) => values.slice(index + 1).map(late => Math.sign(late - early)))
    .reduce((a, b) => a + b, 0)

/**
 * One-sided p of the Mann-Kendall test, exact: the share of all orders of so many readings whose S is at least as large.
 * Orders are counted by their inversions (Kendall, Rank Correlation Methods, appendix).
 */
export const mannKendallP = (values: readonly number[]): number => {
  let byInversions = [1]
  for (let size = 2; size <= values.length; size++) {
    const next = new Array<number>(byInversions.length + size - 1).fill(0)
    byInversions.forEach((count, inversions) => {
      for (let more = 0; more < size; more++) next[inversions + more]! += count
    })
    byInversions = next
  }
  const total = byInversions.reduce((sum, count) => sum + count, 0)
  const most = (byInversions.length - 1 - kendall(values)) / 2
  return byInversions.slice(0, Math.floor(most) + 1).reduce((sum, count) => sum + count, 0) / total
}

/** Whether each reading is above the one before. */
export const grewEachTime = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value > (values[index - 1] ?? NaN))

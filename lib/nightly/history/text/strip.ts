/** Characters that an interval is drawn with. */
export interface Strokes {
  readonly from: string
  readonly to: string
  readonly between: string
  readonly estimate: string
  readonly limit: string
  /** It goes on to the left, to the right. */
  readonly less: string
  readonly more: string
}

export const UNICODE: Strokes = {
  ...{ from: '├', to: '┤', between: '─', estimate: '●', limit: '┊', less: '◂', more: '▸' },
}
export const ASCII: Strokes = {
  ...{ from: '|', to: '|', between: '-', estimate: 'o', limit: ':', less: '<', more: '>' },
}

/** What is drawn. */
export interface Interval {
  readonly estimate: number
  /** `null`: not known. */
  readonly low: number | null
  readonly high: number | null
}

/** What a strip reaches from and to, and how many characters it is wide. */
export interface Scale {
  readonly least: number
  readonly most: number
  readonly width: number
}

/**
 * A scale for intervals and a limit. Single intervals that are far wider than most do not squeeze the others: they are cut.
 */
export function scaleFor(intervals: readonly Interval[], limit: number, width: number): Scale {
  const ends = intervals.flatMap(({ estimate, low, high }) => [low ?? estimate, high ?? estimate])
  const sorted = [...ends].sort((a, b) => a - b)
  const estimates = intervals.map(({ estimate }) => estimate)
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0
  const least = Math.min(0, at(0.05), ...estimates)
  const most = Math.max(limit * 1.1, at(0.95), ...estimates)
  return { least, most, width }
}

/** An interval as a row of characters, the limit as an upright stroke. */
export function strip(
  { estimate, low, high }: Interval,
  limit: number,
  scale: Scale,
  strokes: Strokes,
): string {
  const { least, most, width } = scale
  const exact = (value: number): number => Math.round(((value - least) / (most - least)) * (width - 1))
  const place = (value: number): number => Math.max(0, Math.min(width - 1, exact(value)))
  const cells = Array.from({ length: width }, () => ' ')
  cells[place(limit)] = strokes.limit
  if (low !== null && high !== null) {
    for (let cell = place(low); cell <= place(high); cell++) cells[cell] = strokes.between
    cells[place(low)] = exact(low) < 0 ? strokes.less : strokes.from
    cells[place(high)] = exact(high) > width - 1 ? strokes.more : strokes.to
  }
  cells[place(estimate)] = strokes.estimate
  return cells.join('').trimEnd()
}

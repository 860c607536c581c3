const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `0.4 s`, `12 s`, `4 min 12 s`, `1 h 5 min`, `3 days`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown'
  if (ms < 9_950) return `${String(Math.round(ms / 100) / 10)} s`
  if (ms < MINUTE - 500) return `${String(Math.round(ms / 1000))} s`
  if (ms < HOUR - 500) return twoUnits(ms, MINUTE, 'min', 1000, 's')
  if (ms < 2 * DAY) return twoUnits(ms, HOUR, 'h', MINUTE, 'min')
  return `${Math.round(ms / DAY).toLocaleString('en-US')} days`
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const total = Math.round(ms / small)
  const perLarge = large / small
  const rest = total % perLarge
  const whole = `${String(Math.floor(total / perLarge))} ${largeName}`
  return rest === 0 ? whole : `${whole} ${String(rest)} ${smallName}`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** A decimal unit of size and what it stands for, bytes. */
interface ByteUnit {
  readonly name: (typeof UNITS)[number]
  readonly bytes: number
}

/** The decimal unit (1 kB = 1,000 B) in which an amount reads best. */
export function byteUnit(bytes: number): ByteUnit {
  const size = Math.abs(bytes)
  let unit: ByteUnit = { name: 'B', bytes: 1 }
  for (const [power, name] of UNITS.entries()) {
    // 999.6 kB would be written as 1,000 kB
    if (size >= 0.9995 * 1000 ** power) unit = { name, bytes: 1000 ** power }
  }
  return unit
}

/** `8.2 kB`, `71 GB`, `-3 B`: two significant digits, or all digits before the point. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return 'unknown'
  const unit = byteUnit(bytes)
  const amount = bytes / unit.bytes
  return `${formatNumber(amount, decimalsFor(amount))} ${unit.name}`
}

/** Decimals that leave about two significant digits. */
export function decimalsFor(amount: number): number {
  const size = Math.abs(amount)
  return size >= 9.95 || size === 0 ? 0 : 1
}

/** English digits with thousands separators, at most `decimals` decimals and at least `least`, no `-0`. */
export function formatNumber(amount: number, decimals = 0, least = 0): string {
  const text = amount.toLocaleString('en-US', {
    maximumFractionDigits: decimals,
    minimumFractionDigits: least,
  })
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text
}

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

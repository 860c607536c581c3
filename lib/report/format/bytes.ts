const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** A decimal unit of size and what it stands for, bytes. */
export interface ByteUnit {
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

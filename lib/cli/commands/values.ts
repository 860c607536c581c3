import { InvalidArgumentError } from 'commander'
import { BACKENDS } from '../../options/options-schema.js'
import type { Backend } from '../../types/index.js'

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }

/** Reads a whole number that is at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
      throw expected(`a whole number from ${String(least)}`)
    return value
  }
}

/** Reads a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) throw expected('a number above 0')
  return value
}

/** Reads a time with its unit, as ms. */
export function duration(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text) ?? []
  const ms = Number(amount) * (UNITS_MS[unit] ?? NaN)
  if (!(ms > 0)) throw expected('a time with its unit such as 90s, 10m or 2h')
  return ms
}

/** Reads a size with its unit, as bytes; `MB` is a million, `MiB` or `Mi` 1,048,576. */
export function byteSize(text: string): number {
  const [, amount, prefix = '', binary] = /^(\d+(?:\.\d+)?) ?([kKMGT]?)(i?)B?$/.exec(text) ?? []
  const power = ['', 'k', 'M', 'G', 'T'].indexOf(prefix.replace('K', 'k'))
  const bytes = Math.round(Number(amount) * (binary === 'i' ? 1024 : 1000) ** power)
  if (!(bytes > 0)) throw expected('a size with its unit such as 512MB, 1.5GB or 768MiB')
  return bytes
}

/** Reads a date, as the end of that day in UTC, or a time in ISO 8601. */
export function endOfDate(text: string): Date {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text)
  const date = new Date(isDay ? `${text}T23:59:59.999Z` : text)
  const isDate = /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(date.getTime())
  // The 31st of February would be the 3rd of March.
  if (!isDate || (isDay && !date.toISOString().startsWith(text))) throw expected('a date such as 2026-01-31')
  return date
}

/** Reads a list of conditions of the collector. */
export function backendList(text: string): readonly Backend[] {
  return text.split(',').map(word => {
    const found = BACKENDS.find(name => name === word.trim())
    if (found !== undefined) return found
    throw expected(`one or more of ${BACKENDS.join(', ')}, with commas between them`)
  })
}

/** Reads which part of an experiment is run: `1/4`. */
export function shard(text: string): { readonly index: number; readonly count: number } {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  if (index === undefined || count === undefined || Number(index) < 1 || Number(index) > Number(count))
    throw expected('a part of a whole such as 1/4')
  return { index: Number(index), count: Number(count) }
}

/** For an option that may be given more than once: all its values, in order. */
export function collect(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text]
}

/** The error of a value; what was got, and for which option, is said around it. */
export function expected(what: string): InvalidArgumentError {
  return new InvalidArgumentError(`Expected ${what}.`)
}

import { invalidOption } from '../../options/check/invalid-option.js'
import { showValue } from '../../options/check/show-value.js'
import type { HttpOptions } from '../../types/workload.js'

type ExpectStatus = NonNullable<HttpOptions['expectStatus']>

export const DEFAULT_EXPECT_STATUS: ExpectStatus = Object.freeze(['2xx', '3xx'] as const)

/** Statuses and classes of statuses. @throws IsolateLeakError `ERR_OPTION_INVALID` */
export function checkExpectStatus(value: unknown): ExpectStatus {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalidOption(
      `http(): expectStatus must be an array of one or more statuses, got ${showValue(value)}`,
    )
  }
  for (const [index, status] of value.entries()) {
    const fits =
      typeof status === 'number'
        ? Number.isInteger(status) && status >= 200 && status <= 599
        : typeof status === 'string' && /^[2-5]xx$/.test(status)
    if (fits) continue
    throw invalidOption(
      `http(): expectStatus[${index}] must be a status from 200 to 599, or '2xx', '3xx', '4xx' or '5xx', got ${showValue(status)}`,
    )
  }
  return Object.freeze([...(value as ExpectStatus)])
}

/** Whether an answer counts as performed. */
export function isExpected(status: number, expected: readonly (number | string)[]): boolean {
  return expected.includes(status) || expected.includes(`${Math.floor(status / 100)}xx`)
}

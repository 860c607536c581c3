import { checkDurationMs } from '../../options/check/check-number.js'
import { checkNames } from '../../options/check/check-names.js'
import { checkObject, isPlainObject } from '../../options/check/check-object.js'
import { checkChoice } from '../../options/check/check-text.js'
import { checkVariables } from '../../options/check/check-variables.js'
import { invalidOption } from '../../options/check/invalid-option.js'
import { showValue } from '../../options/check/show-value.js'
import { isUrl } from '../../options/check/to-path.js'
import { HURRIED, PATIENT, type ResolvedWebhook, sendWebhook } from './send/send-webhook.js'
import type { Notification, NotifyFunction, WebhookFormat } from '../../types/notification.js'
import { redactText } from '../../options/redact/redact-text.js'

export const WEBHOOK_FORMATS = ['json', 'slack', 'teams'] as const

/** Whom to tell, after validation. */
export type ResolvedNotify = NotifyFunction | ResolvedWebhook

const TIMEOUT_MS = 10_000

const HOSTS: readonly (readonly [RegExp, WebhookFormat])[] = [
  [/^hooks\.slack(-gov)?\.com$/, 'slack'],
  [/(^|\.)(logic\.azure\.com|logic\.azure\.us|webhook\.office\.com|api\.powerplatform\.com)$/, 'teams'],
]

/** Whom to tell; nobody by default. Messages never show the address of a webhook. @throws IsolateLeakError `ERR_OPTION_INVALID` */
export function resolveNotify(value: unknown): readonly ResolvedNotify[] {
  if (value === undefined) return []
  const targets: readonly unknown[] = Array.isArray(value) ? value : [value]
  return targets.map((target, index) => {
    const name = Array.isArray(value) ? `notify[${String(index)}]` : 'notify'
    if (typeof target === 'function') return target as NotifyFunction
    if (isPlainObject(target) && !isUrl(target)) return resolveWebhook(name, target)
    // A text may be an address.
    const got = typeof target === 'string' || isUrl(target) ? 'an address: { url } is one' : showValue(target)
    throw invalidOption(`${name} must be a function, or an object with the url of a webhook, got ${got}`)
  })
}

function resolveWebhook(name: string, value: unknown): ResolvedWebhook {
  const given = checkObject(name, value)
  checkNames(name, given, ['url', 'format', 'headers', 'timeoutMs'])
  const { href, hostname } = addressOf(name, given.url)
  const headers = given.headers === undefined ? {} : checkVariables(`${name}.headers`, given.headers)
  return {
    url: href,
    format:
      given.format === undefined
        ? (HOSTS.find(([pattern]) => pattern.test(hostname))?.[1] ?? 'json')
        : checkChoice(`${name}.format`, given.format, WEBHOOK_FORMATS),
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([header, text]) => (text === undefined ? [] : [[header, text]])),
    ),
    timeoutMs:
      given.timeoutMs === undefined ? TIMEOUT_MS : checkDurationMs(`${name}.timeoutMs`, given.timeoutMs),
  }
}

function addressOf(name: string, value: unknown): URL {
  const text = isUrl(value) ? value.href : value
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw invalidOption(`${name}.url must be an address that begins with https:// or http://`)
  if (url.username !== '' || url.password !== '')
    throw invalidOption(`${name}.url must not hold a user or a password: use headers`)
  return url
}

/**
 * Tells everybody, at the same time, and waits for them.
 * @param isHurried for a process that was asked to end: one try
 * @returns what went wrong, in a sentence; `null`: nothing. Addresses of webhooks are not in it.
 */
export async function tell(
  targets: readonly ResolvedNotify[],
  notification: Notification,
  isHurried: boolean,
): Promise<string | null> {
  const results = await Promise.all(
    targets.map(async target =>
      typeof target === 'function'
        ? call(target, notification)
        : sendWebhook(target, notification, isHurried ? HURRIED : PATIENT),
    ),
  )
  const reasons = results.filter(reason => reason !== null)
  if (reasons.length === 0) return null
  return `the notification (${notification.event}) was not sent: ${reasons.join('; ')}`
}

async function call(
  target: (notification: Notification) => unknown,
  notification: Notification,
): Promise<string | null> {
  try {
    await target(notification)
    return null
  } catch (error) {
    return `the notify function failed with ${redactText(error instanceof Error ? error.message : String(error))}`
  }
}

import * as v from 'valibot'
import { choice, durationMs, variables } from '../../options/check/fields.js'
import { optionsOf, parse } from '../../options/check/parse.js'
import { invalidOption, isPlainObject, showValue } from '../../options/check/check-object.js'
import { isUrl } from '../../options/check/to-path.js'
import type { LeakNotification, NotifyFunction, WebhookFormat } from '../../types/notification.js'
import { redactText } from '../../options/redact/redact-text.js'
import { setTimeout as wait } from 'node:timers/promises'
import { debugFor } from '../../system/debug.js'
import { slackMessage, teamsMessage } from './messages.js'

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

const WEBHOOK = optionsOf({
  url: v.unknown(),
  format: v.optional(choice(WEBHOOK_FORMATS)),
  headers: v.optional(variables, {}),
  timeoutMs: v.optional(durationMs, TIMEOUT_MS),
})

function resolveWebhook(name: string, value: unknown): ResolvedWebhook {
  const given = parse(WEBHOOK, value, name)
  const { href, hostname } = addressOf(name, given.url)
  return {
    url: href,
    format: given.format ?? HOSTS.find(([pattern]) => pattern.test(hostname))?.[1] ?? 'json',
    headers: Object.fromEntries(
      Object.entries(given.headers).flatMap(([header, text]) => (text === undefined ? [] : [[header, text]])),
    ),
    timeoutMs: given.timeoutMs,
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
  notification: LeakNotification,
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
  target: (notification: LeakNotification) => unknown,
  notification: LeakNotification,
): Promise<string | null> {
  try {
    await target(notification)
    return null
  } catch (error) {
    return `the notify function failed with ${redactText(error instanceof Error ? error.message : String(error))}`
  }
}

const debug = debugFor('notify')

/** A target after validation. */
export interface ResolvedWebhook {
  readonly url: string
  readonly format: WebhookFormat
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/** How often and how patiently. */
export interface Patience {
  readonly tries: number
  /** Before the second try, ms; four times as long before each further one. */
  readonly firstWaitMs: number
  /** A server that asks for a longer wait (`Retry-After`) waits in vain, ms. */
  readonly longestWaitMs: number
}

const PATIENT: Patience = { tries: 3, firstWaitMs: 1_000, longestWaitMs: 30_000 }
/** For a process that was asked to end. */
const HURRIED: Patience = { tries: 1, firstWaitMs: 0, longestWaitMs: 0 }

/** Whether to try again, and what to say if not. */
interface Refusal {
  readonly reason: string
  readonly isFinal: boolean
  /** Asked for by the server, ms. */
  readonly waitMs?: number
}

const BODIES: Readonly<Record<WebhookFormat, (notification: LeakNotification) => object>> = {
  json: notification => notification,
  slack: slackMessage,
  teams: teamsMessage,
}

/**
 * Sends a notification with Node's `fetch`: tried again after network errors, time-outs, 429 and 5xx; redirects are not followed.
 * @returns why it could not be sent, without the address; `null`: it was
 */
export async function sendWebhook(
  { url, format, headers, timeoutMs }: ResolvedWebhook,
  notification: LeakNotification,
  { tries, firstWaitMs, longestWaitMs }: Patience = PATIENT,
): Promise<string | null> {
  const body = JSON.stringify(BODIES[format](notification))
  for (let attempt = 1; ; attempt++) {
    const refusal = await post({ url, headers, timeoutMs, body })
    if (refusal === null) return null
    const { reason, isFinal } = refusal
    debug('try %d of %d: %s', attempt, tries, reason)
    const waitMs = refusal.waitMs ?? firstWaitMs * 4 ** (attempt - 1)
    if (isFinal) return reason
    if (attempt >= tries) return attempt === 1 ? reason : `${reason}, ${String(attempt)} times`
    if (waitMs > longestWaitMs) return `${reason}, and to wait for ${String(Math.ceil(waitMs / 1000))} s`
    await wait(waitMs)
  }
}

interface Request {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly body: string
}

async function post({ url, headers, timeoutMs, body }: Request): Promise<Refusal | null> {
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
  } catch (error) {
    // Messages of fetch may hold the address.
    const name = error instanceof Error ? error.name : ''
    const reason = name === 'TimeoutError' ? `no answer within ${String(timeoutMs)} ms` : networkReason(error)
    return { reason, isFinal: false }
  }
  const { status } = response
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400)
    return {
      reason: `the webhook answered with a redirect (${String(status)}), which is not followed`,
      isFinal: true,
    }
  const waitMs = retryAfterMs(response.headers.get('retry-after'))
  return {
    reason: `the webhook answered with status ${String(status)}`,
    isFinal: status !== 429 && status < 500,
    ...(waitMs === null ? {} : { waitMs }),
  }
}

function networkReason(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return `the webhook could not be reached${typeof code === 'string' ? ` (${code})` : ''}`
}

/** Seconds, or a date. */
function retryAfterMs(value: string | null): number | null {
  if (value === null) return null
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
  return Number.isNaN(seconds) ? null : Math.max(0, seconds * 1000)
}

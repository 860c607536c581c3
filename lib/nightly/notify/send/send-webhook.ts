import { setTimeout as wait } from 'node:timers/promises'
import { debugFor } from '../../../system/debug.js'
import { teamsMessage, slackMessage } from '../payload/teams.js'
import type { Notification, WebhookFormat } from '../../../types/notification.js'

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

export const PATIENT: Patience = { tries: 3, firstWaitMs: 1_000, longestWaitMs: 30_000 }
/** For a process that was asked to end. */
export const HURRIED: Patience = { tries: 1, firstWaitMs: 0, longestWaitMs: 0 }

/** Whether to try again, and what to say if not. */
interface Refusal {
  readonly reason: string
  readonly isFinal: boolean
  /** Asked for by the server, ms. */
  readonly waitMs?: number
}

const BODIES: Readonly<Record<WebhookFormat, (notification: Notification) => object>> = {
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
  notification: Notification,
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

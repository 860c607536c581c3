import type { ResolvedNotify } from './notify-options.js'
import { redactText } from '../../options/redact/redact-text.js'
import { HURRIED, PATIENT, sendWebhook } from './send/send-webhook.js'
import type { Notification } from '../../types/notification.js'

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

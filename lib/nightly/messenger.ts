import { tell } from './notify/tell.js'
import type { Notification } from '../types/notification.js'
import type { ResolvedNotify } from './notify/notify-options.js'
import type { IsolateLeakOptions } from '../options/types.js'
import type { WarningCode } from '../types/index.js'

/** Sends notifications, and says as events of the run what went wrong beside it. */
export interface Messenger {
  send(notification: Notification): Promise<void>
  readonly warn: (code: WarningCode, reason: unknown) => void
}

/** The messenger of a run. A run that was asked to stop waits for nobody for long. */
export function messenger(
  targets: readonly ResolvedNotify[],
  { signal, onEvent }: Pick<IsolateLeakOptions, 'signal' | 'onEvent'>,
): Messenger {
  const warn = (code: WarningCode, reason: unknown): void => {
    const message = reason instanceof Error ? reason.message : String(reason)
    // Not validated yet where the run failed on its options.
    if (typeof onEvent === 'function')
      onEvent({ type: 'warning', warning: { code, message, downgrades: false } })
  }
  return {
    send: async notification => {
      const reason = await tell(targets, notification, signal?.aborted === true)
      if (reason !== null) warn('NOTIFY_FAILED', reason)
    },
    warn,
  }
}

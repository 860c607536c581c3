import type { Notification, NotificationKind } from '../../../types/notification.js'
import { factsOf } from './facts.js'

/** Characters of a text: messages of Teams may have 28 KB. */
const LONGEST = 4_000

const COLOURS: Readonly<Record<NotificationKind, string>> = {
  leak: 'attention',
  change: 'warning',
  failed: 'attention',
  recovery: 'good',
}

/**
 * A message for a workflow of Microsoft Teams ("When a Teams webhook request is received"): an Adaptive Card in its envelope.
 * https://adaptivecards.io/explorer. Texts are runs of rich text, which know no Markdown: names stay as they are.
 */
export function teamsMessage(notification: Notification): object {
  const { event, title, sentence, link } = notification
  const facts = factsOf(notification)
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: plain(title),
          msteams: { width: 'Full' },
          body: [
            richText([{ text: title, size: 'medium', weight: 'bolder', color: COLOURS[event] }]),
            richText([{ text: sentence }]),
            ...facts.map(({ name, value }) =>
              richText([{ text: `${name}: `, weight: 'bolder' }, { text: value }]),
            ),
          ],
          ...(link === null
            ? {}
            : { actions: [{ type: 'Action.OpenUrl', title: 'Open the job', url: link }] }),
        },
      },
    ],
  }
}

interface Run {
  readonly text: string
  readonly size?: string
  readonly weight?: string
  readonly color?: string
}

function richText(runs: readonly Run[]): object {
  return {
    type: 'RichTextBlock',
    inlines: runs.map(run => ({ type: 'TextRun', ...run, text: plain(run.text) })),
  }
}

/** `<at>` would mention somebody in any text of a card. */
function plain(text: string): string {
  const short =
    text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 3).replace(/[\uD800-\uDBFF]$/, '')}...`
  return short.replace(/<(?=\/?at\b)/gi, '‹')
}

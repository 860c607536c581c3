import type { LeakNotification, NotificationKind } from '../../types/notification.js'

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
export function teamsMessage(notification: LeakNotification): object {
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

/** Limits of Block Kit, characters. */
const HEADER = 150
const SECTION = 3_000
const FIELD = 2_000
const TEXT = 4_000
const MOST_FIELDS = 10

/** A message for an incoming webhook of Slack: https://docs.slack.dev/block-kit. */
export function slackMessage(notification: LeakNotification): object {
  const { title, sentence, link } = notification
  const fields = factsOf(notification)
    .slice(0, MOST_FIELDS)
    .map(({ name, value }) => mrkdwn(`*${slackText(name)}*\n${slackText(value)}`, FIELD))
  return {
    // what notifications and screen readers show
    text: cut(slackText(`${title}\n${sentence}`), TEXT),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(title, HEADER), emoji: false } },
      { type: 'section', text: mrkdwn(slackText(sentence), SECTION) },
      ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
      ...(link === null
        ? []
        : [{ type: 'section', text: mrkdwn(`<${slackText(link)}|Open the job>`, SECTION) }]),
    ],
  }
}

function mrkdwn(text: string, most: number): object {
  return { type: 'mrkdwn', text: cut(text, most), verbatim: true }
}

/** The three characters that Slack gives a meaning, as it wants them written, so that nobody is mentioned by a name in a text. */
function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Cuts, but not in the middle of an entity or of a character of two halves. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most - 3).replace(/&[a-z]*$|[\uD800-\uDBFF]$/, '')}...`
}

/** A line of a table. */
interface Fact {
  readonly name: string
  readonly value: string
}

const MOST = 6

/** What else is worth knowing, short enough for a message. */
function factsOf({ startedAt, report, changed, error, files }: LeakNotification): Fact[] {
  const shown = changed.slice(0, MOST)
  return [
    { name: 'Started', value: `${startedAt.slice(0, 16).replace('T', ' ')} UTC` },
    ...(report === null ? [] : [{ name: 'Workload', value: report.conditions.workload }]),
    ...(error === null ? [] : [{ name: 'Error', value: error.code }]),
    ...shown.map(({ what, from, to }) => ({
      name: `Changed: ${what}`,
      value: `${from ?? 'none'} → ${to ?? 'none'}`,
    })),
    ...(changed.length > shown.length
      ? [{ name: 'Changed', value: `and ${String(changed.length - shown.length)} more` }]
      : []),
    ...(files === null ? [] : [{ name: 'Files', value: files.folder }]),
  ]
}

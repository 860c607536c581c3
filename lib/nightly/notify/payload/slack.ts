import type { Notification } from '../../../types/notification.js'
import { factsOf } from './facts.js'

/** Limits of Block Kit, characters. */
const HEADER = 150
const SECTION = 3_000
const FIELD = 2_000
const TEXT = 4_000
const MOST_FIELDS = 10

/** A message for an incoming webhook of Slack: https://docs.slack.dev/block-kit. */
export function slackMessage(notification: Notification): object {
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
export function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Cuts, but not in the middle of an entity or of a character of two halves. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most - 3).replace(/&[a-z]*$|[\uD800-\uDBFF]$/, '')}...`
}

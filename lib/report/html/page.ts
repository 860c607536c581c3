import { relative } from 'node:path'
import type { ReportData } from '../../types.js'
import { Markup, markup } from '../charts/markup.js'
import { formatDuration } from '../format/duration.js'
import type { Section } from './blocks.js'
import { STYLE } from './style.js'
import { verdictLines } from './verdict-header.js'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** The whole page around the verdict and its sections. */
export function page(data: ReportData, verdict: Markup, sections: readonly Section[]): string {
  return `${markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="isolate-leak ${data.environment.isolateLeak}">
<title>${data.verdict === 'leak' ? 'LEAK' : data.verdict}: ${verdictLines(data)[0] ?? ''}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<header>
<p class="run">${runText(data)}</p>
</header>
<main id="report" tabindex="-1">
${verdict}
<nav aria-label="Parts of this report"><ul>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
${sections.map(
  ({ id, title, body }) =>
    markup`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${title}</h2>${body}</section>\n`,
)}</main>
<footer><p>Made by isolate-leak ${data.environment.isolateLeak} from the report as JSON (schema ${data.schemaVersion}), which has all readings.</p></footer>
</body>
</html>`.toString()}\n`
}

/** What was run when, in one line. */
function runText({ options, environment, timings }: ReportData): string {
  const file = relative(options.entry.cwd, options.entry.file)
  const shown = file === '' || file.startsWith('..') ? options.entry.file : file
  const at = timings.startedAt.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC')
  return `${shown} on Node ${environment.node}, ${at}, ${formatDuration(timings.totalMs)}`
}

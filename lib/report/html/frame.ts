import { Markup, markup } from '../charts/markup.js'
import type { Section } from './blocks.js'
import { STYLE } from './style.js'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** What a page is made of. */
export interface Frame {
  readonly title: string
  /** Version of the library that makes it. */
  readonly version: string
  /** What it is of, in one line above everything. */
  readonly run: string
  /** What comes before the sections. */
  readonly opening: Markup
  readonly sections: readonly Section[]
  readonly footer: string
}

/** A page that loads and executes nothing, with a list of its sections. */
export function frame({ title, version, run, opening, sections, footer }: Frame): string {
  return `${markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="isolate-leak ${version}">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<header>
<p class="run">${run}</p>
</header>
<main id="report" tabindex="-1">
${opening}
<nav aria-label="Parts of this report"><ul>${sections.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
${sections.map(
  ({ id, title: name, body }) =>
    markup`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${name}</h2>${body}</section>\n`,
)}</main>
<footer><p>${footer}</p></footer>
</body>
</html>`.toString()}\n`
}

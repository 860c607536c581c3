import { Markup, markup } from '../charts/markup.js'
import type { Section } from './blocks.js'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** What a page is made of. */
interface Frame {
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

/**
 * Style sheet of the page. Colours are custom properties, so that charts follow the dark and forced colours; each text colour
 * has a contrast of 4.5 or more on `--paper` and `--soft`. There is one accent, for the culprit.
 */
const STYLE: string = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --soft: #f5f6f7; --ink: #1f2328; --faint: #59626c; --rule: #d9dee3;
  --culprit: #b83d09; --tint: #fdf3ee; --blue: #1a5fa8; --teal: #0b6b5d; --purple: #76409a;
  font: 100%/1.6 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --soft: #1d2125; --ink: #e7eaed; --faint: #a5aeb7; --rule: #373d44;
    --culprit: #ff9668; --tint: #2a1c15; --blue: #82bbf5; --teal: #62c9b7; --purple: #cda4ef;
  }
}
@media (forced-colors: active) {
  :root {
    --paper: Canvas; --soft: Canvas; --ink: CanvasText; --faint: CanvasText; --rule: GrayText;
    --culprit: LinkText; --tint: Canvas; --blue: CanvasText; --teal: CanvasText; --purple: CanvasText;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere; -webkit-text-size-adjust: 100%; }
body > header, main, body > footer { max-width: 62rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
main:focus { outline: none; }
:focus-visible { outline: 3px solid var(--blue); outline-offset: 3px; border-radius: 3px; }
a { color: inherit; text-decoration-color: var(--faint); text-underline-offset: .2em; }
.skip { position: absolute; left: -100rem; background: var(--paper); padding: .75rem 1rem; }
.skip:focus { left: 0; z-index: 1; }
p, ul, ol, dl, figure, pre { margin: 0 0 1rem; }
b, strong { font-weight: 600; }
code, pre, .place { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; font-size: .875em; }

.run { margin: 0; padding: 1.75rem 0 0; color: var(--faint); font-size: .9375rem; }
.verdict { padding: 2.25rem 0 1.5rem; }
.verdict p { max-width: 46rem; font-size: 1.0625rem; }
.verdict .others { color: var(--faint); }
h1 { margin: .5rem 0 1.25rem; font-size: clamp(1.5rem, 1.05rem + 2.1vw, 2.375rem); font-weight: 600; line-height: 1.2;
  letter-spacing: -.018em; text-wrap: balance; }
h1 span { display: block; }
h1 span + span { margin-top: .75rem; }
h1 em, .name, th, td, dd { unicode-bidi: isolate; }
h1 em { font-style: normal; color: var(--culprit); }
h2 { margin: 0 0 1.25rem; font-size: 1.375rem; font-weight: 600; line-height: 1.3; letter-spacing: -.01em; }
h3 { margin: 2rem 0 .75rem; font-size: 1.0625rem; font-weight: 600; }
section { padding: 2.5rem 0 1.5rem; border-top: 1px solid var(--rule); }
nav { margin: 0 0 2rem; font-size: .9375rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .375rem 1.25rem; margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .125rem 0; color: var(--faint); }
footer { padding-bottom: 3rem !important; color: var(--faint); font-size: .875rem; }
footer p { margin: 0; padding-top: 1.5rem; border-top: 1px solid var(--rule); }

.badge { display: inline-flex; align-items: center; gap: .375rem; font-size: .875rem; font-weight: 600; white-space: nowrap; }
.badge .sign { flex: none; }
.badge.leak { color: var(--culprit); letter-spacing: .04em; }
.badge.clean { color: var(--teal); }
.badge.inconclusive { color: var(--purple); }
.verdict > .badge { font-size: 1rem; text-transform: uppercase; letter-spacing: .08em; }

figcaption { margin-bottom: 1rem; }
figcaption strong { display: block; }
figcaption span { display: block; max-width: 46rem; color: var(--faint); font-size: .9375rem; }
figure svg { display: block; }
figure .wide svg, figure .narrow svg { width: 100%; height: auto; }

.rows li { display: grid; grid-template-columns: minmax(9rem, 15rem) minmax(0, 1fr) minmax(8rem, 12rem); column-gap: 1.5rem; }
.rows .axis svg { grid-column: 2; }
.rows .axis { min-height: 0; border: 0; }
.rows { margin: 0 0 1.25rem; padding: 0; list-style: none; border-bottom: 1px solid var(--rule); }
.rows li { min-height: 3rem; border-top: 1px solid var(--rule); padding: 0 .5rem; margin: 0 -.5rem; }
.rows li.leak { background: var(--tint); }
.who { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 .75rem; padding: .5rem 0; line-height: 1.35; }
.leak .name { font-weight: 600; }
.strip-box { position: relative; min-height: 3rem; }
.strip-box svg { position: absolute; inset: 0; height: 100%; }
.strip { overflow: visible; }
.figures { align-self: center; padding: .5rem 0; line-height: 1.35; font-variant-numeric: tabular-nums; }
.figures b { white-space: nowrap; }
.figures span { display: block; color: var(--faint); font-size: .875rem; }

.legend { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: .5rem 2rem; margin: 1rem 0 1.25rem; padding: 0; list-style: none; font-size: .9375rem; line-height: 1.4; }
.legend li { display: flex; gap: .75rem; }
.legend svg { flex: none; margin-top: .125rem; }

details { margin: 0 0 .75rem; }
summary { width: fit-content; padding: .25rem 0; color: var(--faint); font-size: .9375rem; cursor: pointer; text-decoration: underline; text-decoration-color: var(--rule); text-underline-offset: .25em; }
summary:hover { color: var(--ink); }
details[open] > summary { margin-bottom: .75rem; }
.scroll { max-width: 100%; overflow-x: auto; overflow-wrap: normal; }
pre { padding: .875rem 1rem; border-radius: 6px; background: var(--soft); line-height: 1.5; }
table { border-collapse: collapse; font-size: .875rem; line-height: 1.45; font-variant-numeric: tabular-nums; }
caption { padding: 0 0 .5rem; color: var(--faint); text-align: left; }
th, td { min-width: 7.5rem; max-width: 26rem; padding: .5rem 1.25rem .5rem 0; border-top: 1px solid var(--rule); text-align: left; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--faint); white-space: nowrap; }
th.amounts, td.amounts { min-width: 0; text-align: right; white-space: nowrap; }
th.sentences, td.sentences { min-width: 13rem; }
td .badge { font-size: inherit; }

.pairs > div { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0 1.25rem; padding: .375rem 0; }
.pairs dt { color: var(--faint); }
.pairs dd { margin: 0; max-width: 50rem; white-space: pre-line; }
.bullets, .steps { max-width: 50rem; padding-left: 1.25rem; }
.bullets li, .steps li { margin-bottom: .5rem; padding-left: .25rem; }
.bullets li::marker { color: var(--faint); }
.did li::marker { content: '\\2713\\00a0'; }
.did-not li::marker { content: '\\2013\\00a0'; }
.warnings li::marker { content: '!\\00a0'; font-weight: 700; color: var(--purple); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 0 3rem; }
.columns h3 { margin-top: 0; }
.path { padding-left: 1.75rem; }
.path li { margin-bottom: .5rem; }
.path .by, .path .place, .path .note { color: var(--faint); }
.path .holder b { color: var(--culprit); }

@media (max-width: 44rem) {
  figure .wide { display: none; }
  figure .narrow[hidden] { display: block; max-width: 26rem; }
  .rows li { grid-template-columns: minmax(0, 1fr); }
  .rows .axis svg { grid-column: 1; }
  .rows li { padding-top: .75rem; padding-bottom: .25rem; }
  .rows .axis { padding-top: 0; padding-bottom: 0; }
  .who { padding: 0; }
  .strip-box { order: 1; min-height: 2.25rem; }
  .figures { padding: 0; }
  .figures span { display: inline; margin-left: .375rem; }
  .pairs > div { grid-template-columns: minmax(0, 1fr); }
  section { padding-top: 2rem; }
}
@media print {
  .skip, nav, summary { display: none; }
  ::details-content { display: block; content-visibility: visible; }
  .scroll { overflow: visible; }
  .growth li, .legend, figcaption, tr, .pairs > div, .bullets li { break-inside: avoid; }
  h2, h3, figcaption { break-after: avoid; }
  section { padding: 1.25rem 0 .5rem; }
  pre { white-space: pre-wrap; border: 1px solid var(--rule); }
}
`

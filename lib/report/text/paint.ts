/** What a piece of text is, so that a terminal can show it in a colour of its own. */
export type Tone = 'leak' | 'clean' | 'inconclusive' | 'heading' | 'faint'

/** Gives a text the look of its tone. */
export type Paint = (tone: Tone, text: string) => string

/** No colours: what `String(report)` uses. */
export const plainPaint: Paint = (_tone, text) => text

const CODES: Readonly<Record<Tone, readonly [number, number]>> = {
  leak: [31, 39],
  clean: [32, 39],
  inconclusive: [33, 39],
  heading: [1, 22],
  faint: [2, 22],
}

/** Colours of a terminal. */
export const terminalPaint: Paint = (tone, text) => {
  const [on, off] = CODES[tone]
  return `\u001B[${String(on)}m${text}\u001B[${String(off)}m`
}

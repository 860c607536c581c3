/** As much of a terminal as the progress uses: what is on it after the given output. */
export class Screen {
  readonly #lines: string[] = ['']
  #row = 0
  #column = 0
  cursorHidden = false

  /** Adds output, and gives the lines that are not empty. */
  feed(output: string): string[] {
    // eslint-disable-next-line no-control-regex -- escape sequences are the subject
    for (const [token] of output.matchAll(/\u001B\[\??\d*[A-Za-z]|[\s\S]/g)) this.#perform(token)
    return this.#lines.filter(line => line !== '')
  }

  #perform(token: string): void {
    if (token === '\n') {
      this.#row += 1
      this.#column = 0
      this.#lines[this.#row] ??= ''
    } else if (token === '\r') this.#column = 0
    else if (token === '\u001B[?25l') this.cursorHidden = true
    else if (token === '\u001B[?25h') this.cursorHidden = false
    else if (token === '\u001B[K') this.#lines[this.#row] = this.#line.slice(0, this.#column)
    else if (token === '\u001B[J') {
      this.#lines[this.#row] = this.#line.slice(0, this.#column)
      this.#lines.length = this.#row + 1
    } else if (token.endsWith('A') && token.length > 1) this.#row -= Number(token.slice(2, -1))
    else if (token.startsWith('\u001B')) throw new Error(`unknown sequence ${JSON.stringify(token)}`)
    else {
      this.#lines[this.#row] = this.#line.slice(0, this.#column) + token + this.#line.slice(this.#column + 1)
      this.#column += 1
    }
  }

  get #line(): string {
    return this.#lines[this.#row] ?? ''
  }
}

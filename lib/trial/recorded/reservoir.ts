import { mulberry32 } from '../../decide/stats/random.js'

interface Held {
  /** Position among all that were offered. */
  readonly at: number
  readonly text: string
}

/**
 * Draws texts of which nobody knows how many there will be, each with the same chance (Vitter's algorithm R), in memory that is
 * bounded: where they take more than they may, fewer are drawn.
 */
export class Reservoir {
  readonly #random: () => number
  readonly #maxCharacters: number
  readonly #held: Held[] = []
  #most: number
  #characters = 0
  #offered = 0

  /**
   * @param most texts to keep
   * @param maxCharacters that they may have together; no text has more
   */
  constructor(most: number, maxCharacters: number, seed: number) {
    this.#most = most
    this.#maxCharacters = maxCharacters
    this.#random = mulberry32(seed)
  }

  /** @param text made only when it is drawn */
  offer(text: () => string): void {
    const at = this.#offered++
    const slot = this.#held.length < this.#most ? this.#held.length : this.#below(this.#offered)
    if (slot >= this.#most) return
    const held = { at, text: text() }
    this.#characters += held.text.length - (this.#held[slot]?.text.length ?? 0)
    this.#held[slot] = held
    while (this.#characters > this.#maxCharacters) this.#giveUpOne()
  }

  /** What was drawn, in the order in which it was offered. */
  texts(): string[] {
    return this.#held.toSorted((a, b) => a.at - b.at).map(({ text }) => text)
  }

  #giveUpOne(): void {
    const slot = this.#below(this.#held.length)
    const last = this.#held.pop()
    const given = this.#held[slot] ?? last
    if (last === undefined || given === undefined) return
    if (slot < this.#held.length) this.#held[slot] = last
    this.#characters -= given.text.length
    this.#most = this.#held.length
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count)
  }
}

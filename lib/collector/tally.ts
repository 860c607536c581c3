import type { Received, ReceivedItems } from '../types/index.js'
import { addItems, noItems } from './items.js'
import type { Protocol } from './protocols/protocol.js'

/** What a collector counts as it comes in. */
export class Tally {
  readonly #items = noItems()
  readonly #protocols = new Set<string>()
  #requests = 0
  #bytes = 0
  #unreadable = 0

  /** A request has begun. */
  begin(protocol: Protocol | undefined): void {
    this.#requests += 1
    if (protocol !== undefined) this.#protocols.add(protocol.name)
  }

  /** Bytes of a body, as sent. */
  bytes(count: number): void {
    this.#bytes += count
  }

  /** A body, or a part of it that stands alone, was read. */
  items(items: ReceivedItems): void {
    addItems(this.#items, items)
  }

  /** A body was not what its protocol says. */
  unreadable(): void {
    this.#unreadable += 1
  }

  received(): Received {
    return {
      requests: this.#requests,
      bytes: this.#bytes,
      items: { ...this.#items },
      protocols: [...this.#protocols],
      unreadable: this.#unreadable,
    }
  }
}
